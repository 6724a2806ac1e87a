"""The exceptions of the archive, as one tree. Pure; every module may import them.

    ArchiveError                 something cannot be done; the message is for people: what failed, where, the cure
    ├── TimeError                times: a text that is no date or time
    ├── ReadError                formats: a document, or a part of one, that cannot be read
    │   ├── EncodingError        formats.input: bytes that are no text
    │   ├── TransferError        formats.input: what HTTP packed cannot be unpacked
    │   ├── DamageError          formats.input: a stream breaks off
    │   ├── BombError            formats.input: a stream unpacks to more than its size justifies
    │   ├── MarkupError          formats.markup: no tree can be made of HTML or XML
    │   └── JsonError            formats.json_values: a text is no JSON
    ├── HostError                hosts: a text that cannot be the host of a source
    ├── FinderError          finding: no process can be started that finds names, statements and days
    ├── WorkerError          reading: no process can be started that reads documents
    ├── IntakeError              ingest: an option that cannot be read, or cannot be true of the documents
    ├── StorageError             ingest: what a file has cannot be stored; it becomes a StoppedError
    ├── StoppedError             ingest: the disk or the database stores no more
    ├── UploadError              uploads: parts of files from a browser that cannot be received
    │   └── UploadGoneError      uploads: the user has no such upload any more
    ├── CurationError            curation: a bulk change, a merge or a withdrawal that is not possible
    ├── BulkActError             operations: an act on many articles cannot be planned or confirmed
    ├── UndoError                operations: what was changed again since cannot be put back
    ├── WorkStoppedError         upkeep: somebody stopped long work on the archive
    ├── ThesaurusError           thesauri: a file that is no thesaurus, or too large
    ├── DamagedError             capture_files: stored bytes are missing, or not those that were received
    ├── ImmutableError           models: an attempt to change evidence
    ├── BackupError              backups: a backup cannot be made or restored
    └── SearchPortError          search_port: search cannot do what the archive asks of it

A fault of the program itself is none of these: it is logged with its traceback.
"""

import re


class ArchiveError(Exception):
    """The archive cannot do something; the message says what failed, where, and the cure."""


class ReadError(ArchiveError):
    """A document, or a part of one, cannot be read: the reason, and the place in it (empty for the whole)."""

    def __init__(self, reason: str, locator: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.locator = locator


class CurationError(ArchiveError):
    """A change that cannot be made; the message names the rows that prevent it, and the cure."""


_COMMAND = r"`(?:manage\.py|sqlite3) [^`]*`"
# A clause that only names a command, at the end of a sentence or of a part of one.
_NAMED_LAST = re.compile(rf"[:,;]?(?: (?:or|and|then|run|with|as|by))* ?{_COMMAND}(?=[.;]|$)")
_HAS_COMMAND = re.compile(_COMMAND)


def without_commands(message: str) -> str:
    """Returns a message for a page: without the commands that it names, since a page has buttons for those who may.

    What a sentence says besides stays; a part of one that is about a command goes.
    """
    if not _HAS_COMMAND.search(message):
        return message
    sentences = re.split(r"(?<=\.) (?=[A-Z])", _NAMED_LAST.sub("", message))
    kept = []
    for sentence in sentences:
        parts = [part for part in sentence.rstrip(".").split("; ") if part and not _HAS_COMMAND.search(part)]
        kept += [f"{'; '.join(parts)}."] if parts else []
    return " ".join(kept)
