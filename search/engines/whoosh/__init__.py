"""The default engine: a Whoosh index in a folder of this machine. No other package imports whoosh or numpy."""

from .engine import WhooshEngine

__all__ = ["WhooshEngine"]
