"""The engine that serves this archive: the only module that knows which engines exist.

Short on purpose: `search.engines` states what an engine does, and nothing else chooses between engines.
"""

from pathlib import Path

from django.conf import settings

from ..engines import Engine
from ..engines.whoosh import WhooshEngine

# One instance for each folder: tests change the folder.
_engines: dict[Path, Engine] = {}


def get_engine(folder: Path) -> Engine:
    """Returns a new engine with its index in a folder; creates the index if it is missing."""
    return WhooshEngine(folder)


def engine() -> Engine:
    """Returns this process's engine of the archive's index, opened at the first call."""
    folder = Path(settings.INDEX_DIR)
    if folder not in _engines:
        _engines[folder] = get_engine(folder)
    return _engines[folder]
