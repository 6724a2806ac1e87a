"""How much a reader takes in at once. A limit that is exceeded rejects one document, never the rest."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

# How much of a stream is examined to identify its format.
HEAD_BYTES = 64 * 1024

_KIB, _MIB, _GIB = 1024, 1024 * 1024, 1024 * 1024 * 1024

# Objects and lists of JSON, and of data in scripts.
MAX_OBJECTS = 500_000


@dataclass(frozen=True)
class Limits:
    """What one call of `read` may take in. Readers receive it; none has limits of its own on what a stream holds."""

    # The longest live page seen in the wild is under 6 MB of HTML; a plain-text document beyond this is no article.
    max_document_bytes: int = 32 * _MIB

    # A byte of tags becomes thirty of tree. At these limits a reader stays under 400 MB, and the largest messages of
    # agencies have a tenth of them.
    max_tags: int = 1_000_000
    max_objects: int = MAX_OBJECTS

    # Pages and agency files pack to a fifth, the most repetitive logs to a hundredth; bombs are made to reach the
    # thousandth that deflate allows. So packed data may unpack to this many times its size, all layers together.
    max_unpacked_ratio: int = 200

    # Below this the ratio does not count: unpacking so much takes a second.
    free_unpacked_bytes: int = 256 * _MIB

    # A zip cannot be read in order. From a pipe or a container it is copied to disk first.
    max_spooled_bytes: int = 2 * _GIB

    # 150,000 files with names of 60 letters; zipfile loads the whole directory, each entry tenfold.
    max_directory_bytes: int = 16 * _MIB

    # A web archive in a zip in a gzip is somebody's habit; deeper packing is made to break readers.
    max_nesting: int = 3


DEFAULT_LIMITS = Limits()


def size_text(size_bytes: int) -> str:
    """Returns a size for messages, in the largest unit that it fills."""
    for unit, name in ((_GIB, "GiB"), (_MIB, "MiB"), (_KIB, "KiB")):
        if size_bytes >= unit:
            return f"{size_bytes // unit:,} {name}"
    return f"{size_bytes:,} bytes"


def read_lines(stream: BinaryIO, limits: Limits) -> Iterator[bytes | None]:
    """Yields each line, or None for a line longer than a document may be."""
    most = limits.max_document_bytes
    while line := stream.readline(most + 1):
        if len(line) - line.endswith(b"\n") <= most:
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(most)
        yield None
