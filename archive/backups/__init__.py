"""Backups of a running archive, and how an archive comes back from a backup.

Owns the folder of a backup: its manifest, the copy of the record, the captures and the key. Does not own the index,
which is built again. The commands `backup` and `restore` may import this.
"""

from .making import BackupResult, make_backup
from .manifest import BackupError
from .restoring import RestoreResult, restore_backup

__all__ = ["BackupError", "BackupResult", "RestoreResult", "make_backup", "restore_backup"]
