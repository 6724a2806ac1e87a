"""Live pages: a rolling report split into its dated entries, from what is shown, linked data and scripts."""

from . import live_page, live_state
from .entry_names import first_words

__all__ = ["first_words", "live_page", "live_state"]
