"""What holds other documents: web archives and zip files. Yields members; never reads what is in them."""

from . import warc, zipped
from .members import Member, Skipped

__all__ = ["Member", "Skipped", "warc", "zipped"]
