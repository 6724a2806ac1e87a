"""Limits: how long a document may be, and how much it may unpack or expand to.

A limit that is exceeded rejects one document, never the rest. Whoever calls `read` may pass other limits.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

# The beginning of a stream that decides its format.
HEAD_BYTES = 64 * 1024

_KIB, _MIB, _GIB = 1024, 1024 * 1024, 1024 * 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """The limits of one call of `read`, which passes them to every reader and container."""

    # The longest live page seen in the wild is under 6 MB of HTML; plain text beyond this is not an article.
    max_document_bytes: int = 32 * _MIB

    # A byte of tags becomes thirty of tree. At these limits a reader stays under 400 MB, and the largest messages of
    # agencies have a tenth of them.
    max_tags: int = 1_000_000
    max_objects: int = 500_000

    # Pages and agency files compress to a fifth, the most repetitive logs to a hundredth; bombs aim for the thousandth
    # that deflate allows. So compressed data may unpack to this many times its size, all layers together.
    max_unpacked_ratio: int = 200

    # The ratio counts only beyond this size, which takes a second to unpack.
    free_unpacked_bytes: int = 256 * _MIB

    # A zip from a pipe or a container is copied to disk first, because it cannot be read in order.
    max_spooled_bytes: int = 2 * _GIB

    # 150,000 files with names of 60 letters; zipfile loads the whole directory, each entry tenfold.
    max_directory_bytes: int = 16 * _MIB

    # Containers in containers. A web archive in a zip in a gzip is somebody's habit; deeper nesting is an attack.
    max_nesting: int = 3


DEFAULT_LIMITS = Limits()


def size_text(size_bytes: int) -> str:
    """Returns a size as messages show it, rounded down in the largest unit that it fills."""
    for unit, name in ((_GIB, "GiB"), (_MIB, "MiB"), (_KIB, "KiB")):
        if size_bytes >= unit:
            return f"{size_bytes // unit:,} {name}"
    return f"{size_bytes:,} bytes"


def too_long_line(limits: Limits) -> str:
    """Returns the reason to reject a line that is longer than a document may be."""
    return f"longer than {size_text(limits.max_document_bytes)}, the most that one article may have"


def read_lines(stream: BinaryIO, limits: Limits) -> Iterator[bytes | None]:
    """Yields each line, or None for a line longer than a document may be, which is not loaded."""
    max_bytes = limits.max_document_bytes
    while line := stream.readline(max_bytes + 1):
        if len(line) - line.endswith(b"\n") <= max_bytes:
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(max_bytes)
        yield None
