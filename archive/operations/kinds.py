"""The kinds of operations: a name that operations store, and how one is undone. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """One kind of operation. `name` is stored and shown: it is how something was changed.

    One that is `whole` is undone as a whole or not at all: its rows depend on each other. Of others, each article,
    source and topic is undone alone, so that one which was changed since does not prevent the rest. One that is
    `final` cannot be undone. Who undoes one needs the `permission`: that of doing it, or of what the undo does.
    """

    name: str
    whole: bool = False
    final: bool = False
    permission: str = "archive.change_article"


EDITED = Kind("edited")
ADDED = Kind("added")
EDITED_TOGETHER = Kind("edited together", permission="archive.change_in_bulk")
SHOWN_AS_RECEIVED = Kind("shown as received", permission="archive.change_in_bulk")
MERGED = Kind("merged", whole=True, permission="archive.merge_names")
TRASHED = Kind("moved to the trash", permission="archive.delete_article")
RESTORED_FROM_TRASH = Kind("restored from the trash", permission="archive.delete_article")
DELETED_FOR_GOOD = Kind("deleted for good", final=True)
DELETED = Kind("deleted", whole=True, permission="archive.delete_article")
ENTRY_EDITED = Kind("edited entry")
# The places depend on each other: each names the one before it.
REORDERED = Kind("reordered", whole=True)
# The parts depend on each other: each ends where the next begins.
SPLIT = Kind("split", whole=True)
JOINED = Kind("joined", whole=True)
GIVEN_BY_ADDRESS = Kind("source given by address", permission="archive.change_in_bulk")
WITHDRAWN = Kind("withdrawn", permission="archive.withdraw_article")
RESTORED = Kind("restored", permission="archive.withdraw_article")
MOVED = Kind("moved")
IMPORTED = Kind("imported", whole=True, permission="archive.change_in_bulk")
FILED = Kind("filed")
TAKEN_BACK = Kind("run taken back", permission="archive.delete_article")
MERGED_ARTICLES = Kind("merged articles", whole=True, permission="archive.change_in_bulk")
JUDGED_NOT_THE_SAME = Kind("judged not the same")
NAME_EDITED = Kind("edited name", permission="archive.change_name")
# The spellings of one name lead to another: undone for all, or for none.
NAMES_MERGED = Kind("merged names", whole=True, permission="archive.merge_names")
NAME_SPLIT = Kind("split name", whole=True, permission="archive.change_name")
NAMES_DECIDED = Kind("decided on names", permission="archive.change_name")
NAMES_KEPT_APART = Kind("kept names apart", permission="archive.change_name")
SPELLING_ADDED = Kind("added spelling", permission="archive.change_name")
STATEMENT_DECIDED = Kind("decided on statement", permission="archive.change_name")
UNDONE = Kind("undone")

KINDS: tuple[Kind, ...] = (
    EDITED,
    ADDED,
    EDITED_TOGETHER,
    SHOWN_AS_RECEIVED,
    MERGED,
    TRASHED,
    RESTORED_FROM_TRASH,
    DELETED_FOR_GOOD,
    DELETED,
    ENTRY_EDITED,
    REORDERED,
    SPLIT,
    JOINED,
    GIVEN_BY_ADDRESS,
    WITHDRAWN,
    RESTORED,
    MOVED,
    IMPORTED,
    FILED,
    TAKEN_BACK,
    MERGED_ARTICLES,
    JUDGED_NOT_THE_SAME,
    NAME_EDITED,
    NAMES_MERGED,
    NAME_SPLIT,
    NAMES_DECIDED,
    NAMES_KEPT_APART,
    SPELLING_ADDED,
    STATEMENT_DECIDED,
    UNDONE,
)


def kind_of(name: str) -> Kind:
    """Returns the kind with this name. Raises LookupError."""
    for kind in KINDS:
        if kind.name == name:
            return kind
    raise LookupError(f"No kind of operation is called {name!r}.")
