"""The tables of the tests, which one process of a run makes by all migrations: that takes as long as fifty tests."""

import fcntl
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path


class SharedTables:
    """A file of SQLite in the folder of a run. Who asks first makes it, and the others wait."""

    def __init__(self, folder: Path) -> None:
        self._made = folder / "tables.sqlite3"
        self._lock = (folder / "tables.lock").open("w")

    def copy_to(self, path: str) -> bool:
        """Copies the tables to a path. Returns False to the first who asks: it has to make and to offer them."""
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        if not self._made.exists():
            return False
        fcntl.flock(self._lock, fcntl.LOCK_UN)
        shutil.copyfile(self._made, path)
        return True

    def offer(self, path: str) -> None:
        """Gives the tables of a database, which has no rows yet, to all who wait."""
        copy_database(path, self._made)
        fcntl.flock(self._lock, fcntl.LOCK_UN)

    def close(self) -> None:
        """Lets others make the tables, if this process could not."""
        self._lock.close()


def copy_database(path: str, to: Path) -> None:
    """Copies a file of SQLite that connections may have open."""
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(to)) as copy:
        source.backup(copy)
