"""The engine of an archive that has outgrown one machine: its index is in an OpenSearch cluster.

Only `search.index` imports from here. What this engine cannot do as the embedded one does is in its `features`.
"""

from .address import FORM as ADDRESS_FORM
from .address import ClusterAddress, read_address
from .engine import OpenSearchEngine

__all__ = ["ADDRESS_FORM", "ClusterAddress", "OpenSearchEngine", "read_address"]
