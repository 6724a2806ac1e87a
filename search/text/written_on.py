"""What some languages write onto a word, so that the word is found with it. Pure; used within `search.text`.

- Turkish and Polish endings behind an apostrophe: İstanbul'da, Kennedy'ego. They are cut off for the stem.
- Korean particles: 서울에서. They are cut off for the stem.
- Hebrew prefixes: ובממשלה. A word may begin with the same letters, so nothing is cut off a text. Instead a query word
  is also searched with each prefix: ממשלה finds ובממשלה, and not the other way round.

The tables are small on purpose. Where an ending could be part of a name, the name stays whole (Dar'a, Sana'a, Hawai'i,
Shi'a), and so does a short word that only looks as if it had a particle (국가). A longer one (정치가) loses it, in
texts and queries alike.
"""

import re
from itertools import product

# --- Turkish and Polish: an ending behind an apostrophe, folded ---

# Inflection of proper names (Türk Dil Kurumu, Yazım Kılavuzu, "Kesme İşareti"): plural, possessive, then a case, which
# is accusative or dative, locative or ablative, genitive, instrumental, equative, copula.
_TURKISH = (
    r"(?:l[ae]r)?(?:[iu]?m[iu]z)?"
    r"(?:s[iu](?:n(?:[iu]n?|[ae]|d[ae]n?))?"
    r"|[yn]?[aeiu]|n?[dt][ae](?:n|ki(?:l[ae]r)?)?|n?[iu]n|y?l[ae]|c[ae]|[dt][iu]r)?"
)
# Declension of foreign names (Wielki słownik ortograficzny PWN, "Apostrof").
_POLISH = r"a|u|y|i|e|em|iem|owi|ie|ow|om|ami|ach|owie|ego|emu|ej|ym|im"
_ENDING = re.compile(rf"{_TURKISH}|{_POLISH}")
_VOWELS = "aeiou"
# The letters of a word and its ending together, where at most three of the ending count: AB'nin, ABD'ye, Irak'a.
_MIN_LETTERS = 5


def without_ending(form: str) -> str:
    """Returns a folded Latin form without an ending behind its last apostrophe."""
    word, apostrophe, ending = form.rpartition("'")
    if not apostrophe or len(word) + min(len(ending), 3) < _MIN_LETTERS or not _ENDING.fullmatch(ending):
        return form
    # Turkish puts a consonant between two vowels. Polish has this apostrophe behind a silent e, and behind y.
    return form if ending[0] in _VOWELS and word[-1] in _VOWELS.replace("e", "") else word


# --- Korean: particles behind a noun ---

FIRST_SYLLABLE, LAST_SYLLABLE = "가", "힣"
# A syllable is one of 28 endings; the first is that without a consonant (The Unicode Standard, 3.12).
_ENDINGS, _LIEUL = 28, 8
# Particles by the sound before them (National Institute of Korean Language, Standard Korean Language Dictionary).
_AFTER_CONSONANT = tuple("은 이 을 과 으로 으로서 으로써 으로부터 이라고 이라는 이나 이며".split())
_AFTER_VOWEL = tuple("는 가 를 와 로 로서 로써 로부터 라고 라는 며".split())
# With the plural.
_AFTER_ANY = tuple("들 의 에 에서 에게 에게서 께서 한테 도 만 까지 부터 보다 처럼 마다 조차 마저 밖에".split())
_PARTICLES = sorted((*_AFTER_CONSONANT, *_AFTER_VOWEL, *_AFTER_ANY), key=len, reverse=True)
# A noun of one syllable cannot be distinguished from the beginning of a longer one.
_MIN_SYLLABLES = 2


def without_particles(form: str) -> str:
    """Returns a Korean form without the particles behind it, one after another: 서울에서는 is 서울."""
    shorter = True
    while shorter:
        shorter = False
        for particle in _PARTICLES:
            noun = form.removesuffix(particle)
            if len(noun) < len(form) and len(noun) >= _MIN_SYLLABLES and _may_follow(particle, noun[-1]):
                form, shorter = noun, True
                break
    return form


def _may_follow(particle: str, syllable: str) -> bool:
    if not FIRST_SYLLABLE <= syllable <= LAST_SYLLABLE:
        return True
    consonant = (ord(syllable) - ord(FIRST_SYLLABLE)) % _ENDINGS
    if particle in _AFTER_CONSONANT:
        return consonant != 0 and not (consonant == _LIEUL and particle.startswith("으로"))
    if particle in _AFTER_VOWEL:
        return consonant == 0 or (consonant == _LIEUL and particle.startswith("로"))
    return True


# --- Hebrew: prefixes of one letter, and their combinations ---

# And; that, when, from when; in, as, to, from; the. The article merges with in and to (Academy of the Hebrew Language,
# "otiyot hashimush").
_PREFIXES = tuple(
    "".join(letters)
    for letters in product(("", "ו"), ("", "ש", "כש", "מש"), ("", "ב", "ל", "כ", "מ", "ה", "כה", "מה"))
    if any(letters)
)
# With the apostrophe of foreign sounds: צ'כיה.
_HEBREW = re.compile("[א-ת](?:'?[א-ת]){2,}'?")


def with_prefixes(stem: str) -> list[str]:
    """Returns a Hebrew word with each prefix; nothing for other words, and for those of two letters."""
    return [prefix + stem for prefix in _PREFIXES] if _HEBREW.fullmatch(stem) else []
