"""The work of curators on articles, sources and topics, and how later captures leave it in place.

`current_values` writes the article that the archive shows, from versions and curators; `entries` sets what is shown of
its entries, and `divisions` splits and joins them; `names` finds sources and topics, by former and other names too,
and sources by addresses; `unnamed_pages` gives sources to articles that name none; `edits` keeps who changed what;
`bulk_changes` changes many articles and merges sources or topics; `topics` moves topics in their tree; `withdrawals`
withdraws articles and sections from readers. The tables are in `archive.models`, the pages in `archive.admin`. Ingest
and the admin import from here alone.
"""

from ..errors import CurationError
from .bulk_changes import BulkChange, change_articles, left_by, merge
from .current_values import (
    add_topics,
    add_topics_to_new,
    apply_version,
    curated_field_of,
    mark_curated,
    refresh,
    set_values,
    show_as_received,
)
from .divisions import (
    Boundary,
    boundaries_of,
    divide,
    find_kin,
    find_next,
    join_entries,
    load_parts,
    rows_of_split,
    split_entry,
    why_not_joined,
    why_not_split,
)
from .edits import (
    DELETED,
    MERGED,
    ValueSnapshot,
    edits_of,
    field_label,
    record_additions,
    record_edits,
    take_snapshot,
)
from .entries import EntryOrder, EntryValues, load_entry_order, save_places, set_entry
from .names import BY_ADDRESS, Names, find_source, known_source, source_at
from .topics import articles_under, find_conflicts, move_topics, move_up, narrower_of, refuse_place
from .unnamed_pages import UnnamedPages, articles_without_source, give_source, pages_of
from .withdrawal_effects import Effects, find_effects
from .withdrawals import (
    MAX_NOTE_CHARS,
    Target,
    Terms,
    add_withdrawals,
    close,
    end_withdrawals,
    find_refusals,
    hidden_as_another_address,
)

__all__ = [
    "BY_ADDRESS",
    "DELETED",
    "MAX_NOTE_CHARS",
    "MERGED",
    "Boundary",
    "BulkChange",
    "CurationError",
    "Effects",
    "EntryOrder",
    "EntryValues",
    "Names",
    "Target",
    "Terms",
    "UnnamedPages",
    "ValueSnapshot",
    "add_topics",
    "add_topics_to_new",
    "add_withdrawals",
    "apply_version",
    "articles_under",
    "articles_without_source",
    "boundaries_of",
    "change_articles",
    "close",
    "curated_field_of",
    "divide",
    "edits_of",
    "end_withdrawals",
    "field_label",
    "find_conflicts",
    "find_effects",
    "find_kin",
    "find_next",
    "find_refusals",
    "find_source",
    "give_source",
    "hidden_as_another_address",
    "join_entries",
    "known_source",
    "left_by",
    "load_entry_order",
    "load_parts",
    "mark_curated",
    "merge",
    "move_topics",
    "move_up",
    "narrower_of",
    "pages_of",
    "record_additions",
    "record_edits",
    "refresh",
    "refuse_place",
    "rows_of_split",
    "save_places",
    "set_entry",
    "set_values",
    "show_as_received",
    "source_at",
    "split_entry",
    "take_snapshot",
    "why_not_joined",
    "why_not_split",
]
