"""The names of authors in a byline, for citations. For the modules of `search.outputs` only.

Apart from `references` because it is pure. Names stay as they are printed: nothing guesses which word of a name is the
family name.
"""

import re

_BY = re.compile(r"^\s*(?:by|von|par|por)\s+", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*(?:;|,?\s+and\s+|,?\s+&\s+|\s+\|\s+|，|、|،)\s*")
_JOB = re.compile(r"\b(?:editor|correspondent|reporter|staff|analyst|producer|columnist|desk)\b", re.IGNORECASE)
_PLACE = re.compile(r"\s+(?:in|reporting from|from|at)\s+[^\W\d_].*$")


def split_authors(byline: str) -> tuple[str, ...]:
    """Returns the names in a byline, without places and job titles; the whole byline if it has no name.

    A comma separates two names only if each has two words or more: "Doe, Jane" is one name.
    """
    names: list[str] = []
    for part in _BETWEEN.split(" ".join(_BY.sub("", byline).split())):
        pieces = [piece.strip() for piece in part.split(",")]
        people = [piece for piece in pieces if piece and not _JOB.search(piece)]
        names += people if all(" " in person for person in people) else [", ".join(people)]
    without_places = [name for name in (_PLACE.sub("", name).strip() for name in names) if name]
    whole_byline = " ".join(byline.split())
    return tuple(dict.fromkeys(without_places)) or ((whole_byline,) if whole_byline else ())
