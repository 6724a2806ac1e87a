"""Packages: results as bags (RFC 8493) in a ZIP, with the hashes of all that is in them; written, and verified.

`writing` makes one of an export. `verifying` needs no archive, and believes nothing that a file says; `cited_versions`
looks the sections of a package up in the record. `search.exports` and commands import from here.
"""

from .cited_versions import check_citations
from .errors import PackageError
from .manifest import Manifest
from .verifying import Verification, check_files, read_manifest, verify_package
from .writing import check_contents, chosen_contents, write_package

__all__ = [
    "Manifest",
    "PackageError",
    "Verification",
    "check_citations",
    "check_contents",
    "check_files",
    "chosen_contents",
    "read_manifest",
    "verify_package",
    "write_package",
]
