"""The one exception of packages. Pure."""

from ...errors import SearchError


class PackageError(SearchError):
    """A file is no package, or cannot be read as one; the message says where and why."""
