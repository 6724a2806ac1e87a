"""`data/manifest.json` of a package: how the list came about, and its sections with versions and hashes, in order.

It is JSON as a whole, and has each row and each article on a line of its own, so that it is written and read line by
line. Only modules of this package import from here.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from sys import intern
from typing import Any

from archive.times import utc_iso

from ..listing import STATES, ListedArticle, ListedSection, Listing, ListingBuilder, list_article, list_sections
from ..row_kinds import ExportedArticle, Row
from .errors import PackageError
from .zip_writer import open_spool

NAME = "data/manifest.json"
VERSION = 1
# An article with 30,000 sections is a row of 10 MB.
MAX_LINE_BYTES = 64 << 20
# What a database can hold.
_MAX_NUMBER = (1 << 63) - 1
_LISTS = ("rows", "articles", "captures")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_IDENTITY = re.compile(r"[0-9a-f]{32}")


class ManifestNotes:
    """Notes the rows of an export as they pass, each once however often they do; then writes the manifest."""

    def __init__(self, opened: ExitStack) -> None:
        self._rows = _Lines(opened)
        self._articles = _Lines(opened)
        self._seen: set[int] = set()

    def note(self, number: int, row: Row) -> None:
        """Notes a row; `number` counts from 0."""
        if number != self._rows.count:
            return
        sections = [_section_to_json(section) for section in list_sections(row)]
        if isinstance(row, ExportedArticle):
            article = list_article(row)
            self._rows.add(
                {"article": article.article, "state": article.state, "matched": row.matched, "sections": sections}
            )
        else:
            self._rows.add(sections[0])
        if row.article_id and row.article_id not in self._seen:
            self._seen.add(row.article_id)
            self._articles.add(_article_to_json(list_article(row)))

    def write(self, header: Mapping[str, Any], captures: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
        """Yields the manifest."""
        start = json.dumps(header, indent=1, ensure_ascii=False).removesuffix("\n}")
        # JSON can write half of a character, and UTF-8 cannot.
        yield start.encode("utf-8", "backslashreplace")
        lines = (self._rows.read(), self._articles.read(), map(_to_line, captures))
        for name, values in zip(_LISTS, lines, strict=True):
            yield f',\n "{name}": ['.encode()
            separator = b"\n"
            for line in values:
                yield separator + line
                separator = b",\n"
            yield b"\n ]"
        yield b"\n}\n"


class _Lines:
    """Objects as lines of JSON, on disk if they are many."""

    def __init__(self, opened: ExitStack) -> None:
        self.count = 0
        self._file = open_spool(opened)

    def add(self, value: Mapping[str, Any]) -> None:
        self._file.write(_to_line(value) + b"\n")
        self.count += 1

    def read(self) -> Iterator[bytes]:
        self._file.seek(0)
        for line in self._file:
            yield line.rstrip(b"\n")


def _to_line(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value).encode()


def _section_to_json(section: ListedSection) -> dict[str, Any]:
    return {
        "section": section.section or None,
        "article": section.article or None,
        "version": section.version or None,
        "state": section.state,
        "changed": utc_iso(section.changed) if section.changed else None,
        "words_sha256": section.words_sha256 or None,
        "capture_sha256": section.capture_sha256 or None,
    }


def _article_to_json(article: ListedArticle) -> dict[str, Any]:
    return {
        "article": article.article,
        "state": article.state,
        "curated": list(article.curated),
        "values": dict(article.values),
    }


class Manifest:
    """A manifest that is read: its header, and then its lists, line by line. Raises PackageError where it is none."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines = iter(lines)
        self.header = self._read_header()
        if self.header.get("manifest_version") != VERSION:
            raise PackageError(f"{NAME} is of another version than this archive reads. Use a newer release.")

    @property
    def made(self) -> datetime:
        return _read_time(self.header.get("made"))

    @property
    def archive_id(self) -> str:
        """The id of the archive that the package is of."""
        return _read_text(self.header.get("archive_id"), _IDENTITY)

    @property
    def question(self) -> list[tuple[str, str]]:
        """The parameters of the question, as pairs."""
        return _read_pairs(self.header.get("question"))

    @property
    def options(self) -> list[tuple[str, str]]:
        """The parameters of the options, as pairs."""
        return _read_pairs(self.header.get("options"))

    @property
    def result_files(self) -> list[str]:
        """The names of the files with the result."""
        try:
            return [str(file["file"]) for file in self.header["files"]]
        except (KeyError, TypeError) as error:
            raise PackageError(f"{NAME} does not name the files of the result: {error!r:.100}.") from error

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yields the rows."""
        return (value for name, value in self._values() if name == "rows")

    def sections(self) -> Iterator[ListedSection]:
        """Yields the sections of all rows, in order."""
        for row in self.rows():
            yield from _sections_of(row)

    def to_listing(self, like: Listing | None = None) -> Listing:
        """Returns the whole of it as a listing, which shares with another what is the same."""
        builder = ListingBuilder(like)
        for name, value in self._values():
            if name == "rows":
                for section in _sections_of(value):
                    builder.add_section(section)
            elif name == "articles":
                builder.add_article(_article_from_json(value))
        return builder.build(self.made)

    def _read_header(self) -> dict[str, Any]:
        head: list[bytes] = []
        size_bytes = 0
        for line in self._lines:
            if line.startswith(f' "{_LISTS[0]}": ['.encode()):
                return _read_object(b"".join(head).rstrip().rstrip(b",") + b"}")
            head.append(line)
            size_bytes += len(line)
            if size_bytes > MAX_LINE_BYTES:
                break
        raise PackageError(f"{NAME} is not the manifest of a package: it has no list of rows.")

    def _values(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yields all rows, articles and captures. Raises PackageError where a line is not as one is written.

        What were overlooked here, other programs would read.
        """
        for name in _LISTS:
            if name != _LISTS[0]:
                self._expect(f' "{name}": ['.encode())
            count = 0
            for line in self._list_lines(is_last=name == _LISTS[-1]):
                count += 1
                yield name, _read_object(line)
            if name == _LISTS[0] and count != self.header.get("row_count"):
                raise PackageError(f"{NAME} has {count:,} rows, and says {self.header.get('row_count')!r:.30}.")
        self._expect(b"}")
        self._expect(b"")
        if next(self._lines, None) is not None:
            raise PackageError(f"{NAME} goes on after its end.")

    def _list_lines(self, *, is_last: bool) -> Iterator[bytes]:
        """Yields the objects of a list; there is a comma after each but the last."""
        end, has_more = b" ]" if is_last else b" ],", False
        for count, line in enumerate(self._lines):
            if line == end and not has_more:
                return
            if not line.startswith(b"{") or not (has_more or not count):
                break
            has_more = line.endswith(b",")
            yield line.removesuffix(b",")
        raise PackageError(f"{NAME} has a line that is not as a package has it, or ends too early.")

    def _expect(self, expected: bytes) -> None:
        if next(self._lines, None) != expected:
            raise PackageError(f"{NAME} is not laid out as the manifest of a package.")


def _sections_of(row: Mapping[str, Any]) -> Iterator[ListedSection]:
    try:
        if row.get("sections") == [] and row["state"] == "shown":
            raise ValueError(f"article {row['article']} without sections")
        for value in row.get("sections", (row,)):
            yield _section_from_json(value)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise PackageError(f"{NAME} has a row that cannot be read: {error!r:.200}.") from error


def _section_from_json(value: Mapping[str, Any]) -> ListedSection:
    state = value["state"]
    if state not in STATES:
        raise ValueError(state)
    section = ListedSection(
        _read_number(value["section"]),
        _read_number(value["article"]),
        _read_number(value["version"]),
        STATES[STATES.index(state)],
        None if value["changed"] is None else _read_time(value["changed"]),
        _read_hash(value["words_sha256"]),
        # Sections share their captures, and articles many values: a copy of each is enough.
        intern(_read_hash(value["capture_sha256"])),
    )
    # Whatever has words says of which version and capture they are, so that the record can be asked for it.
    cited = (section.section, section.article, section.version, section.capture_sha256)
    if (state != "missing" and not all(cited)) or (state in ("shown", "gone") and not section.words_sha256):
        raise ValueError(f"section {section.section} without a version or a hash")
    return section


def _read_hash(value: Any) -> str:
    return "" if value is None else _read_text(value, _SHA256)


def _read_text(value: Any, pattern: re.Pattern[str]) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise PackageError(f"{NAME} has {value!r:.100} where a hash or an id is written.")
    return value


def _article_from_json(value: Mapping[str, Any]) -> ListedArticle:
    try:
        values = {intern(str(name)): intern(str(digest)) for name, digest in value["values"].items()}
        if value["state"] not in STATES:
            raise ValueError(value["state"])
        number, curated = _read_number(value["article"]), tuple(map(str, value["curated"]))
        return ListedArticle(number, value["state"], values, curated)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise PackageError(f"{NAME} has an article that cannot be read: {error!r:.200}.") from error


def _read_object(text: bytes) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PackageError(f"{NAME} is no JSON: {error}.") from error
    if not isinstance(value, dict):
        raise PackageError(f"{NAME} has a line that is no object.")
    return value


def _read_number(value: Any) -> int:
    """Returns a number of a row; 0 where it is not known. Raises ValueError."""
    if value is None:
        return 0
    if type(value) is not int or not 0 < value <= _MAX_NUMBER:
        raise ValueError(f"{value!r} is no number of a row")
    return value


def _read_pairs(value: Any) -> list[tuple[str, str]]:
    try:
        return [(str(name), str(text)) for name, text in value]
    except (TypeError, ValueError) as error:
        raise PackageError(f"{NAME} does not say what was asked for: {error}.") from error


def _read_time(value: Any) -> datetime:
    try:
        time = datetime.fromisoformat(value)
        if time.tzinfo is None:
            raise ValueError("a time without a zone")
        return time.astimezone(UTC)
    except (TypeError, ValueError, OverflowError) as error:
        raise PackageError(f"{NAME} has a time that cannot be read: {value!r:.100}.") from error
