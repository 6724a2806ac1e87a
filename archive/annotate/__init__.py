"""What a text says of the world: whom and what it names, who said what, and of which days it speaks. Pure.

A text is the heading of a section, if it has one, and its paragraphs, each on a line of its own. From text to spans,
by rules and word lists alone: the same text gives the same spans. `names`, `statements` and `days` find one kind each;
`sounds` tells which spellings may be one name; `spans` has what they yield. What a language needs is a table; a text
in a language without tables has names of places only. Nothing here knows a section, an article or a curator.
"""

from .days import find_days
from .drafts import CONFIDENCE
from .names import find_names
from .place_names import place_named
from .sounds import same_person, sound_key, wide_sound_key
from .spans import DayMention, Link, Mention, NameType, Precision, Span, Statement
from .statements import find_statements

# Raise it with each change of what the rules find: what they found before is then found again.
RULES_VERSION = 2
# The rules that find statements, in words.
STATEMENT_RULES = tuple(CONFIDENCE)

__all__ = [
    "RULES_VERSION",
    "STATEMENT_RULES",
    "DayMention",
    "Link",
    "Mention",
    "NameType",
    "Precision",
    "Span",
    "Statement",
    "find_days",
    "find_names",
    "find_statements",
    "place_named",
    "same_person",
    "sound_key",
    "wide_sound_key",
]
