"""How much a reader takes in at once. A limit that is hit rejects one document, never the rest."""

from collections.abc import Iterator
from typing import BinaryIO

from ...items import Rejected

# What is looked at to tell the format.
HEAD_BYTES = 64 * 1024

# The longest live page seen in the wild is under 6 MB of HTML; a plain-text document beyond this is no article.
MAX_DOCUMENT_BYTES = 32 * 1024 * 1024
MAX_DOCUMENT = f"{MAX_DOCUMENT_BYTES // 1024 // 1024} MiB"

# What markup and JSON may be made of. A byte of tags becomes thirty of tree: at these limits a reader stays under
# 400 MB, and the largest messages of agencies have a tenth of them.
MAX_TAGS = 1_000_000
MAX_OBJECTS = 500_000

# Pages and agency files pack to a fifth, the most repetitive logs to a hundredth; bombs are made to reach the
# thousandth that deflate allows. So whatever is packed may unpack to this many times its size, all layers together.
MAX_UNPACKED_RATIO = 200

# Below this no ratio is asked for: it costs a second.
FREE_UNPACKED_BYTES = 256 * 1024 * 1024

# What cannot be read in order (a zip) is put aside on disk first where it comes through a pipe or in a container.
MAX_SPOOLED_BYTES = 2 * 1024 * 1024 * 1024
MAX_SPOOLED = f"{MAX_SPOOLED_BYTES // 1024 // 1024 // 1024} GiB"


def read_whole(stream: BinaryIO, *, what: str, cure: str) -> bytes | Rejected:
    """Returns all of a stream, or that it is too long: told with `what` it is and the `cure`."""
    raw = stream.read(MAX_DOCUMENT_BYTES + 1)
    if len(raw) > MAX_DOCUMENT_BYTES:
        return Rejected("", f"longer than {MAX_DOCUMENT}, the most that one {what} may have; {cure}")
    return raw


def read_lines(stream: BinaryIO) -> Iterator[bytes | None]:
    """Yields each line, or None for one that is too long."""
    while line := stream.readline(MAX_DOCUMENT_BYTES + 1):
        if len(line) - line.endswith(b"\n") <= MAX_DOCUMENT_BYTES:
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(MAX_DOCUMENT_BYTES)
        yield None
