"""Writes a package: a BagIt bag (RFC 8493) in a ZIP, with a result in several formats and how it came about.

What is read meanwhile is of one state of the archive: the export begins it before its format writes anything. Its
memory does not depend on the number of rows or of captures, except for the numbers of both.
"""

import hashlib
from array import array
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any

from archive.capture_files import DamagedError, open_bytes
from archive.imprint import imprint
from archive.models import Capture, archive_identity
from archive.times import utc_iso

from ...engines import ClientGoneError
from ..about import SOFTWARE, facts_about
from ..contract import Export, Format
from ..file_names import file_stem, to_ascii
from ..options import ExportOptionError, ExportOptions
from ..row_kinds import Row
from . import bag, manifest, readme
from .zip_writer import ZipWriter, open_spool

# The formats in a package where none are chosen: the table, and the first of these that exists.
_DEFAULT_TABLE, _DEFAULT_OTHERS = "csv", ("html", "jsonl")
_CHUNK_CAPTURES = 500
_CHUNK_BYTES = 1 << 20

# Why the bytes of a capture are not in a package.
NOT_ALLOWED = "Whoever made the package may not see these bytes."


def check_contents(options: ExportOptions, formats: Mapping[str, Format]) -> None:
    """Raises ExportOptionError if a package cannot have the formats that are asked for."""
    for name in options.contents:
        if name not in formats:
            raise ExportOptionError(
                f"There is no format {name!r} in a package. The formats are: {', '.join(formats)}."
            )


def chosen_contents(options: ExportOptions, formats: Mapping[str, Format]) -> tuple[str, ...]:
    """Returns the names of the formats in a package."""
    others = [name for name in _DEFAULT_OTHERS if name in formats][:1]
    return options.contents or (_DEFAULT_TABLE, *others)


def write_package(export: Export, formats: Mapping[str, Format]) -> Iterator[bytes]:
    """Yields the package of an export. Raises ClientGoneError once nobody wants it."""
    with ExitStack() as opened:
        yield from _write(export, formats, opened)


def _write(export: Export, formats: Mapping[str, Format], opened: ExitStack) -> Iterator[bytes]:
    notes = _Notes(export, opened)
    noting = replace(export, note_row=notes.note)
    writer = _BagWriter(export, opened)
    chosen = {name: formats[name] for name in chosen_contents(export.options, formats)}
    files = _file_names(chosen)
    yield from writer.add_tag(bag.DECLARATION_NAME, [bag.DECLARATION])
    for name, of_format in chosen.items():
        yield from writer.add_payload(files[name], _parts_of(replace(noting, format=of_format)))
    captures = _Captures(export, notes.captures)
    for capture in captures.listed():
        if capture.file:
            yield from writer.add_payload(capture.file, captures.read(capture), size_bytes=capture.size_bytes)
    header = manifest_header(export, {files[name]: known for name, known in chosen.items()})
    header |= {"captures_in_package": captures.count, "captures_left_out": captures.left_out_count}
    yield from writer.add_payload(manifest.NAME, notes.manifest.write(header, captures.to_json()))
    about = readme.About(export, files, chosen, captures.count, captures.left_out_count)
    yield from writer.add_tag(readme.NAME, [readme.write_readme(about)])
    yield from writer.finish()


def _parts_of(export: Export) -> Iterator[bytes]:
    """Yields a file as a browser would get it."""
    yield export.format.byte_order_mark.encode()
    for part in export.format.write(export):
        yield part.encode() if isinstance(part, str) else part


def _file_names(chosen: Mapping[str, Format]) -> dict[str, str]:
    """Returns the name of the file of each format; formats with one extension have their own names in theirs."""
    extensions = [known.extension for known in chosen.values()]
    return {
        name: f"data/results.{known.extension}"
        if extensions.count(known.extension) == 1
        else f"data/results-{name}.{known.extension}"
        for name, known in chosen.items()
    }


class _Notes:
    """Notes the rows of an export for the manifest, and the captures that they come from."""

    def __init__(self, export: Export, opened: ExitStack) -> None:
        self.manifest = manifest.ManifestNotes(opened)
        self.captures: set[int] = set()
        self._export = export

    def note(self, number: int, row: Row) -> None:
        self._export.note_row(number, row)
        self.manifest.note(number, row)
        if self._export.options.captures:
            # What was withdrawn takes its bytes along.
            shown = (section for section in row.sections if not section.tombstone)
            self.captures |= {section.capture_id for section in shown if section.capture_id}


class _BagWriter:
    """The files of a bag, within one folder of a ZIP; `finish` writes what BagIt says about them."""

    def __init__(self, export: Export, opened: ExitStack) -> None:
        self._export = export
        self._folder = to_ascii(file_stem(export.question, export.made))
        self._zip = ZipWriter(export.made, opened)
        self._payload = open_spool(opened)
        self._tags: list[bytes] = []
        self._size_bytes = self._count = 0

    def add_payload(self, name: str, parts: Iterable[bytes], *, size_bytes: int | None = None) -> Iterator[bytes]:
        """Yields a file of the payload."""
        hashed = _Hashed(parts)
        yield from self._zip.add(f"{self._folder}/{name}", hashed, size_bytes=size_bytes)
        self._payload.write(bag.manifest_line(hashed.sha256, name))
        self._size_bytes += hashed.size_bytes
        self._count += 1

    def add_tag(self, name: str, parts: Iterable[bytes], *, listed: bool = True) -> Iterator[bytes]:
        """Yields a file beside the payload."""
        hashed = _Hashed(parts)
        yield from self._zip.add(f"{self._folder}/{name}", hashed)
        if listed:
            self._tags.append(bag.manifest_line(hashed.sha256, name))

    def finish(self) -> Iterator[bytes]:
        """Yields what is said about the bag, its manifests, and the end of the ZIP."""
        yield from self.add_tag(bag.INFO_NAME, [bag.write_info(self._info())])
        self._payload.seek(0)
        yield from self.add_tag(bag.PAYLOAD_MANIFEST, self._payload)
        yield from self.add_tag(bag.TAG_MANIFEST, self._tags, listed=False)
        yield from self._zip.finish()

    def _info(self) -> Iterator[tuple[str, str]]:
        about, export = imprint(), self._export
        yield "Source-Organization", about.name
        yield "Contact-Email" if "@" in about.contact else "Contact-Name", about.contact
        yield "External-Description", f"What the query “{export.question.q}” found: {export.total:,} {_rows(export)}"
        yield "Bagging-Date", f"{export.made:%Y-%m-%d}"
        yield "External-Identifier", archive_identity()
        yield bag.OXUM, f"{self._size_bytes}.{self._count}"
        yield "Bag-Software-Agent", SOFTWARE


@dataclass
class _Hashed:
    """Parts that are hashed and counted as they pass."""

    parts: Iterable[bytes]
    size_bytes: int = 0
    _digest: Any = field(default_factory=hashlib.sha256)

    def __iter__(self) -> Iterator[bytes]:
        for part in self.parts:
            self._digest.update(part)
            self.size_bytes += len(part)
            yield part

    @property
    def sha256(self) -> str:
        return str(self._digest.hexdigest())


@dataclass(frozen=True)
class _CitedCapture:
    """The bytes of captures. `file` is their name in the package; empty where they are left out, for a `reason`."""

    sha256: str
    size_bytes: int
    media_type: str
    captured: str
    file: str = ""
    reason: str = ""


class _Captures:
    """The bytes that the rows come from, each once."""

    def __init__(self, export: Export, ids: Iterable[int]) -> None:
        self._export = export
        self._ids = array("q", sorted(ids))
        self._left_out: dict[str, str] = {}
        self.count = 0

    @property
    def left_out_count(self) -> int:
        return len(self._left_out)

    def listed(self) -> Iterator[_CitedCapture]:
        """Yields the captures; looks at the bytes of each."""
        for capture in self._load():
            if not capture.reason:
                try:
                    open_bytes(capture.sha256).close()
                except DamagedError as error:
                    capture = replace(capture, file="", reason=str(error))
            if capture.reason:
                self._left_out[capture.sha256] = capture.reason
            else:
                self.count += 1
            yield capture

    def read(self, capture: _CitedCapture) -> Iterator[bytes]:
        """Yields the bytes of a capture. Raises DamagedError if they are no longer those that were received."""
        with open_bytes(capture.sha256) as file:
            while part := file.read(_CHUNK_BYTES):
                if not self._export.watch(self._export.total):
                    raise ClientGoneError
                yield part

    def to_json(self) -> Iterator[dict[str, Any]]:
        """Yields the captures as the manifest has them, after all were listed."""
        for capture in self._load():
            reason = self._left_out.get(capture.sha256, "")
            yield {
                "sha256": capture.sha256,
                "size_bytes": capture.size_bytes,
                "media_type": capture.media_type,
                "captured": capture.captured,
                "file": None if reason else capture.file,
                "left_out": reason or None,
            }

    def _load(self) -> Iterator[_CitedCapture]:
        seen: set[bytes] = set()
        for start in range(0, len(self._ids), _CHUNK_CAPTURES):
            ids = self._ids[start : start + _CHUNK_CAPTURES]
            allowed = set(self._export.captures.filter(pk__in=ids).order_by().values_list("pk", flat=True))
            rows = Capture.objects.filter(pk__in=ids).order_by("pk")
            for pk, sha256, size, media_type, captured in rows.values_list(
                "pk", "sha256", "size_bytes", "media_type", "captured"
            ):
                key = bytes.fromhex(sha256)
                if key in seen:
                    continue
                seen.add(key)
                file, reason = (bag.CAPTURES + sha256, "") if pk in allowed else ("", NOT_ALLOWED)
                yield _CitedCapture(sha256, size, media_type, utc_iso(captured), file, reason)


def _rows(export: Export) -> str:
    plural = "" if export.total == 1 else "s"
    return f"{export.unit}{plural}"


def manifest_header(export: Export, files: Mapping[str, Format]) -> dict[str, Any]:
    """Returns how an export came about, as the manifest has it; with all that it takes to ask for it again."""
    question, facts = export.question, facts_about(export)
    # The rows themselves follow.
    count = facts.pop("rows")
    return {
        "manifest_version": manifest.VERSION,
        "archive_id": archive_identity(),
        **facts,
        "row_count": count,
        "made": utc_iso(export.made),
        "contact": imprint().contact or None,
        "site": export.site_url or None,
        "question": [("q", question.q), *question.parameters_without_query],
        "options": export.options.parameters,
        "files": [{"file": name, "format": known.label} for name, known in files.items()],
    }
