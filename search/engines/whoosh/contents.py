"""The table of contents of an index: a file for each generation, with its segments and the record that it is of.

    CUTTOC01 and a checksum on the first line; then JSON

Nothing in it is believed before its checksum and its shape have been checked, and nothing is unpickled. When a
generation is written belongs to `writer`, where the files are to `folders`. Only modules of this package import from
here.
"""

import base64
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

from archive.durable_files import write_durably

from ..contract import Origin
from .codec import ArraySegment
from .files import DamagedFileError
from .segment import MAX_DOCUMENTS

_FIRST_LINE = "CUTTOC01 {checksum:08x}\n"
# The highest number that a database gives.
_MAX_NUMBER = 2**63 - 1
_SEGMENT_ID = re.compile(r"[0-9a-z]{16}")


@dataclass(frozen=True)
class Contents:
    """One generation of an index: its segments, and the record that they are of, where that is known."""

    generation: int
    segments: Sequence[ArraySegment]
    origin: Origin | None


def contents_path(folder: Path, generation: int) -> Path:
    """Returns the path of the table of contents of a generation, by the name that Whoosh gives it."""
    return folder / f"_{ArraySegment.INDEX_NAME}_{generation}.toc"


def write_contents(folder: Path, contents: Contents) -> None:
    """Writes a table of contents, atomically and durably. Raises OSError."""
    described = {
        "generation": contents.generation,
        "origin": asdict(contents.origin) if contents.origin else None,
        "segments": [_describe(segment) for segment in contents.segments],
    }
    content = json.dumps(described)
    path = contents_path(folder, contents.generation)
    write_durably(path, (_first_line(path, content) + content).encode(), mode=0o666)


def read_contents(folder: Path, generation: int) -> Contents:
    """Reads a table of contents. Raises DamagedFileError, and OSError such as FileNotFoundError."""
    path = contents_path(folder, generation)
    content = path.read_bytes()
    try:
        first_line, described = content.decode("ascii").split("\n", 1)
        if first_line + "\n" != _first_line(path, described):
            raise ValueError("its checksum does not match")
        return _parse(json.loads(described), generation)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DamagedFileError(path, f"is not a table of contents as it was written ({error})") from error


def _first_line(path: Path, content: str) -> str:
    """Returns the first line of a file: its checksum is that of the name and the content."""
    return _FIRST_LINE.format(checksum=crc32(f"{path.parent.name}/{path.name} {content}".encode()))


def _describe(segment: ArraySegment) -> dict[str, Any]:
    return {
        "id": segment.segment_id().removeprefix(f"{ArraySegment.INDEX_NAME}_"),
        "documents": segment.doc_count_all(),
        "checksum": segment.checksum,
        "deleted": base64.b64encode(segment.deleted_bits).decode(),
    }


def _parse(described: Mapping[str, Any], generation: int) -> Contents:
    """Raises ValueError, KeyError, TypeError or AttributeError where the shape is another."""
    if described["generation"] != generation:
        raise ValueError("it is that of another generation")
    segments = []
    for entry in described["segments"]:
        name, documents, checksum = entry["id"], entry["documents"], entry["checksum"]
        if not (_SEGMENT_ID.fullmatch(name) and _is_number(documents, MAX_DOCUMENTS) and _is_number(checksum)):
            raise ValueError("a segment is not described")
        bits = base64.b64decode(entry["deleted"], validate=True)
        segments.append(ArraySegment(documents, name=name, checksum=checksum, deleted_bits=bits))
    origin = described["origin"]
    if origin is not None:
        origin = Origin(**origin)
        texts = (origin.archive, origin.created, origin.done)
        if not (all(isinstance(text, str) for text in texts) and _is_number(origin.change)):
            raise ValueError("the record is not named")
    return Contents(generation, segments, origin)


def _is_number(value: object, maximum: int = _MAX_NUMBER) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= maximum
