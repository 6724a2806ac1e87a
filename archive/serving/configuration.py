"""The settings of gunicorn that are no options of a command line. `start` gives gunicorn the name of this module.

The process that gunicorn starts first loads the application and warms it up before it listens; those that serve are
forked from it.
"""

import gc
from typing import Any

from ..search_port import get_search_port

preload_app = True


def on_starting(arbiter: Any) -> None:
    """Warms up what all processes share. Gunicorn calls it before it listens."""
    get_search_port().warm_up(True)
    # Looking for garbage writes to objects, and each process would get a copy of what it can share.
    gc.freeze()
