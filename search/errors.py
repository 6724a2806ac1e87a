"""The exceptions of search. Pure; every module of `search` may import them.

    SearchError                  what cannot be done; the message is for people: what failed, where, the cure
    ├── QueryError               query: a text is no query, with the position and what to write instead
    ├── DateError                query: a text names no day or span of days
    ├── EngineError              engines: the index cannot do what was asked
    │   ├── QueryLimitError      a query takes more time or memory than it may; there is no partial answer
    │   ├── OverloadedError      too many long queries are being answered; the same one may be answered later
    │   ├── ClientGoneError      nobody wants the answer any more
    │   ├── BusyError            another process is writing to the index
    │   ├── MissingIndexError    there is no index, and the record is not empty
    │   ├── ForeignIndexError    the index is that of another archive, or of a newer state of this one
    │   ├── UnavailableError     the index cannot be reached now, and may be whole
    │   ├── DamagedFileError     engines.whoosh: a file of the index is cut short, changed, or no file of it
    │   ├── TooManyError         engines.whoosh: a piece of work is too large, and is divided
    │   ├── GoneSnapshotError    engines.opensearch: the state of the index that a reader kept open is gone
    │   ├── ConflictError        engines.opensearch: another process has written the same document meanwhile
    │   └── NotFoundError        engines.opensearch: there is no such index, alias or document
    ├── UnknownQueryError        results: an address has the digest of no long query that is stored
    ├── VersionError             articles: an address names no version, or more than one
    ├── ExportOptionError        exports: no export has the field, format or number of rows that was asked for
    ├── PackageError             exports.packages: a file is no package, or cannot be read as one
    ├── PickError                exports: a hit that is picked has no such name, or too many are
    ├── WithdrawnError           pages: what an address leads to is withdrawn by the archive, and has a tombstone
    └── NoSlotError              pages: as many exports or feeds are being made as may be

A fault of the program itself is none of these: it is logged with its traceback.
"""


class SearchError(Exception):
    """Search cannot do what was asked; the message says what failed, where, and the cure."""
