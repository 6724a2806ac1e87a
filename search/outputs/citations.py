"""Citations of an article or a section: in the styles of manuals, for reference managers, and for Wikipedia.

CITATIONS is the table of formats; to add a format, write a function from Reference to the text of an item and a row.
Every format gives the time of publication to its precision, the time of capture, a permalink to exactly these words,
and the SHA-256 of the capture, so that a reader can check them. What curators set is printed as the archive's own,
apart from what was received. Makes no database queries. A file has one item or many; `exports` writes those of many.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import Any
from urllib.parse import quote

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from archive.imprint import imprint
from archive.times import OutletTime

from .citation_styles import StyledReference, StyledValues, write_in_style
from .references import Reference, Tombstone, date_parts, format_time


def _plain_tombstone(tombstone: Tombstone) -> str:
    return f"{tombstone.title} {tombstone.sentence}\n"


@dataclass(frozen=True)
class CitationFormat:
    """A format of citations: its label, what it is for, the file that it makes, and the function that writes an item.

    A file begins with `opening` and ends with `closing`; `between` parts its items. Formats of files with many items
    say in their own way what is not shown (`write_tombstone`). A style has `mark_up`, which returns its item as HTML.
    """

    label: str
    note: str
    media_type: str
    extension: str
    write_item: Callable[[Reference], str]
    opening: str = ""
    between: str = "\n"
    closing: str = ""
    write_tombstone: Callable[[Tombstone], str] = _plain_tombstone
    mark_up: Callable[[Reference], SafeString] | None = None

    def write(self, reference: Reference) -> str:
        """Returns a file with one item."""
        return f"{self.opening}{self.write_item(reference)}{self.closing}"


# --- texts on one line ---

# Characters that change the direction of text (UAX 9). An unclosed change in a headline would reverse everything after
# it, even the hash and the permalink.
_DIRECTION_MARKS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# UTF-8 has no lone surrogates.
_SURROGATES = re.compile("[\ud800-\udfff]")


def _line(text: str) -> str:
    """Returns a text on one line: without control characters and direction marks, with single blanks."""
    if not text.isprintable():
        text = _SURROGATES.sub("\ufffd", _CONTROLS.sub(" ", _DIRECTION_MARKS.sub("", text)))
    return " ".join(text.split())


def _title(reference: Reference) -> str:
    """Returns the title on one line; a title of nothing but marks is none, and every format needs one."""
    return _line(reference.title) or "[Untitled]"


# --- styles ---

# Quotation marks within others.
_INNER_QUOTES = str.maketrans("“”", "‘’")


def _in_style(style: str, reference: Reference) -> StyledReference:
    time = reference.published
    captured = date_parts(_captured_on(reference))
    values = StyledValues(
        title=_title(reference),
        authors=tuple(filter(None, map(_line, reference.authors))),
        source=_line(reference.source),
        nature=_describe_nature(reference),
        url=_url(reference.url),
        issued=tuple(date_parts(time)) if time else (),
        time=f"{time.at:%H:%M} {time.clock_name}" if time and time.is_exact else "",
        accessed=(captured[0], captured[1], captured[2]),
    )
    return write_in_style(style, values)


def _style_item(style: str, reference: Reference) -> str:
    styled = _in_style(style, reference)
    return "".join(run.text for run in styled.runs) + f"\n{_evidence_line(reference, styled)}\n"


def _style_html(style: str, reference: Reference) -> SafeString:
    styled = _in_style(style, reference)
    runs = ((format_html("<i>{}</i>", run.text) if run.is_italic else run.text,) for run in styled.runs)
    evidence = format_html('<span class="evidence">{}</span>', _evidence_line(reference, styled))
    return format_html("{}\n{}\n", format_html_join("", "{}", runs), evidence)


def _evidence_line(reference: Reference, styled: StyledReference) -> str:
    """Returns what no style has a place for, as sentences on a line of their own."""
    published = "" if styled.has_time else _published_at(reference)
    line = f"{published}{reference.evidence}; {reference.permalink}."
    return f"{line} {_line(reference.curators_note)}" if reference.curated else line


def _nature(reference: Reference) -> str:
    """Returns what is cited if it is of a live page."""
    if not reference.live:
        return ""
    return "Live page entry" if reference.version else "Live page"


def _describe_nature(reference: Reference) -> str:
    """Returns what is cited if it is no ordinary article, with the title of the page that it is part of."""
    if not reference.container:
        return _nature(reference)
    container = _line(reference.container).translate(_INNER_QUOTES)
    return f"{'Entry in live page' if reference.live else 'Section of'} “{container}”"


# --- BibTeX ---

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
    # In the usual encoding of fonts, LaTeX has other signs in their places.
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
}
_TEX_TABLE = str.maketrans(_TEX)
# BibTeX counts braces with a backslash before them, too; these have none in the text.
_TEX_BRACES = {"{": r"\textbraceleft{}", "}": r"\textbraceright{}"}


def _tex(text: str) -> str:
    """Returns a text for LaTeX, with as many opening braces as closing ones after them."""
    line = _line(text)
    if "{" not in line and "}" not in line:
        return line.translate(_TEX_TABLE)
    alone = _lone_braces(line)
    return "".join(
        _TEX_BRACES[character] if at in alone else _TEX.get(character, character) for at, character in enumerate(line)
    )


def _lone_braces(text: str) -> set[int]:
    """Returns the places of braces without a partner."""
    opened: list[int] = []
    alone: set[int] = set()
    for match in re.finditer("[{}]", text):
        if match[0] == "{":
            opened.append(match.start())
        elif opened:
            opened.pop()
        else:
            alone.add(match.start())
    return alone.union(opened)


def _bibtex(reference: Reference) -> str:
    known = date_parts(reference.published) if reference.published else []
    fields = {
        # Braces around a name keep BibTeX from splitting it.
        "author": " and ".join(f"{{{_tex(name)}}}" for name in reference.authors),
        # The second braces keep the capital letters.
        "title": f"{{{_tex(_title(reference))}}}",
        "type": _nature(reference),
        "booktitle": _tex(reference.container),
        "howpublished": _tex(reference.source),
        **dict(zip(("year", "month", "day"), map(str, known), strict=False)),
        "url": _url(reference.address),
        "urldate": _captured_on(reference).day,
        "note": _tex(f"{_published_at(reference)}{reference.evidence};")
        + rf" \url{{{reference.permalink}}}"
        + (f". {_tex(reference.curators_note)}" if reference.curated else ""),
        "langid": reference.language,
    }
    return _bibtex_entry(reference.key, fields)


def _bibtex_tombstone(tombstone: Tombstone) -> str:
    fields = {
        "title": f"{{{_tex(tombstone.title)}}}",
        "url": tombstone.permalink,
        "note": _tex(tombstone.sentence),
    }
    return _bibtex_entry(tombstone.key, fields)


def _bibtex_entry(key: str, fields: Mapping[str, str]) -> str:
    lines = [f"  {name} = {{{value}}},\n" for name, value in fields.items() if value]
    return f"@misc{{{key},\n{''.join(lines)}}}\n"


# --- RIS ---


def _ris(reference: Reference) -> str:
    date = ""
    if reference.published:
        time = reference.published
        parts = time.day.split("-")
        date = "/".join([*parts, *[""] * (3 - len(parts))]) + "/"
        date += f"{time.at:%H:%M} {time.clock_name}" if time.is_exact else ""
    nature = f"{_nature(reference)}. " if reference.live else ""
    # Reference managers would take a path for a file of their own.
    is_path = reference.permalink.startswith("/")
    tags = [
        ("TY", "NEWS"),
        *(("AU", name) for name in reference.authors),
        ("TI", _title(reference)),
        ("T2", reference.source),
        # The section of a newspaper for EndNote and Zotero.
        ("SE", reference.container),
        ("PY", reference.published.day[:4] if reference.published else ""),
        ("DA", date),
        ("Y2", f"{reference.captured:%Y/%m/%d}/"),
        ("LA", reference.language),
        ("UR", _url(reference.url)),
        ("L2", "" if is_path else reference.permalink),
        ("AN", reference.key),
        ("DB", imprint().name),
        ("N1", f"{nature}{reference.evidence}" + (f"; {reference.permalink}" if is_path else "")),
        ("N1", reference.curators_note),
    ]
    return _ris_record(tags)


def _ris_tombstone(tombstone: Tombstone) -> str:
    return _ris_record(
        [
            ("TY", "NEWS"),
            ("TI", tombstone.title),
            ("L2", tombstone.permalink),
            ("AN", tombstone.key),
            ("DB", imprint().name),
            ("N1", tombstone.sentence),
        ]
    )


def _ris_record(tags: Iterable[tuple[str, str]]) -> str:
    # RIS ends lines with CR LF.
    return "".join(f"{tag}  - {line}\r\n" for tag, value in tags if (line := _line(value))) + "ER  - \r\n"


# --- CSL-JSON ---


def _csl(reference: Reference) -> str:
    item: dict[str, Any] = {
        "id": reference.key,
        "type": "article-newspaper",
        "title": _title(reference),
        "genre": _nature(reference),
        "author": [{"literal": line} for name in reference.authors if (line := _line(name))],
        "container-title": _line(reference.source),
        "source": imprint().name,
        "archive": imprint().name,
        "archive_location": reference.permalink,
        "URL": _url(reference.address),
        "language": reference.language,
        "accessed": {"date-parts": [date_parts(_captured_on(reference))]},
        "note": f"{_published_at(reference)}{reference.evidence}; {reference.permalink}"
        + (f". {_line(reference.curators_note)}" if reference.curated else ""),
    }
    if reference.container:
        item["section"] = _line(reference.container)
    if reference.published:
        item["issued"] = {"date-parts": [date_parts(reference.published)]}
    return _csl_item(item)


def _csl_tombstone(tombstone: Tombstone) -> str:
    return _csl_item(
        {
            "id": tombstone.key,
            "type": "article-newspaper",
            "title": tombstone.title,
            "source": imprint().name,
            "archive": imprint().name,
            "archive_location": tombstone.permalink,
            "URL": tombstone.permalink,
            "note": _line(tombstone.sentence),
        }
    )


def _csl_item(item: Mapping[str, Any]) -> str:
    # A value on each line; json.dumps would indent these in Python, which takes several times as long.
    lines = [f'    "{name}": {_to_json(value)}' for name, value in item.items() if value]
    return "  {\n" + ",\n".join(lines) + "\n  }"


_to_json = json.JSONEncoder(ensure_ascii=False).encode


# --- Wikipedia ---

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
        "title": _wiki(_title(reference)),
        "department": _wiki(reference.container),
        "work": _wiki(reference.source),
        "date": _without_time_of_day(reference.published),
        "type": _nature(reference),
        "language": _wiki(reference.language),
        "url": _url(reference.address),
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


# --- values of several formats ---


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


@lru_cache(maxsize=1024)
def _url(url: str) -> str:
    """Returns a URL without characters that have a meaning in any of the formats."""
    quoted = quote(_line(url), safe="!#$%&()*+,-./:;=?@_").replace("~", "%7E")
    return re.sub("_(?=_)", "%5F", quoted)


def _style_row(label: str, note: str, style: str, extension: str) -> CitationFormat:
    return CitationFormat(
        label,
        note,
        "text/plain",
        extension,
        partial(_style_item, style),
        mark_up=partial(_style_html, style),
    )


CITATIONS: Mapping[str, CitationFormat] = {
    "text": _style_row("Chicago", "18th edition, bibliography", "chicago", "txt"),
    "apa": _style_row("APA", "7th edition", "apa", "apa.txt"),
    "mla": _style_row("MLA", "9th edition", "mla", "mla.txt"),
    "harvard": _style_row("Harvard", "Cite Them Right, 12th edition", "harvard", "harvard.txt"),
    "vancouver": _style_row("Vancouver", "Citing Medicine, 2nd edition", "vancouver", "vancouver.txt"),
    "wikipedia": CitationFormat("Wikipedia", "the template cite news", "text/plain", "wiki.txt", _wikipedia),
    "bibtex": CitationFormat(
        "BibTeX", "for LaTeX", "application/x-bibtex", "bib", _bibtex, write_tombstone=_bibtex_tombstone
    ),
    "ris": CitationFormat(
        "RIS",
        "for EndNote, Zotero, Mendeley, Citavi",
        "application/x-research-info-systems",
        "ris",
        _ris,
        between="",
        write_tombstone=_ris_tombstone,
    ),
    "csl": CitationFormat(
        "CSL-JSON",
        "for Zotero, Pandoc",
        "application/vnd.citationstyles.csl+json",
        "json",
        _csl,
        opening="[\n",
        between=",\n",
        closing="\n]\n",
        write_tombstone=_csl_tombstone,
    ),
}
