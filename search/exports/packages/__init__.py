"""Packages: results as bags (RFC 8493) in a ZIP, with the hashes of all that is in them; written, and verified.

`writing` makes one of an export. `verifying` needs no archive, and believes nothing that a file says; `cited_versions`
looks the sections of a package up in the record. Only `search.exports` imports from here.
"""

from .errors import PackageError
from .writing import check_contents, chosen_contents, write_package

__all__ = ["PackageError", "check_contents", "chosen_contents", "write_package"]
