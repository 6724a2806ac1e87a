"""The connection to the file of the record. Django looks for it under this name.

A new file gets the rights that the umask leaves, so that the group of a shared home can write it; SQLite gives the
files beside it the same rights. A file that this process may not write, or whose folder it may not, is opened for
reading: the home is on a read-only disk, or belongs to another user.
"""

import os
import time
from pathlib import Path
from typing import Any

from django.db import OperationalError
from django.db.backends.sqlite3 import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's connection to SQLite."""

    def get_connection_params(self) -> dict[str, Any]:
        params: dict[str, Any] = super().get_connection_params()
        path = Path(self.settings_dict["NAME"])
        if self.is_in_memory_db():
            return params
        if not path.exists():
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o660))
        elif not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
            params["database"] = _address_for_reading(path)
            # They write, or lock for writing.
            self.transaction_mode = None
            self.init_commands: list[str] = []
        return params

    def connect(self) -> None:
        super().connect()
        if "immutable" in str(self.get_connection_params()["database"]):
            # Whoever writes the file next is not seen by this connection: it lasts for one request.
            self.close_at = time.monotonic()


def _address_for_reading(path: Path) -> str:
    """Returns the URI by which SQLite opens a file without writing anything. Raises OperationalError.

    The last writer deletes the files beside it, which SQLite needs to see what others write. Without them nobody has
    the file open, and it is read alone (https://sqlite.org/wal.html#readonly).
    """
    log, shared = (path.with_name(f"{path.name}-{part}") for part in ("wal", "shm"))
    if shared.exists():
        return f"{path.absolute().as_uri()}?mode=ro"
    if log.exists() and log.stat().st_size:
        raise OperationalError(
            f"{log} has writes that are not in the database yet, and {path.parent} is read-only. Open the archive "
            "once where it can be written, with `manage.py start --no-serve`, or restore a backup."
        )
    return f"{path.absolute().as_uri()}?mode=ro&immutable=1"
