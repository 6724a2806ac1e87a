"""What any engine promises. Pure: no ORM, no HTML, no settings.

An engine takes Documents and returns ids. A contract suite in the tests runs against each engine.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from ..query import Node

Unit = Literal["section", "article"]
Sort = Literal["relevance", "newest", "oldest"]
Interval = Literal["hour", "day", "month", "year"]
# From, and before, a moment; None is an open end.
Span = tuple[datetime | None, datetime | None]
Value = str | tuple[str, ...] | datetime | None
Progress = Callable[[int, int], None]

# A page that takes longer is taken for dead. Of a hundred queries that people write, none takes a tenth of it.
TIME_LIMIT_SECONDS = 2.0


class EngineError(Exception):
    """The engine cannot do what was asked: what failed and the cure."""


class QueryLimitError(EngineError):
    """A query would take more time or memory than one may; there is no partial answer."""


class BusyError(EngineError):
    """Another process is writing to the index and did not finish within the time to wait."""


@dataclass(frozen=True)
class Document:
    """One section as it is indexed: its ids and a value for each name of the field table (missing: none).

    Text fields hold a str, keyword fields a str or a tuple of them, date fields an aware datetime. `fingerprint`
    tells two states of a document apart, so that index and database can be compared.
    """

    section_id: int
    article_id: int
    values: Mapping[str, Value]
    fingerprint: str = ""


@dataclass(frozen=True)
class Filter:
    """A choice in a facet: any of `values` (when there are any), and none of `excluded`; compared exactly."""

    field: str
    values: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()


@dataclass(frozen=True)
class Request:
    """What is searched for.

    `unit` is what must satisfy the query: a section by itself, or an article with its sections together. With
    `by_article`, sections come grouped under their articles. A `span` keeps the sections published within it.
    `facets` names the fields to count; with `facet_limit`, that many values of each are returned, the most frequent,
    besides those that a filter names. `histogram` asks for counts over time by this interval, or by one that suits
    the result. A query that takes longer than its time limit ends in a QueryLimitError.
    """

    tree: Node
    unit: Unit = "section"
    by_article: bool = False
    filters: tuple[Filter, ...] = ()
    span: Span | None = None
    facets: tuple[str, ...] = ()
    facet_limit: int | None = None
    histogram: Literal["auto"] | Interval | None = None
    sort: Sort = "relevance"
    offset: int = 0
    limit: int = 20
    sections_per_hit: int = 3
    time_limit_seconds: float = TIME_LIMIT_SECONDS


@dataclass(frozen=True)
class Hit:
    """A section, or an article with its best sections first; `matched` counts its matching sections.

    By relevance, `score` is what the order goes by; it compares hits of one result and of no other.
    """

    article_id: int
    section_ids: tuple[int, ...]
    score: float
    matched: int = 1


@dataclass(frozen=True)
class Expansion:
    """The forms that a truncation or a likeness took: how many, and the most frequent, with its sections."""

    written: str
    forms: tuple[tuple[str, int], ...]
    total: int


@dataclass(frozen=True)
class Histogram:
    """Counts over the published date of sections, grouped or not; with articles as the unit, of these.

    An article counts in each bucket in which a section of it matches.

    `buckets` are the start of each and its count, from the first with something in it to the last, those without
    anything included; `undated` counts what has no date. `interval` is coarser than asked for where the buckets
    would be more than can be shown.
    """

    interval: Interval
    buckets: tuple[tuple[datetime, int], ...]
    undated: int


@dataclass(frozen=True)
class Results:
    """The page of hits and the exact counts of the whole result.

    `total` counts what is listed: sections, or articles when they are listed. `facets` maps each field that was
    asked for to its values with their counts in the request's unit, most frequent first, then by value; a field's
    own filter does not narrow its counts. `facet_sizes` says how many values each has in this result, listed or not.
    """

    hits: tuple[Hit, ...]
    total: int
    sections: int
    articles: int
    facets: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    facet_sizes: Mapping[str, int] = field(default_factory=dict)
    histogram: Histogram | None = None
    expansions: tuple[Expansion, ...] = ()


@dataclass(frozen=True)
class FieldPart:
    """How often a word stands in a field of a section, how long the field is there and in the mean, what it weighs."""

    field: str
    frequency: int
    length: int
    mean_length: float
    boost: float
    weight: float


@dataclass(frozen=True)
class WordPart:
    """What a word of a query (or a phrase, a truncation, a nearness) gives a hit: no points without it.

    `sections` have it, of which comes its `idf`; `factor` is what it weighs in its query.
    """

    written: str
    fields: tuple[FieldPart, ...]
    sections: int
    idf: float
    factor: float
    points: float


@dataclass(frozen=True)
class PairPart:
    """What two words that are neighbours in a query give a hit in which they stand near each other `count` times."""

    left: str
    right: str
    count: int
    points: float


@dataclass(frozen=True)
class MarkPart:
    """What a word gives a hit by which the best hits stand out: by how much is its `strength`. One form is shown."""

    word: str
    strength: float
    points: float


@dataclass(frozen=True)
class Explanation:
    """Why a section has its score, which is the sum of all points.

    `sections` is how many the archive has. `compared` tells whether the hit is one of the first, which are compared
    with the best among them.
    """

    section_id: int
    score: float
    sections: int
    compared: bool
    words: tuple[WordPart, ...]
    pairs: tuple[PairPart, ...] = ()
    marks: tuple[MarkPart, ...] = ()


@dataclass(frozen=True)
class Features:
    """What an engine cannot do, as data, for callers and for the contract suite."""

    durable_commits: bool = True


@dataclass(frozen=True)
class Info:
    """The state of an index. `schema` names the fields and the analysis that it was built with."""

    documents: int
    segments: int
    size_bytes: int
    generation: str
    schema: str


class Batch(Protocol):
    """One change of the index; all of it is visible to the next search when it closes, or none of it ever."""

    def delete_article(self, article_id: int) -> None:
        """Removes every section of an article."""

    def add(self, document: Document) -> None:
        """Adds a section; what the index holds of its article must have been deleted before."""


class Engine(Protocol):
    """An index that can be searched and written."""

    features: Features

    def search(self, request: Request) -> Results:
        """Returns a page of hits with exact totals and facet counts."""

    def explain(self, request: Request, section_ids: Collection[int]) -> dict[int, Explanation]:
        """Returns why sections have their scores in a result; those that are not in it are left out. One search."""

    def scan(self, request: Request) -> Iterator[int]:
        """Yields every matching section's id once, in the request's order: for exports."""

    def count(self, tree: Node) -> int:
        """Returns how many sections match: the total of a search for it, at the cost of matching alone."""

    def write(self, *, wait_seconds: float = 10.0) -> AbstractContextManager[Batch]:
        """Opens a batch. Raises BusyError when another writer holds the index for longer than the wait."""

    def rebuild(self, documents: Iterable[Document], *, wait_seconds: float = 10.0) -> int:
        """Builds a new index beside the old one, which serves meanwhile, and swaps; returns the number built."""

    def alike(self, word: str, *, edits: int) -> tuple[tuple[str, int], ...]:
        """Returns the forms within so many edits of a folded word, but for itself: the most frequent first."""

    def suggest(self, prefix: str, *, field: str = "", limit: int = 10) -> tuple[tuple[str, int], ...]:
        """Returns what begins with a folded prefix, with how many sections have it: the most frequent first.

        Without a field these are word forms; with a text field, those of them of whose word some form may stand in
        it, counted over all fields still. With a keyword field they are its values in which the prefix begins a word;
        of those that differ in case and accents alone, the most frequent stands for all.
        """

    def suggest_articles(
        self, words: Sequence[str], prefix: str = "", *, limit: int = 10
    ) -> tuple[tuple[int, int], ...]:
        """Returns the articles whose headline has all the words, with how many sections: the newest first, then by id.

        The words are folded forms, and any form of them serves; besides them, a word begins with the prefix.
        """

    def frequencies(self, words: Sequence[str]) -> tuple[int, list[int]]:
        """Returns how many sections there are, and how many have each of these words in any form.

        An estimate: what was deleted since it was indexed may still count.
        """

    def fingerprints(self) -> dict[int, str]:
        """Returns the fingerprint of every section that the index holds."""

    def info(self) -> Info:
        """Returns the state of the index."""

    def close(self) -> None:
        """Lets go of files."""
