"""Data that pages carry in their scripts, read without running anything. Pure; knows no article."""

from .devalue import read_devalue
from .flight import read_flight
from .lenient_json import load_lenient
from .script_literals import read_literals

__all__ = ["load_lenient", "read_devalue", "read_flight", "read_literals"]
