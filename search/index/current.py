"""The engine of this archive: which engine it is, and the one instance of it that a process keeps.

The only module that knows which engines there are. Everything that asks the index asks `engine()`.
"""

from pathlib import Path

from django.conf import settings

from ..engines import Engine
from ..engines.whoosh import WhooshEngine

_engines: dict[Path, Engine] = {}


def get_engine(folder: Path) -> Engine:
    """Returns a new engine whose index lies in this folder; the index is created if it is missing."""
    return WhooshEngine(folder)


def engine() -> Engine:
    """Returns this process's engine of the archive's index, opened at the first call."""
    folder = Path(settings.INDEX_DIR)
    if folder not in _engines:
        _engines[folder] = get_engine(folder)
    return _engines[folder]
