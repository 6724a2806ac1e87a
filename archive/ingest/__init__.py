"""From documents to the record: options, runs, previews, and the recording of one article in one transaction.

A document's way: `files` reads it into items, `shared_identities` marks the ids and addresses that several stories
have, `normalization` makes an item fit the record, `identity` finds its article (by `addresses`, `claims` and
`stories`), `sections` pairs its sections with those stored (by `matching`), `versions` and `placements` make the rows,
`archive.capture_files` stores the bytes, `settling` decides what may be shown, `recording` does all of it in a
transaction, `runs` counts. `options` and `preview` serve the command and the admin, which import from here alone.
Formats know nothing of it.
"""

from ..addresses import address_key, without_tracking
from .files import FoundFile, Stream, files_under, read_path
from .options import OPTIONS, IntakeError, IntakeOptions, Option
from .preview import FilePreview, preview, preview_files
from .runs import StoppedError, close_killed_runs, ingest_streams, start_run, state_of
from .settling import settle_articles, settle_due

__all__ = [
    "OPTIONS",
    "FilePreview",
    "FoundFile",
    "IntakeError",
    "IntakeOptions",
    "Option",
    "StoppedError",
    "Stream",
    "address_key",
    "close_killed_runs",
    "files_under",
    "ingest_streams",
    "preview",
    "preview_files",
    "read_path",
    "settle_articles",
    "settle_due",
    "start_run",
    "state_of",
    "without_tracking",
]
