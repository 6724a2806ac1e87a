"""From documents to the record: options of a run, normalization, matching, captures, versions and changes.

One transaction an article. Commands and the admin import from here; formats know nothing of it.
"""

from .addresses import address_key
from .intake import OPTIONS, Given, IntakeError, Option, Preview, StoppedError, Stream, kept_going, preview, take_in
from .normalization import as_recorded
from .recording import files_under, read_path, start_run

__all__ = [
    "OPTIONS",
    "Given",
    "IntakeError",
    "Option",
    "Preview",
    "StoppedError",
    "Stream",
    "address_key",
    "as_recorded",
    "files_under",
    "kept_going",
    "preview",
    "read_path",
    "start_run",
    "take_in",
]
