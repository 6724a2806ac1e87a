"""From documents to the record: options, runs, previews, and the recording of a batch in one transaction.

A document's way: `files` reads it into items, `shared_identities` marks the ids and addresses that several stories
have, `steps` makes batches of them. `recording` decides on each item of a batch: `known` has what the record has of
the batch, `normalization` makes an item fit the record, `identity` finds its article (by `addresses`, `claims` and
`stories`). `writing` writes it: `sections` pairs its sections with those stored (by `matching`), `versions` and
`placements` make the rows, `archive.capture_files` stores the bytes, `settling` decides what may be shown. `runs`
counts. `queue` ingests uploads beside the server, `retrying` reads again what was rejected, and `taking_back` says
what a run alone brought. `options` and `preview` serve the command and the admin, which import from here alone.
Formats know nothing of it.
"""

from ..addresses import address_key, without_tracking
from .files import FoundFile, Stream, files_under, read_path
from .options import OPTIONS, IntakeError, IntakeOptions, Option
from .preview import FilePreview, preview, preview_files
from .queue import enqueue, is_served, origin_of, streams_of, work_on_runs
from .retrying import MAX_RETRIED_FILES, Retry, plan_retry, retry
from .runs import StoppedError, close_killed_runs, ingest_streams, is_ingesting, request_stop, start_run, state_of
from .settling import settle_articles, settle_due
from .taking_back import TakeBack, plan_take_back

__all__ = [
    "MAX_RETRIED_FILES",
    "OPTIONS",
    "FilePreview",
    "FoundFile",
    "IntakeError",
    "IntakeOptions",
    "Option",
    "Retry",
    "StoppedError",
    "Stream",
    "TakeBack",
    "address_key",
    "close_killed_runs",
    "enqueue",
    "files_under",
    "ingest_streams",
    "is_ingesting",
    "is_served",
    "origin_of",
    "plan_retry",
    "plan_take_back",
    "preview",
    "preview_files",
    "read_path",
    "request_stop",
    "retry",
    "settle_articles",
    "settle_due",
    "start_run",
    "state_of",
    "streams_of",
    "without_tracking",
    "work_on_runs",
]
