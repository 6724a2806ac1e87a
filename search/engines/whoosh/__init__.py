"""The default engine: a Whoosh index in a folder of this machine. `engine` lists the modules.

No other package imports whoosh, numpy, or a module of this package. Only `search.index` imports WhooshEngine.
"""

from .engine import WhooshEngine

__all__ = ["WhooshEngine"]
