"""The index of this archive: which engine serves it, what a section is as a document, and how both stay in step.

`engine()` is the one way to the engine of this process. `drain` indexes pending changes, `rebuild` builds a new index
beside the old one, `verify` and `repair` compare the index with the database. Views, commands and `search.results`
import from here; engines know nothing of this package.
"""

from .current import engine, get_engine
from .sync import MAX_WAIT_SECONDS, VerifyReport, drain, rebuild, repair, status, verify

__all__ = [
    "MAX_WAIT_SECONDS",
    "VerifyReport",
    "drain",
    "engine",
    "get_engine",
    "rebuild",
    "repair",
    "status",
    "verify",
]
