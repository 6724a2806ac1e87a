"""The index of this archive: the engine that serves it, sections as documents, and how it follows the database.

`engine()` is the only way to the engine of this process. `drain` indexes pending changes, `rebuild` builds a new index
beside the old one, `verify` and `repair` compare index and database. Results, pages and commands import from here;
engines know nothing of this package.
"""

from .current import engine
from .sync import drain, rebuild, repair, status, verify

__all__ = [
    "drain",
    "engine",
    "rebuild",
    "repair",
    "status",
    "verify",
]
