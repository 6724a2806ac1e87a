"""Why a section has its score, as an engine explains it. The methods that return it are in `contract`. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FieldWeight:
    """The weight of a term in one field of a section, with the numbers that it is computed from (in words)."""

    field: str
    frequency: int
    length: int
    mean_length: float
    boost: float
    weight: float


@dataclass(frozen=True)
class TermScore:
    """The points that a hit gets for a scored term of the query: a word, a phrase, a truncation, a proximity.

    `sections` is the number of sections that contain it, from which its `idf` follows. `factor` is its weight among
    the terms of the query. `fields` is empty where the hit gets no points for it.
    """

    written: str
    fields: tuple[FieldWeight, ...]
    sections: int
    idf: float
    factor: float
    points: float


@dataclass(frozen=True)
class PairScore:
    """The points that a hit gets because two neighbouring words of the query occur near each other `count` times."""

    left: str
    right: str
    count: int
    points: float


@dataclass(frozen=True)
class FeedbackTerm:
    """The points that a hit gets for a term of pseudo-relevance feedback: one that distinguishes the best hits.

    `word` is the most frequent form of the term, `strength` its weight.
    """

    word: str
    strength: float
    points: float


@dataclass(frozen=True)
class Explanation:
    """Why a section has its score: the points of all parts add up to it.

    `sections` is the number of sections in the archive. `compared` is true for the first hits, which feedback compares
    with the best among them.
    """

    section_id: int
    score: float
    sections: int
    compared: bool
    words: tuple[TermScore, ...]
    pairs: tuple[PairScore, ...] = ()
    feedback: tuple[FeedbackTerm, ...] = ()
