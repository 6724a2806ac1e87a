"""Which texts are copies of each other, and which agency a text is from. Pure.

`shingles` says how much of one text is in another, and by which sample candidates are found; `groups` which article is
the first of its copies; `credits` which agencies a text credits. `archive.copies` and the measurements import it.
"""

from .credits import agency_of_source, credited_agencies
from .groups import find_firsts
from .shingles import Likeness, ShingledText, compare, digest_of, may_be_copies, prints_of, shingle

__all__ = [
    "Likeness",
    "ShingledText",
    "agency_of_source",
    "compare",
    "credited_agencies",
    "digest_of",
    "find_firsts",
    "may_be_copies",
    "prints_of",
    "shingle",
]
