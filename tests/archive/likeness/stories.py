"""Invented texts that have something in common, for the tests of copies."""

from random import Random

_WORDS = "harbour council ferry grain minister bridge votes ship storm winter money crew island court letter".split()


def story(seed: int, *, paragraphs: int = 8, words: int = 30) -> list[str]:
    """Returns the paragraphs of a text that has no run of five words in common with that of another seed."""
    chance = Random(seed)
    return [
        " ".join(f"{chance.choice(_WORDS)}{chance.getrandbits(24)}" for _ in range(words)) for _ in range(paragraphs)
    ]
