"""The connection to the file of the record. Django looks for it under this name.

A new file gets the rights that the umask leaves, so that the group of a shared home can write it. SQLite gives the
files beside it the same rights.
"""

import os
from pathlib import Path
from typing import Any

from django.db.backends.sqlite3 import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's connection to SQLite."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        path = Path(self.settings_dict["NAME"])
        if not (self.is_in_memory_db() or path.exists()):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o660))
        return super().get_new_connection(conn_params)
