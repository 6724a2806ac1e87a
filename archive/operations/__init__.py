"""Operations: every act of a curator, recorded so that it can be undone.

`operation` records what a block changes; `undo` puts it back, and `plan_undo` says what that would do. KINDS are the
kinds of operations, SUBJECTS what belongs to an article, source or topic. The tables are in `archive.models`, the
texts that people read of an operation in `archive.curation.edits`. Only `archive.admin` and commands import from here.
"""

from .kinds import (
    ADDED,
    DELETED,
    EDITED,
    EDITED_TOGETHER,
    ENTRY_EDITED,
    GIVEN_BY_ADDRESS,
    KINDS,
    MERGED,
    REORDERED,
    SHOWN_AS_RECEIVED,
    TRASHED,
    UNDONE,
    Kind,
)
from .recording import Act, operation
from .subjects import SUBJECTS, Owned, Subject
from .undoing import Conflict, UndoError, UndoPlan, plan_undo, undo

__all__ = [
    "ADDED",
    "DELETED",
    "EDITED",
    "EDITED_TOGETHER",
    "ENTRY_EDITED",
    "GIVEN_BY_ADDRESS",
    "KINDS",
    "MERGED",
    "REORDERED",
    "SHOWN_AS_RECEIVED",
    "SUBJECTS",
    "TRASHED",
    "UNDONE",
    "Act",
    "Conflict",
    "Kind",
    "Owned",
    "Subject",
    "UndoError",
    "UndoPlan",
    "operation",
    "plan_undo",
    "undo",
]
