"""The kinds of operations: a name that operations store, and how one is undone. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """One kind of operation. `name` is stored and shown: it is how something was changed.

    One that is `whole` is undone as a whole or not at all: its rows depend on each other. Of others, each article,
    source and topic is undone alone, so that one which was changed since does not prevent the rest. One that is
    `final` cannot be undone.
    """

    name: str
    whole: bool = False
    final: bool = False


EDITED = Kind("edited")
ADDED = Kind("added")
EDITED_TOGETHER = Kind("edited together")
SHOWN_AS_RECEIVED = Kind("shown as received")
MERGED = Kind("merged", whole=True)
TRASHED = Kind("moved to the trash")
RESTORED_FROM_TRASH = Kind("restored from the trash")
DELETED_FOR_GOOD = Kind("deleted for good", final=True)
DELETED = Kind("deleted", whole=True)
ENTRY_EDITED = Kind("edited entry")
# The places depend on each other: each names the one before it.
REORDERED = Kind("reordered", whole=True)
GIVEN_BY_ADDRESS = Kind("source given by address")
WITHDRAWN = Kind("withdrawn")
RESTORED = Kind("restored")
MOVED = Kind("moved")
IMPORTED = Kind("imported", whole=True)
FILED = Kind("filed")
TAKEN_BACK = Kind("run taken back")
MERGED_ARTICLES = Kind("merged articles", whole=True)
JUDGED_NOT_THE_SAME = Kind("judged not the same")
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
    GIVEN_BY_ADDRESS,
    WITHDRAWN,
    RESTORED,
    MOVED,
    IMPORTED,
    FILED,
    TAKEN_BACK,
    MERGED_ARTICLES,
    JUDGED_NOT_THE_SAME,
    UNDONE,
)


def kind_of(name: str) -> Kind:
    """Returns the kind with this name. Raises LookupError."""
    for kind in KINDS:
        if kind.name == name:
            return kind
    raise LookupError(f"No kind of operation is called {name!r}.")
