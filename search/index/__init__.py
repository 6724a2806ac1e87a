"""The index of this archive: the engine that serves it, sections as documents, and how it follows the database.

`engine()` is the only way to the engine of this process, `shown_index()` to what of it may be shown;
`engine_features()` says what it leaves out. `drain` indexes pending changes, `rebuild` builds a new index beside the
old one, `verify` and `repair` compare index and database, `follow` drains as long as a server runs. Results, pages and
commands import from here; engines know nothing of this package.
"""

from .annotations import FIELDS_OF_TYPES
from .current import IndexGetter, engine, engine_features, release_engine, shown_index
from .following import follow, only_follower
from .sync import LONG_WAIT_SECONDS, drain, rebuild, repair, status, verify

__all__ = [
    "FIELDS_OF_TYPES",
    "LONG_WAIT_SECONDS",
    "IndexGetter",
    "drain",
    "engine",
    "engine_features",
    "follow",
    "only_follower",
    "rebuild",
    "release_engine",
    "repair",
    "shown_index",
    "status",
    "verify",
]
