"""The exceptions of the record. Pure; every module of `archive` may import them.

    ArchiveError                 what cannot be done; the message is for people: what failed, where, the cure
    ├── TimeError                times: a text that is no date or time
    ├── ReadError                formats: a document, or a part of one, that cannot be read
    │   ├── EncodingError        formats.input: bytes that are no text
    │   ├── TransferError        formats.input: what HTTP packed cannot be unpacked
    │   ├── DamageError          formats.input: a stream breaks off
    │   ├── BombError            formats.input: a stream unpacks to more than its size justifies
    │   ├── MarkupError          formats.markup: no tree can be made of HTML or XML
    │   └── JsonError            formats.json_values: a text is no JSON
    ├── IntakeError              ingest: options that contradict each other or the documents
    ├── StoppedError             ingest: the disk or the database takes no more
    ├── CurationError            curation: a change of many articles, or a merge, that is not possible
    ├── ImmutableError           models: an attempt to change evidence
    └── SearchPortError          search_port: search cannot do what the record asks of it

A fault of the program itself is none of these: it is logged with its traceback.
"""


class ArchiveError(Exception):
    """The archive cannot do what was asked; the message says what failed, where, and the cure."""


class ReadError(ArchiveError):
    """A document, or a part of one, cannot be read: the reason, and the place in it (empty for the whole)."""

    def __init__(self, reason: str, locator: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.locator = locator
