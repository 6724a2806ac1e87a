"""Annotates the record: what `archive.annotate` finds in the texts of section versions, as rows.

`loading` makes tasks of the versions that wait, `archive.finding` does them in a process of its own, `storing` writes
the rows, `flow` brings the steps together. A version waits from its first moment on, so that a killed process leaves
nothing out; `ingest` annotates what it records, the process beside the server and `manage.py annotate` the rest.
Nothing here is evidence: all but what curators decided can be made again.
"""

from ..models import annotated_text
from .flow import (
    Annotator,
    Known,
    annotations_to_come,
    annotator,
    catch_up,
    count_known,
    mark_all,
    mark_articles,
    sweep_unused,
    work_on,
)
from .rows import add_waiting
from .storing import Fault

__all__ = [
    "Annotator",
    "Fault",
    "Known",
    "add_waiting",
    "annotated_text",
    "annotations_to_come",
    "annotator",
    "catch_up",
    "count_known",
    "mark_all",
    "mark_articles",
    "sweep_unused",
    "work_on",
]
