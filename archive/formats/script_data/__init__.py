"""Data that pages carry in their scripts, read without running the scripts.

One module for each way in which frameworks write values. Knows nothing about articles. Pure; used by `web` and `live`.
"""

from .devalue import read_devalue
from .flight import read_flight
from .lenient_json import load_lenient
from .script_literals import read_literals

__all__ = ["load_lenient", "read_devalue", "read_flight", "read_literals"]
