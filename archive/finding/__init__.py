"""Runs the rules of `archive.annotate` beside whoever writes the record, in a process of its own. No Django.

`tasks` says what goes in and comes out, and what is done between: each text is read by the rules, then short forms get
the full names of their capture, and statements the names of their speakers (`joining`). `worker` is the process,
`workers` its parent's view of it, `messages` what goes between. `archive.annotating` uses it; nothing here knows the
record.
"""

from .joining import Label
from .tasks import Found, FoundDays, FoundName, FoundStatement, Task, Text, find_all
from .workers import Finder, FinderError

__all__ = [
    "Finder",
    "FinderError",
    "Found",
    "FoundDays",
    "FoundName",
    "FoundStatement",
    "Label",
    "Task",
    "Text",
    "find_all",
]
