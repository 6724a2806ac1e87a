"""What the help page lists: the syntax of the query language, example queries, and keyboard shortcuts. Pure tables.

Tests parse every example, and compare these tables with those in docs/.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class SyntaxRow:
    """A row of the syntax table: how something is written (code between backticks), its meaning, and examples."""

    written: str
    meaning: str
    examples: tuple[str, ...] = ()

    @property
    def written_pieces(self) -> list[tuple[str, bool]]:
        """The written form in pieces, each with whether it is code."""
        return code_pieces(self.written)

    @property
    def meaning_pieces(self) -> list[tuple[str, bool]]:
        """The meaning in pieces, each with whether it is code."""
        return code_pieces(self.meaning)


def code_pieces(text: str) -> list[tuple[str, bool]]:
    """Splits a text at its backticks. Returns the pieces in order, each with whether it is code."""
    return [(piece, number % 2 == 1) for number, piece in enumerate(text.split("`")) if piece]


SYNTAX: Sequence[SyntaxRow] = (
    SyntaxRow("`peace talks`", "both words, in any form", ("peace talks",)),
    SyntaxRow(
        "`what did the mayor say?`",
        "a question: the words that say what it is about; a link searches for all of its words",
        ("what did the president say about the wall?",),
    ),
    SyntaxRow(
        "`peace OR talks`, `peace NOT talks`, `-talks`, `( )`",
        "Boolean operators, in upper case; NOT binds tightest, then proximity, AND, OR",
        ("ceasefire OR truce", "talks NOT sanctions", "(ceasefire OR truce) -sanctions"),
    ),
    SyntaxRow('`"prisoner exchange"`', "this phrase: these forms, in this order", ('"nuclear power plant"',)),
    SyntaxRow('`"exchange"`', "this form of the word only", ('"exchange"',)),
    SyntaxRow('`"US"`, `"U.S."`, `CAPS(us)`', "an abbreviation in capitals, and not the word `us`", ('"US"',)),
    SyntaxRow(
        "`sanction*`, `sanction!`, `wom?n`",
        "truncation: `*` or `!` for any ending, `?` for any one letter",
        ("sanction*", "wom?n"),
    ),
    SyntaxRow("`Zelensky~`, `Zelensky~2`", "similar spelling, within 1 or 2 edits", ("Zelensky~2",)),
    SyntaxRow(
        "`peace w/5 talks`, `near/5`; `pre/5`", "within 5 words, in any order; in this order", ("peace w/5 talks",)
    ),
    SyntaxRow("`war NOT w/5 peace`", "the first, where the second is not within 5 words", ("peace NOT w/5 prize",)),
    SyntaxRow("`peace w/s talks`, `w/p`", "in the same sentence; in the same paragraph", ("peace w/s talks",)),
    SyntaxRow(
        '`(a OR b) w/5 "c d"`',
        "proximity works on words, phrases, truncations, ORs of these, and proximity in brackets",
        ('(peace OR truce) w/10 "prime minister"',),
    ),
    SyntaxRow(
        "`atleast3(sanctions)`",
        "at least three times in the section (or in the article)",
        ("atleast3(sanctions)",),
    ),
    SyntaxRow(
        "`said(no w/3 electricity)`, `said(electricity) by:Balitsky`",
        "all of it within what one speaker is quoted or reported to say; of this speaker",
        ("said(ceasefire)", "said(talks NOT peace) by:trump"),
    ),
    SyntaxRow(
        "`said(x speaker:y)`, `said(x via:TASS)`, `said(x speaker:none)`",
        "within said, speaker and via are those of the statement",
        ("said(x via:reuters)",),
    ),
    SyntaxRow(
        "`event:2025-05-16..`",
        "a day of which it speaks is in the range, however it is written: *yesterday*, *last week*",
        ("event:2025-05-16..",),
    ),
    SyntaxRow(
        "`place:Kiev`, `Kiev`, `exact:Kiev`",
        "a name by any of its spellings, in any script: in a field, and in texts if exactly one name is spelt so; "
        'this spelling alone, as `"Kiev"` is',
        ("place:Kiev", "exact:Kiev"),
    ),
    SyntaxRow(
        '`headline:x`, `source:"The Courier"`, `topic:(a OR b)`',
        "in a field",
        ("headline:prisoner", "kind:live", "lang:(en OR fr)"),
    ),
    SyntaxRow(
        '`byline:rolland`, `byline:"Max Rolland"`',
        "a word of a value; a whole value, in which spaces, hyphens and underscores are alike",
        ("byline:rolland",),
    ),
    SyntaxRow(
        '`topic:politics`, `topic:="Politics"`',
        "a topic with all narrower ones; what is filed under the topic itself",
        ("topic:politics", "topic:=politics"),
    ),
    SyntaxRow(
        "`source:guard*`, `byline:roland~`",
        "truncation and similar spelling in values",
        ("source:cou*", "byline:roland~"),
    ),
    SyntaxRow(
        '`lang:english`, `lang:"en-GB"`',
        "a language by its name or code, with all its variants; one variant",
        ("lang:english",),
    ),
    SyntaxRow(
        '`url:example.org/news`, `url:live*2024`, `url:"…"`',
        "received from this address, host or part of one; from this address alone",
        ("url:news",),
    ),
    SyntaxRow("`site:example.org`", "received from this host or a subdomain", ("site:org",)),
    SyntaxRow("`date:none`, `topic:*`", "what has no value in a field; what has one", ("byline:none", "topic:*")),
    SyntaxRow("`hlead(x y)`", "in the headline, the heading or the first 60 words", ("hlead(peace talks)",)),
    SyntaxRow(
        "`date:2025-06-02`, `date:2025-06`, `date:2025`",
        "published on that day, in that month, in that year of the outlet; a date that is known only to the month or "
        "the year is in no single day",
        ("date:2025-06",),
    ),
    SyntaxRow(
        "`date:2025-05-16..2025-06-03`, `date:>=2025-05`, `date:last-7-days`, `date:yesterday`",
        "date ranges: closed, open, relative; to the hour, in UTC: `date:2025-06-02T14`; `today` and other relative "
        "days are the reader's",
        ("date:2025-05-16..2025-06-03", "date:last-30-days"),
    ),
)

# Which spellings find each other: the first column names the kind, the second what finds what.
SPELLINGS: Sequence[SyntaxRow] = (
    SyntaxRow(
        "`ceasefire`, `cease-fire`",
        "each other; without a hyphen two words are not one, but the page suggests them with their number",
    ),
    SyntaxRow(
        "`12000`",
        "also 12,000, 12.000, 12’000 and 12 000; a number such as 5.300 is found as `5.300` and as `5300`",
        ("12000",),
    ),
    SyntaxRow("`20km`", "a number and the letters joined to it are also found alone; `3bn` does not find 5.3bn"),
    SyntaxRow(
        "`Müller`, `Mueller`",
        "each other and, for the first, Muller: ä is also ae, ö and ø are oe, ü is ue, å is aa, đ is dj",
    ),
    SyntaxRow(
        "`Strasse`, `Aero`, `Lodz`",
        "ß is ss, æ is ae, œ is oe, þ is th; ł is l, ð is d, ħ is h, ı is i; ґ is г; other accents are left out",
    ),
    SyntaxRow("`Qur'an`", "apostrophes are one: ' ’ ‘ ʼ ʻ, and ʾ and ʿ; at the ends of a word they are left out"),
    SyntaxRow(
        "`İstanbul`, `서울`, `ממשלה`",
        "also İstanbul'da, 서울에서 and ובממשלה: Turkish and Polish endings behind an apostrophe, Korean particles "
        "and plurals, Hebrew prefixes",
    ),
    SyntaxRow('`צה"ל`', "also צה״ל and צהל: a quotation mark between Hebrew letters is part of the word"),
    SyntaxRow("`2025`", "digits of every script: ٢٠٢٥, २०२५", ("2025",)),
)

# Single keys work outside of input fields. The help page can turn them off (WCAG 2.2, 2.1.4).
KEYBOARD_SHORTCUTS = (
    ("/", "to the search box"),
    ("j", "to the next hit"),
    ("k", "to the previous hit"),
    ("Enter", "opens the hit"),
    ("x", "picks the hit for an export, or takes it out again"),
    ("c", "cites the hit, or the page"),
    ("m", "marks names and statements on a page, or hides them"),
    ("?", "opens the search help"),
    ("Escape", "closes suggestions and panels"),
)
