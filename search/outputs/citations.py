"""What is cited, in the forms that papers, reference managers and Wikipedia take. Pure: a Reference in, text out.

CITATIONS holds the forms. Each says when it was published as precisely as that is known, when it was captured, where
the archive keeps these very words, and the SHA-256 of the capture, so that a reader can check them. Names stand as
they were printed: which word of a name is the family's is not guessed.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

ARCHIVE = "Cuttings"
_MONTHS = "January February March April May June July August September October November December".split()
_DAYS = ("day", "minute", "second")


@dataclass(frozen=True)
class Reference:
    """What a citation says. `container` is the headline of the page whose section is cited under its own heading.

    `permalink` is absolute. `url` is the outlet's address and `source` its name, empty where they are not known.
    """

    key: str
    title: str
    source: str
    permalink: str
    captured: datetime
    sha256: str
    container: str = ""
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    precision: str = ""
    url: str = ""
    language: str = ""
    version: int | None = None
    withdrawn: bool = False

    @property
    def evidence(self) -> str:
        """Where the very words are kept, in a sentence."""
        version = f"version {self.version}, " if self.version else ""
        taken_back = "Withdrawn since. " if self.withdrawn else ""
        captured = in_words(self.captured, "minute")
        return f"{taken_back}{ARCHIVE} archive, {version}captured {captured}; SHA-256 {self.sha256}"


@dataclass(frozen=True)
class Citation:
    """A form of citation: what it is called, the file it makes, and how it is written."""

    label: str
    note: str
    media_type: str
    extension: str
    write: Callable[[Reference], str]


def in_words(moment: datetime, precision: str) -> str:
    """Returns a time as it is known: 2025; June 2025; 2 June 2025; 2 June 2025, 14:30 UTC."""
    month = _MONTHS[moment.month - 1]
    if precision == "year":
        return f"{moment.year}"
    if precision == "month":
        return f"{month} {moment.year}"
    day = f"{moment.day} {month} {moment.year}"
    return day if precision == "day" else f"{day}, {moment:%H:%M} UTC"


def date_parts(moment: datetime, precision: str) -> list[int]:
    """Returns year, month and day as far as they are known."""
    return [moment.year, moment.month, moment.day][: {"year": 1, "month": 2}.get(precision, 3)]


def iso_date(moment: datetime, precision: str) -> str:
    """Returns a date as far as it is known: 2025, 2025-06, 2025-06-02."""
    return "-".join(f"{part:02d}" for part in date_parts(moment, precision))


# --- names ---

_OFFICE = re.compile(r"\b(?:editor|correspondent|reporter|staff|analyst|producer|columnist|desk)\b", re.IGNORECASE)
_BY = re.compile(r"^\s*(?:by|von|par|por)\s+", re.IGNORECASE)
_PLACE = re.compile(r"\s+(?:in|reporting from|from|at)\s+[^\W\d_].*$")
_BETWEEN = re.compile(r"\s*(?:;|,?\s+and\s+|,?\s+&\s+|\s+\|\s+|，|、|،)\s*")


def authors_of(byline: str) -> tuple[str, ...]:
    """Returns the names of a byline, as they are printed, without places and offices.

    A comma parts two names only where both sides have two words or more: "Doe, Jane" is one name.
    """
    names: list[str] = []
    for part in _BETWEEN.split(" ".join(_BY.sub("", byline).split())):
        pieces = [piece.strip() for piece in part.split(",")]
        people = [piece for piece in pieces if piece and not _OFFICE.search(piece)]
        names += people if all(" " in person for person in people) else [", ".join(people)]
    plain = [name for name in (_PLACE.sub("", name).strip() for name in names) if name]
    return tuple(dict.fromkeys(plain)) or tuple(name for name in (" ".join(byline.split()),) if name)


def _listed(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


# --- the forms ---


# Embeddings, overrides and isolates of direction (UAX 9): one that is left open turns round what follows the headline,
# the hash and the permalink too.
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")


def _line(text: str) -> str:
    """A text without line ends, control characters and what turns the direction, blanks made single."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", _TURNING.sub("", text)).split())


def _ended(text: str) -> str:
    return text if text.endswith((".", "?", "!", "…", "。", "؟", "？", "！")) else text + "."


def _plain(reference: Reference) -> str:
    parts = [_ended(_line(_listed(reference.authors)))] if reference.authors else []
    parts.append(f"“{_ended(_line(reference.title))}”")
    if reference.container:
        parts.append(f"In “{_ended(_line(reference.container))}”")
    published = (
        in_words(reference.published, reference.precision)
        if reference.published
        else "undated"
        if reference.source
        else "Undated"
    )
    imprint = ", ".join(filter(None, (_line(reference.source), published)))
    parts.append(_ended(imprint))
    if reference.url:
        parts.append(f"{_address(reference.url)}.")
    return " ".join([*parts, f"{reference.evidence}; {reference.permalink}."])


_TEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "%": r"\%",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


def _tex(text: str) -> str:
    return "".join(_TEX.get(character, character) for character in _line(text))


def _bibtex(reference: Reference) -> str:
    fields = {
        # Each name in braces of its own is one name, whatever words are in it.
        "author": " and ".join(f"{{{_tex(name)}}}" for name in reference.authors),
        # The second braces keep the capitals.
        "title": f"{{{_tex(reference.title)}}}",
        "booktitle": _tex(reference.container),
        "howpublished": _tex(reference.source),
        "year": f"{reference.published.year}" if reference.published else "",
        "month": f"{reference.published.month}" if reference.published and reference.precision != "year" else "",
        "day": f"{reference.published.day}" if reference.published and reference.precision in _DAYS else "",
        "url": _address(reference.url or reference.permalink),
        "urldate": iso_date(reference.captured, "day"),
        "note": _tex(f"{_published_at(reference)}{reference.evidence};") + rf" \url{{{reference.permalink}}}",
        "langid": reference.language,
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{reference.key},", *lines, "}", ""])


def _ris(reference: Reference) -> str:
    date = ""
    if reference.published:
        parts = date_parts(reference.published, reference.precision)
        date = "/".join([*(f"{part:02d}" for part in parts), *[""] * (3 - len(parts))]) + "/"
        date += f"{reference.published:%H:%M} UTC" if reference.precision in ("minute", "second") else ""
    tags = [
        ("TY", "NEWS"),
        *(("AU", name) for name in reference.authors),
        ("TI", reference.title),
        ("T2", reference.source),
        ("ST", reference.container),
        ("PY", f"{reference.published.year}" if reference.published else ""),
        ("DA", date),
        ("Y2", f"{reference.captured:%Y/%m/%d}/"),
        ("LA", reference.language),
        ("UR", _address(reference.url)),
        ("L2", reference.permalink),
        ("AN", reference.key),
        ("DB", ARCHIVE),
        ("N1", reference.evidence),
    ]
    # The lines of RIS end with CR LF.
    lines = [f"{tag}  - {_line(value)}" for tag, value in tags if _line(value)]
    return "\r\n".join([*lines, "ER  - ", ""])


def _csl(reference: Reference) -> str:
    item: dict[str, Any] = {
        "id": reference.key,
        "type": "article-newspaper",
        "title": _line(reference.title),
        "author": [{"literal": _line(name)} for name in reference.authors],
        "container-title": _line(reference.source),
        "source": ARCHIVE,
        "archive": ARCHIVE,
        "archive_location": reference.permalink,
        "URL": _address(reference.url or reference.permalink),
        "language": reference.language,
        "accessed": {"date-parts": [date_parts(reference.captured, "day")]},
        "note": f"{_published_at(reference)}{reference.evidence}; {reference.permalink}",
    }
    if reference.container:
        item["section"] = _line(reference.container)
    if reference.published:
        item["issued"] = {"date-parts": [date_parts(reference.published, reference.precision)]}
    filled = {name: value for name, value in item.items() if value}
    return json.dumps([filled], ensure_ascii=False, indent=2) + "\n"


# What means something in wikitext: templates, links, tags, entities; quote marks and tildes where they repeat.
_WIKI = {character: f"&#{ord(character)};" for character in "&|{}[]<>~"}


def _wiki(text: str) -> str:
    escaped = "".join(_WIKI.get(character, character) for character in _line(text))
    escaped = re.sub(r"'(?=')|(?<=')'", "&#39;", escaped)
    return re.sub(r"_(?=_)|(?<=_)_", "&#95;", escaped)


def _wikipedia(reference: Reference) -> str:
    names = {f"author{number}": _wiki(name) for number, name in enumerate(reference.authors, start=1)}
    published = reference.published
    date = in_words(published, "day" if reference.precision in _DAYS else reference.precision) if published else ""
    values = {
        **names,
        "title": _wiki(reference.title),
        "department": _wiki(reference.container),
        "work": _wiki(reference.source),
        "date": date,
        "language": _wiki(reference.language),
        "url": _address(reference.url or reference.permalink),
        "access-date": in_words(reference.captured, "day"),
    }
    if reference.url:
        values |= {
            "archive-url": reference.permalink,
            "archive-date": in_words(reference.captured, "day"),
            "url-status": "deviated" if reference.withdrawn else "live",
        }
    return "{{cite news " + " ".join(f"|{name}={value}" for name, value in values.items() if value) + "}}\n"


def _published_at(reference: Reference) -> str:
    """What the date's own place in a form has no room for."""
    if reference.published and reference.precision in ("minute", "second"):
        return f"Published {in_words(reference.published, reference.precision)}. "
    return ""


def _address(url: str) -> str:
    """An address without what ends it, or means something, in any of the forms."""
    quoted = quote(_line(url), safe="!#$%&()*+,-./:;=?@_").replace("~", "%7E")
    return re.sub("_(?=_)", "%5F", quoted)


CITATIONS: Mapping[str, Citation] = {
    "text": Citation(
        "Text", "after the Chicago Manual of Style, bibliography", "text/plain", "txt", lambda one: _plain(one) + "\n"
    ),
    "bibtex": Citation("BibTeX", "for LaTeX", "application/x-bibtex", "bib", _bibtex),
    "ris": Citation(
        "RIS", "for EndNote, Zotero, Mendeley, Citavi", "application/x-research-info-systems", "ris", _ris
    ),
    "csl": Citation("CSL-JSON", "for Zotero, Pandoc", "application/vnd.citationstyles.csl+json", "json", _csl),
    "wikipedia": Citation("Wikipedia", "the template cite news", "text/plain", "wiki.txt", _wikipedia),
}
