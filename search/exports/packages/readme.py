"""README.txt of a package: what it is, how to check it with ordinary tools, and how to cite it, for any reader."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from textwrap import fill, wrap

from archive.imprint import imprint

from ..contract import Export, Format
from . import bag, manifest

NAME = "README.txt"
_WIDTH = 78


@dataclass(frozen=True)
class About:
    """What a package has: the names of its files by format, and how many captures it has, and lacks."""

    export: Export
    files: Mapping[str, str]
    formats: Mapping[str, Format]
    captures: int
    captures_left_out: int


def write_readme(about: About) -> bytes:
    """Returns the text. It is UTF-8."""
    parts = (_what_it_is, _how_it_came_about, _what_is_in_it, _how_to_check, _what_that_shows, _how_to_cite)
    blocks = [block for part in parts for block in part(about)]
    return ("\n\n".join(blocks) + "\n").encode("utf-8", "backslashreplace")


def _heading(text: str) -> str:
    return f"{text}\n{'-' * len(text)}"


def _text(*sentences: str) -> str:
    return fill(" ".join(sentences), _WIDTH, break_long_words=False, break_on_hyphens=False)


def _list(items: Mapping[str, str]) -> str:
    width = max(map(len, items)) + 4
    lines = []
    for name, meaning in items.items():
        first, *others = wrap(meaning, _WIDTH - width, break_on_hyphens=False) or [""]
        lines += [f"  {name:<{width - 2}}{first}", *(" " * width + line for line in others)]
    return "\n".join(lines)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _query(about: About) -> str:
    """The query on one line; an empty query finds everything."""
    return " ".join(about.export.question.q.split()) or "(none: everything in the archive)"


def _what_it_is(about: About) -> Iterator[str]:
    export = about.export
    yield f"EXPORT FROM {imprint().name.upper()}\n{'=' * (12 + len(imprint().name))}"
    yield _text(
        f"This is what a search in the news archive {imprint().name} found on {_day(about)}:",
        f"{_count(export.total, export.unit)} in this order, with the evidence of where the words come from.",
        "An article is a published page. A section is an entry of a live page, or the text of an article.",
    )


def _how_it_came_about(about: About) -> Iterator[str]:
    export = about.export
    rows = {
        "Query as written": _query(about),
        "Query as read": export.parsed_query.canonical or "(everything)",
        "Made": f"{export.made:%Y-%m-%d %H:%M:%S} UTC",
        "Rows": _count(export.total, export.unit),
    }
    if export.question.filters:
        rows["Filters"] = "; ".join(
            f"{chosen.field}: {', '.join([*chosen.values, *(f'not {value}' for value in chosen.excluded)])}"
            for chosen in export.question.filters
        )
    if export.question.dates:
        rows["Published"] = export.question.dates
    if export.options.text == "passages":
        rows["Text"] = "passages around the matches, not the whole text"
    if export.options.first:
        rows["Only the first"] = f"{export.options.first:,} rows of the result"
    if export.options.picked:
        rows["Only picked hits"] = _count(len(export.options.picked), "hit")
    if imprint().contact:
        rows["Questions to"] = imprint().contact
    yield _heading("How this list came about")
    yield _list(rows)
    yield _text(
        f"All of it is in {manifest.NAME}, with the number, the version and the hash of each section,",
        "so that the search can be run again and compared.",
    )


def _what_is_in_it(about: About) -> Iterator[str]:
    rows = {name: f"the result: {about.formats[kind].label}" for kind, name in about.files.items()}
    rows[manifest.NAME] = "how the list came about, and what each row is"
    if about.export.options.captures:
        rows[bag.CAPTURES] = f"{_count(about.captures, 'file')} as the archive received them, named by their hashes"
    rows |= {
        bag.PAYLOAD_MANIFEST: "the hash (SHA-256) of each file in data/",
        bag.TAG_MANIFEST: "the hashes of the files beside data/, this text too",
        bag.INFO_NAME: "who made this, when, and how much it is",
        bag.DECLARATION_NAME: "says that this is a bag: BagIt 1.0, RFC 8493",
    }
    yield _heading("What is in it")
    yield _list(rows)
    if about.captures_left_out:
        yield _text(
            f"{_count(about.captures_left_out, 'capture')} could not be added;",
            f'{manifest.NAME} names each and says why, under "captures".',
        )
    if about.export.options.captures:
        yield _text(
            "Captures have no extension, so that nothing in them runs by a double click: open them with a text",
            "editor, or rename a copy. They are as received, and may have words that the list does not have.",
        )


def _how_to_check(about: About) -> Iterator[str]:
    yield _heading("How to check that nothing was changed")
    yield _text("Unpack the ZIP file, open a terminal in the folder with this text, and write, on Linux:")
    yield f"  sha256sum --check {bag.PAYLOAD_MANIFEST} {bag.TAG_MANIFEST}"
    yield _text("on a Mac:")
    yield f"  shasum -a 256 --check {bag.PAYLOAD_MANIFEST} {bag.TAG_MANIFEST}"
    yield _text(
        "Each file must be reported as OK. On Windows, this prints the hash of one file, to be compared with its line",
        "in the manifest:",
    )
    yield f"  certutil -hashfile {manifest.NAME.replace('/', chr(92))} SHA256"
    yield _text("Programs that read BagIt check the whole folder. Where Cuttings runs, this checks the ZIP file:")
    yield "  manage.py verify-package FILE.zip"


def _what_that_shows(about: About) -> Iterator[str]:
    yield _heading("What that shows, and what it does not")
    yield _text(
        "If all hashes match, the files are as they were packed. Hashes show changes; they do not show who made a",
        "package: somebody could change files and their hashes together. So note the hash of the whole ZIP file when",
        "you receive it, and keep it elsewhere (sha256sum FILE.zip). The archive can check its own packages:",
        "manage.py verify-package --archive FILE.zip compares each version that data/manifest.json cites with the",
        "record. It does not read the words in the other files again; their permalinks show them as recorded.",
    )
    yield _text(
        "What an outlet withdrew is listed without its words, and what the archive may not show is not in the files.",
        "Fields that curators of the archive set are named in the column “curated”: they were not received.",
    )


def _how_to_cite(about: About) -> Iterator[str]:
    export = about.export
    yield _heading("How to cite")
    yield _text("A section or an article: by the column “permalink”, which names the version, and “capture_sha256”.")
    yield _text("The list as a whole:")
    site = f" {export.site_url}." if export.site_url else ""
    yield _text(
        f"  {imprint().name}. Export of the query “{_query(about)}”, {_count(export.total, export.unit)}.",
        f"{_day(about)}.{site} SHA-256 of the ZIP file: (as noted).",
    )


def _day(about: About) -> str:
    made = about.export.made
    return f"{made.day} {made:%B %Y}"
