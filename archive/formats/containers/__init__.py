"""Containers of documents: web archives and zip files. They yield members, and never read what is in them.

Used by `formats.read` alone.
"""

from . import warc, zipped
from .choosing import choose_members
from .members import Member, Part, Skipped

__all__ = ["Member", "Part", "Skipped", "choose_members", "warc", "zipped"]
