"""From documents to the record: options of a run, normalization, matching, captures, versions and changes.

One transaction an article. Commands and the admin import from here; formats know nothing of it.
"""

from .addresses import address_key
from .files import files_under, read_path
from .intake import OPTIONS, Given, IntakeError, Option, Preview, StoppedError, Stream, kept_going, preview, take_in
from .normalization import normalize
from .recording import start_run

__all__ = [
    "OPTIONS",
    "Given",
    "IntakeError",
    "Option",
    "Preview",
    "StoppedError",
    "Stream",
    "address_key",
    "files_under",
    "kept_going",
    "normalize",
    "preview",
    "read_path",
    "start_run",
    "take_in",
]
