"""The default engine: a Whoosh index in a folder, embedded, one machine. Only here are whoosh and numpy imported."""

from .engine import WhooshEngine

__all__ = ["WhooshEngine"]
