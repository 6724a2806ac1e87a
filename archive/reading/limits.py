"""How much time and memory the reading of one document may take, and for how long a worker process waits for work."""

# Processor time, so that a busy machine rejects nothing. The longest pages seen take a tenth of it.
MAX_DOCUMENT_SECONDS = 6

# The last net, for a process that waits for something and takes no processor time: no reader waits for anything.
MAX_WAIT_SECONDS = 120

# Of the whole process, of which the readers themselves take a fifth. At the limits of `formats` a reader stays under
# 400 MB.
MAX_DOCUMENT_MEMORY_BYTES = 500 * 1024 * 1024

# A process that keeps so much after a document is replaced, so that the next has nearly all of its own.
MAX_KEPT_MEMORY_BYTES = 200 * 1024 * 1024

# A process costs a second to start and memory to keep.
MAX_IDLE_SECONDS = 60
