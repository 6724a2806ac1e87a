"""What can be written in the box, and the keys of the pages: the tables that the help page and the README show.

Pure. Every example runs; a test reads each, and holds the README's table against this one.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Written:
    """One thing that can be written: how (code stands between backticks), what it means, and examples."""

    written: str
    means: str
    examples: tuple[str, ...] = ()

    @property
    def pieces(self) -> list[tuple[str, bool]]:
        """The written form in pieces, each with whether it is code."""
        return code_pieces(self.written)

    @property
    def meaning(self) -> list[tuple[str, bool]]:
        """The meaning in pieces, likewise."""
        return code_pieces(self.means)


def code_pieces(text: str) -> list[tuple[str, bool]]:
    """Returns a text with code between backticks in pieces, each with whether it is code."""
    return [(piece, number % 2 == 1) for number, piece in enumerate(text.split("`")) if piece]


LANGUAGE: Sequence[Written] = (
    Written("`peace talks`", "both words, in any form", ("peace talks",)),
    Written(
        "`peace OR talks`, `peace NOT talks`, `-talks`, `( )`",
        "Boolean operators, in upper case; NOT binds tightest, then nearness, AND, OR",
        ("ceasefire OR truce", "talks NOT sanctions", "(ceasefire OR truce) -sanctions"),
    ),
    Written('`"prisoner exchange"`', "these words in this order, in these forms", ('"nuclear power plant"',)),
    Written('`"exchange"`', "this form of the word only", ('"exchange"',)),
    Written("`sanction*`, `sanction!`, `wom?n`", "truncation and wildcard", ("sanction*", "wom?n")),
    Written("`Zelensky~`, `Zelensky~2`", "spelled within 1 or 2 edits", ("Zelensky~2",)),
    Written(
        "`peace w/5 talks`, `near/5`; `pre/5`", "within 5 words, in any order; in this order", ("peace w/5 talks",)
    ),
    Written("`peace w/s talks`, `w/p`", "in one sentence, in one paragraph", ("peace w/s talks",)),
    Written(
        '`(a OR b) w/5 "c d"`',
        "nearness takes words, phrases, truncations and ORs of these, and other nearnesses in brackets",
        ('(peace OR truce) w/10 "prime minister"',),
    ),
    Written(
        "`atleast3(sanctions)`",
        "three times or more in the section (or in the article)",
        ("atleast3(sanctions)",),
    ),
    Written(
        '`headline:x`, `source:"The Courier"`, `topic:(a OR b)`',
        "in a field",
        ("headline:prisoner", "kind:live", "lang:(en OR fr)"),
    ),
    Written("`hlead(x y)`", "in the headline, the heading or the first 60 words", ("hlead(peace talks)",)),
    Written(
        "`date:2025-06-02`, `date:2025-06`, `date:2025`",
        "published on that day, in that month, year",
        ("date:2025-06",),
    ),
    Written(
        "`date:2025-05-16..2025-06-03`, `date:>=2025-05`, `date:last-7-days`, `date:yesterday`",
        "spans of time; to the hour, `date:2025-06-02T14`",
        ("date:2025-05-16..2025-06-03", "date:last-30-days"),
    ),
)

# What the empty page offers; each says more about asking than its words.
EXAMPLES = (
    ("prisoner exchange", "both words, in any form"),
    ('"nuclear power plant"', "these words in this order"),
    ("ceasefire OR truce", "either word"),
    ("talks NOT sanctions", "one word without the other"),
    ("peace w/5 talks", "within five words"),
    ("sanction*", "all that begins so"),
    ("headline:prisoner", "a word in the headline"),
    ("date:2025-05..2025-06", "a span of time"),
)

# Single keys work outside of fields, and can be turned off on the help page (WCAG 2.2, 2.1.4).
KEYS = (
    ("/", "to the search box"),
    ("j", "to the next hit"),
    ("k", "to the hit before"),
    ("Enter", "opens the hit"),
    ("?", "this help"),
    ("Escape", "closes suggestions and panels"),
)
