"""Live pages: rolling reports, split into their dated entries.

Entries come from the page as shown, from linked data and from scripts. Used by `html` and by the table of formats.
"""

from . import live_page, live_state

__all__ = ["live_page", "live_state"]
