"""Reading with limits: each document is read in a process that is ended when it takes too much time or memory.

`read` yields the items of a stream, as `archive.formats.read` does. Containers are opened in this process; each
document goes to a worker process, `worker`, as bytes, and comes back as items (`messages`). `workers` starts and ends
the processes. A document that goes beyond its limits is rejected, and the rest is read. The readers know nothing of
it. Commands and the admin read by this; imports no Django.
"""

from .limits import MAX_DOCUMENT_MEMORY_BYTES, MAX_DOCUMENT_SECONDS
from .workers import WorkerError, read, read_document

__all__ = ["MAX_DOCUMENT_MEMORY_BYTES", "MAX_DOCUMENT_SECONDS", "WorkerError", "read", "read_document"]
