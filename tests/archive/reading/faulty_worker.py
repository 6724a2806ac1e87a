"""A worker process with readers that take too much: what a document says is what its reader does."""

import logging
import os
import time
from collections.abc import Iterator

from archive.formats import Format, Limits
from archive.items import ArticleItem, Hints, Item, SectionItem
from archive.reading import worker

# Enough for the tests, so that they are fast.
MAX_DOCUMENT_SECONDS = 0.2
MAX_DOCUMENT_MEMORY_BYTES = 150 * 1024 * 1024


def read(raw: bytes, hints: Hints, limits: Limits) -> Iterator[Item]:
    """Yields an article, then does what the document says."""
    yield ArticleItem("First", (SectionItem((f"read by {os.getpid()}",)),), raw, "text/plain", "faulty/1")
    match raw.removeprefix(b"FAULTY ").strip():
        case b"spin":
            while True:
                pass
        case b"spin in a library":
            pow(3, 10**9)
        case b"allocate":
            _ = bytearray(10 * MAX_DOCUMENT_MEMORY_BYTES)
        case b"allocate bit by bit":
            parts = []
            while True:
                # Zeros that nobody writes: to fill the memory may take more time than a document has.
                parts.append(bytes(1_000_000))
        case b"abort":
            os.abort()
        case b"exit":
            os._exit(3)
        case b"wait":
            time.sleep(60)
        case b"log":
            logging.getLogger("archive.faulty").warning("something about %s", hints.name)
        case b"print":
            print("no message")
            os.write(1, b"nor this")
        case b"fail":
            raise ZeroDivisionError


if __name__ == "__main__":
    faulty = Format("faulty", "faulty", lambda head, name: True, read)
    vars(worker).update(
        FORMATS=(faulty,),
        MAX_DOCUMENT_SECONDS=MAX_DOCUMENT_SECONDS,
        MAX_DOCUMENT_MEMORY_BYTES=MAX_DOCUMENT_MEMORY_BYTES,
    )
    worker.main()
