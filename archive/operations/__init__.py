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
from .filing import FILE_UNDER
from .kinds import (
    ADDED,
    DELETED,
    DELETED_FOR_GOOD,
    EDITED,
    EDITED_TOGETHER,
    ENTRY_EDITED,
    FILED,
    GIVEN_BY_ADDRESS,
    IMPORTED,
    KINDS,
    MERGED,
    MOVED,
    REORDERED,
    RESTORED,
    RESTORED_FROM_TRASH,
    SHOWN_AS_RECEIVED,
    TAKEN_BACK,
    TRASHED,
    UNDONE,
    WITHDRAWN,
    Kind,
)
from .recording import Act, operation
from .subjects import SUBJECTS, Owned, Subject
from .trash import (
    RESTORE_FROM_TRASH,
    days_left,
    delete_for_good,
    empty_old,
    names_in_trash,
    trashed_articles,
)
from .undoing import UNDO_MANY, Conflict, UndoError, UndoPlan, plan_undo, undo
from .withdrawing import restore, withdraw

__all__ = [
    "ADDED",
    "DELETED",
    "DELETED_FOR_GOOD",
    "EDITED",
    "EDITED_TOGETHER",
    "ENTRY_EDITED",
    "FILED",
    "FILE_UNDER",
    "GIVEN_BY_ADDRESS",
    "IMPORTED",
    "KINDS",
    "MERGED",
    "MOVED",
    "MOVE_TO_TRASH",
    "REORDERED",
    "RESTORED",
    "RESTORED_FROM_TRASH",
    "RESTORE_FROM_TRASH",
    "SET_FIELDS",
    "SHOWN_AS_RECEIVED",
    "SHOW_AS_RECEIVED",
    "SUBJECTS",
    "TAKEN_BACK",
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
    "days_left",
    "delete_for_good",
    "discard",
    "do_batch",
    "empty_old",
    "go_on",
    "names_in_trash",
    "operation",
    "plan",
    "plan_undo",
    "preview",
    "register_bulk_act",
    "restore",
    "trashed_articles",
    "undo",
    "withdraw",
    "work_on",
]
