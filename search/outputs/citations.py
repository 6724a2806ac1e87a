"""Citations of an article or a section, in the formats of papers, reference managers and Wikipedia.

CITATIONS is the table of formats; to add a format, write a function from Reference to text and a row. Every format
gives the time of publication to its precision, the time of capture, a permalink to exactly these words, and the
SHA-256 of the capture, so that a reader can check them. What curators set is printed as the archive's own, apart from
what was received. Makes no database queries.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from archive.imprint import imprint
from archive.times import OutletTime

from .references import Reference, date_parts, format_time


@dataclass(frozen=True)
class CitationFormat:
    """A format of citations: its label, what it is for, the file that it makes, and the function that writes it."""

    label: str
    note: str
    media_type: str
    extension: str
    write: Callable[[Reference], str]


# Characters that change the direction of text (UAX 9). An unclosed change in a headline would reverse everything after
# it, even the hash and the permalink.
_DIRECTION_MARKS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def _line(text: str) -> str:
    """Returns a text on one line: without control characters and direction marks, with single blanks."""
    return " ".join(_CONTROLS.sub(" ", _DIRECTION_MARKS.sub("", text)).split())


def _sentence(text: str) -> str:
    """Returns a text with a full stop, unless it ends with a mark of its own."""
    return text if text.endswith((".", "?", "!", "…", "。", "؟", "？", "！")) else text + "."


def _join_names(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _chicago(reference: Reference) -> str:
    parts = [_sentence(_line(_join_names(reference.authors)))] if reference.authors else []
    parts.append(f"“{_sentence(_line(reference.title))}”")
    if reference.container:
        parts.append(f"In “{_sentence(_line(reference.container))}”")
    source = _line(reference.source)
    if reference.published:
        published = format_time(reference.published)
    else:
        published = "undated" if source else "Undated"
    parts.append(_sentence(f"{source}, {published}" if source else published))
    if reference.url:
        parts.append(f"{_url(reference.url)}.")
    parts.append(f"{reference.evidence}; {reference.permalink}.")
    if reference.curated:
        parts.append(_line(reference.curators_note))
    return " ".join(parts) + "\n"


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
    known = date_parts(reference.published) if reference.published else []
    fields = {
        # Braces around a name keep BibTeX from splitting it.
        "author": " and ".join(f"{{{_tex(name)}}}" for name in reference.authors),
        # The second braces keep the capital letters.
        "title": f"{{{_tex(reference.title)}}}",
        "booktitle": _tex(reference.container),
        "howpublished": _tex(reference.source),
        **dict(zip(("year", "month", "day"), map(str, known), strict=False)),
        "url": _url(reference.url or reference.permalink),
        "urldate": _captured_on(reference).day,
        "note": _tex(f"{_published_at(reference)}{reference.evidence};")
        + rf" \url{{{reference.permalink}}}"
        + (f". {_tex(reference.curators_note)}" if reference.curated else ""),
        "langid": reference.language,
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{reference.key},", *lines, "}", ""])


def _ris(reference: Reference) -> str:
    date = ""
    if reference.published:
        time = reference.published
        parts = time.day.split("-")
        date = "/".join([*parts, *[""] * (3 - len(parts))]) + "/"
        date += f"{time.at:%H:%M} {time.clock_name}" if time.is_exact else ""
    tags = [
        ("TY", "NEWS"),
        *(("AU", name) for name in reference.authors),
        ("TI", reference.title),
        ("T2", reference.source),
        ("ST", reference.container),
        ("PY", reference.published.day[:4] if reference.published else ""),
        ("DA", date),
        ("Y2", f"{reference.captured:%Y/%m/%d}/"),
        ("LA", reference.language),
        ("UR", _url(reference.url)),
        ("L2", reference.permalink),
        ("AN", reference.key),
        ("DB", imprint().name),
        ("N1", reference.evidence),
        ("N1", reference.curators_note),
    ]
    # RIS ends lines with CR LF.
    lines = [f"{tag}  - {_line(value)}" for tag, value in tags if _line(value)]
    return "\r\n".join([*lines, "ER  - ", ""])


def _csl(reference: Reference) -> str:
    item: dict[str, Any] = {
        "id": reference.key,
        "type": "article-newspaper",
        "title": _line(reference.title),
        "author": [{"literal": _line(name)} for name in reference.authors],
        "container-title": _line(reference.source),
        "source": imprint().name,
        "archive": imprint().name,
        "archive_location": reference.permalink,
        "URL": _url(reference.url or reference.permalink),
        "language": reference.language,
        "accessed": {"date-parts": [date_parts(_captured_on(reference))]},
        "note": f"{_published_at(reference)}{reference.evidence}; {reference.permalink}"
        + (f". {_line(reference.curators_note)}" if reference.curated else ""),
    }
    if reference.container:
        item["section"] = _line(reference.container)
    if reference.published:
        item["issued"] = {"date-parts": [date_parts(reference.published)]}
    filled = {name: value for name, value in item.items() if value}
    return json.dumps([filled], ensure_ascii=False, indent=2) + "\n"


# Characters with a meaning in wikitext: templates, links, tags, entities, signatures.
_WIKI = {character: f"&#{ord(character)};" for character in "&|{}[]<>~"}


def _wiki(text: str) -> str:
    escaped = "".join(_WIKI.get(character, character) for character in _line(text))
    escaped = re.sub(r"'(?=')|(?<=')'", "&#39;", escaped)
    return re.sub(r"_(?=_)|(?<=_)_", "&#95;", escaped)


def _wikipedia(reference: Reference) -> str:
    names = {f"author{number}": _wiki(name) for number, name in enumerate(reference.authors, start=1)}
    captured = format_time(_captured_on(reference))
    values = {
        **names,
        "title": _wiki(reference.title),
        "department": _wiki(reference.container),
        "work": _wiki(reference.source),
        "date": _without_time_of_day(reference.published),
        "language": _wiki(reference.language),
        "url": _url(reference.url or reference.permalink),
        "access-date": captured,
    }
    if reference.url:
        values |= {
            "archive-url": reference.permalink,
            "archive-date": captured,
            "url-status": "deviated" if reference.withdrawn else "live",
        }
    template = "{{cite news " + " ".join(f"|{name}={value}" for name, value in values.items() if value) + "}}"
    # The template has no parameter for a note.
    return template + (f" {_wiki(reference.curators_note)}" if reference.curated else "") + "\n"


def _published_at(reference: Reference) -> str:
    """Returns a sentence with the time of publication, for formats whose date has no time of day."""
    if reference.published and reference.published.is_exact:
        return f"Published {format_time(reference.published)}. "
    return ""


def _without_time_of_day(time: OutletTime | None) -> str:
    """Returns a date for a template that has no time of day."""
    if time is None:
        return ""
    return format_time(replace(time, precision="day") if time.is_exact else time)


def _captured_on(reference: Reference) -> OutletTime:
    """Returns the day of the capture, which is one of UTC: the archive's clock shows no other."""
    return OutletTime(reference.captured, "day")


def _url(url: str) -> str:
    """Returns a URL without characters that have a meaning in any of the formats."""
    quoted = quote(_line(url), safe="!#$%&()*+,-./:;=?@_").replace("~", "%7E")
    return re.sub("_(?=_)", "%5F", quoted)


CITATIONS: Mapping[str, CitationFormat] = {
    "text": CitationFormat("Text", "after the Chicago Manual of Style, bibliography", "text/plain", "txt", _chicago),
    "bibtex": CitationFormat("BibTeX", "for LaTeX", "application/x-bibtex", "bib", _bibtex),
    "ris": CitationFormat(
        "RIS", "for EndNote, Zotero, Mendeley, Citavi", "application/x-research-info-systems", "ris", _ris
    ),
    "csl": CitationFormat("CSL-JSON", "for Zotero, Pandoc", "application/vnd.citationstyles.csl+json", "json", _csl),
    "wikipedia": CitationFormat("Wikipedia", "the template cite news", "text/plain", "wiki.txt", _wikipedia),
}
