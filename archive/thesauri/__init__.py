"""Thesauri: topics as files in SKOS and CSV, read with a look before, and written.

`read_thesaurus` makes concepts of bytes, `plan_import` compares them with the topics, `carry_out` brings them in as
one operation, and `write_thesaurus` writes topics. Nothing here reaches for the network, whatever a file names.
`archive.admin` and the command `topics` import from here.
"""

from .contract import MAX_BYTES, Concept, Label, Thesaurus, ThesaurusError
from .importing import ImportPlan, PlannedTopic, carry_out, plan_import
from .reading import EXPORT_FORMATS, read_thesaurus, write_thesaurus
from .topics import load_concepts

__all__ = [
    "EXPORT_FORMATS",
    "MAX_BYTES",
    "Concept",
    "ImportPlan",
    "Label",
    "PlannedTopic",
    "Thesaurus",
    "ThesaurusError",
    "carry_out",
    "load_concepts",
    "plan_import",
    "read_thesaurus",
    "write_thesaurus",
]
