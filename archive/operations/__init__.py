"""Operations: every act of a curator, recorded so that it can be undone.

`operation` records what a block changes; `undo` puts it back, and `plan_undo` says what that would do. A `BulkAct` on
many articles is planned, looked at (`preview`), confirmed and then carried out in batches. KINDS are the kinds of
operations, SUBJECTS what belongs to an article, source or topic. The tables are in `archive.models`, the texts that
people read of an operation in `archive.curation.edits`. Only `archive.admin`, commands and the process that follows
the record import from here.
"""

from .article_acts import MOVE_TO_TRASH, SET_FIELDS, SHOW_AS_RECEIVED, SetFields
from .bulk_acts import (
    BulkAct,
    BulkActError,
    Example,
    Preview,
    Refused,
    ask_to_stop,
    confirm,
    discard,
    do_batch,
    go_on,
    plan,
    preview,
    register_bulk_act,
    work_on,
)
from .kinds import (
    ADDED,
    DELETED,
    EDITED,
    EDITED_TOGETHER,
    ENTRY_EDITED,
    GIVEN_BY_ADDRESS,
    KINDS,
    MERGED,
    MOVED,
    REORDERED,
    RESTORED,
    SHOWN_AS_RECEIVED,
    TRASHED,
    UNDONE,
    WITHDRAWN,
    Kind,
)
from .recording import Act, operation
from .subjects import SUBJECTS, Owned, Subject
from .undoing import UNDO_MANY, Conflict, UndoError, UndoPlan, plan_undo, undo
from .withdrawing import restore, withdraw

__all__ = [
    "ADDED",
    "DELETED",
    "EDITED",
    "EDITED_TOGETHER",
    "ENTRY_EDITED",
    "GIVEN_BY_ADDRESS",
    "KINDS",
    "MERGED",
    "MOVED",
    "MOVE_TO_TRASH",
    "REORDERED",
    "RESTORED",
    "SET_FIELDS",
    "SHOWN_AS_RECEIVED",
    "SHOW_AS_RECEIVED",
    "SUBJECTS",
    "TRASHED",
    "UNDONE",
    "UNDO_MANY",
    "WITHDRAWN",
    "Act",
    "BulkAct",
    "BulkActError",
    "Conflict",
    "Example",
    "Kind",
    "Owned",
    "Preview",
    "Refused",
    "SetFields",
    "Subject",
    "UndoError",
    "UndoPlan",
    "ask_to_stop",
    "confirm",
    "discard",
    "do_batch",
    "go_on",
    "operation",
    "plan",
    "plan_undo",
    "preview",
    "register_bulk_act",
    "restore",
    "undo",
    "withdraw",
    "work_on",
]
