"""The contract of a search engine: the protocols `Engine` and `Batch`, and the data that they take and return.

An engine takes Documents and returns ids; `search.index` decides which engine serves. Pure: no Django, no HTML, no
settings. Other packages import these names from `search.engines`. The suite in `tests/search/engines/contract/` runs
against every engine, without what its `features` leave out.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, Protocol

from archive.times import OutletTime

from ..errors import SearchError
from ..query import DateBounds, Node
from .explanations import Explanation
from .features import Features
from .statements import SaidText, StatementList

Unit = Literal["section", "article"]
Sort = Literal["relevance", "newest", "oldest", "captured"]
HistogramInterval = Literal["hour", "day", "month", "year"]
# Start (included) and end (excluded); None leaves that end open.
DateSpan = DateBounds
# The first and the last of some days, both included.
DaySpan = tuple[date, date]
FieldValue = str | tuple[str, ...] | OutletTime | datetime | tuple[DaySpan, ...] | None
# For some articles, their values of keyword fields by the name of the field.
ValuesOfArticles = Mapping[int, Mapping[str, str | tuple[str, ...]]]
# Called with the number done and the number in all.
ProgressCallback = Callable[[int, int], None]
# Called during a rebuild with the number of documents that are done; one that is yet to be merged is so in part.
RebuildProgress = Callable[[int], None]
# What an index has of a section: the id of its article, its own, and its fingerprint.
Fingerprint = tuple[int, int, str]


# Of processor time. People give up on a page that takes longer. None of a hundred typical queries takes a tenth of it.
TIME_LIMIT_SECONDS = 2.0


class EngineError(SearchError):
    """The engine cannot carry out a call. The message says what failed and how to cure it."""


class QueryLimitError(EngineError):
    """A query would exceed its limit of time or memory. There is no partial answer."""


class OverloadedError(EngineError):
    """Too many long queries are being answered. The same query may be answered later: `retry_seconds` says when."""

    retry_seconds = 5

    def __init__(self) -> None:
        super().__init__(
            "The archive is busy with other long queries, and yours is a long one too. "
            f"Ask again in {self.retry_seconds} seconds, or use rarer words or fewer of them."
        )


class ClientGoneError(EngineError):
    """Nobody wants the answer any more."""

    def __init__(self) -> None:
        super().__init__("The reader went away before the query was answered.")


class BusyError(EngineError):
    """Another process kept the write lock for longer than the caller wanted to wait."""


class ForeignIndexError(EngineError):
    """The index is of another archive, or knows changes that the record does not have. A rebuild would replace it."""


class MissingIndexError(EngineError):
    """There is no index, and the record is not empty."""


class UnavailableError(EngineError):
    """The index cannot be reached now, and may be whole: it is not to be built again for that."""


@dataclass(frozen=True)
class Origin:
    """The record that an index is of: the id of its archive, and the last change that is indexed.

    `change` is the number of the change (0 for none) and `created` its time (ISO 8601), since another record may have
    a change of the same number. `done` is the time (ISO 8601) up to which changes that were marked as done are in the
    index: each commit has a later one. The record checks an origin; for an engine it is data.
    """

    archive: str
    change: int = 0
    created: str = ""
    done: str = ""


class Record(Protocol):
    """What an engine asks of the record that its index must be of."""

    def check_origin(self, origin: Origin | None) -> None:
        """Raises EngineError if an index of this origin may not serve; None is one that does not name its record."""

    def empty_origin(self) -> Origin:
        """Returns the origin of an index without documents. Raises MissingIndexError if the record has some."""


@dataclass(frozen=True)
class Document:
    """One section as it is indexed: its ids, and a value for each name in the field table (missing means no value).

    The value of a text field is a str, of a keyword field a str or a tuple of them, of a date field an OutletTime, or
    for an exact time an aware datetime; either way its own clock decides its day. A field of days has a tuple of
    spans. `changed` is when the archive took it in or last changed it: the sort `captured` has the latest first, and
    of equal times the highest id. `statements` are in the order of the text, and may overlap.
    `fingerprint` changes with every change of the document, so that the index can be compared with the database.
    """

    section_id: int
    article_id: int
    values: Mapping[str, FieldValue]
    fingerprint: str = ""
    changed: datetime | None = None
    statements: tuple[SaidText, ...] = ()


@dataclass(frozen=True)
class Filter:
    """A choice in a facet: one of `values`, if there are any, and none of `excluded`. Values are compared exactly."""

    field: str
    values: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()


@dataclass(frozen=True)
class Request:
    """A search.

    `unit` is what must match the query: a single section, or all sections of an article taken together, whatever the
    filters. `by_article` groups the matching sections by their articles. An entry of a live page that matches by words
    of its headline or standfirst alone is no hit, unless the query asks for these fields or for no words. Where
    articles are listed, an article that matches in no other way is represented by its lead, its first section that
    matches; `leads` lists these among sections too. Where articles are listed, `fold` names a keyword field: of
    the articles in the result that share a value of it, only the first in the order is listed, and they are one
    wherever listed articles are counted. All sections of an article must have the same value of this field, or
    none. `span` keeps the sections published within it, `undated` those without a date of publication. `facets`
    names the fields to count. `facet_limit` is the number of values to return for each, the most frequent ones;
    values that a filter names are returned in addition, and all values of `whole_facets`. `histogram` asks for
    counts over time, by this interval or by one that suits the result. A query that exceeds its time limit (of
    processor time) ends in a QueryLimitError.
    """

    tree: Node
    unit: Unit = "section"
    by_article: bool = False
    leads: bool = False
    fold: str = ""
    filters: tuple[Filter, ...] = ()
    span: DateSpan | None = None
    undated: bool = False
    facets: tuple[str, ...] = ()
    facet_limit: int | None = None
    whole_facets: tuple[str, ...] = ()
    histogram: Literal["auto"] | HistogramInterval | None = None
    sort: Sort = "relevance"
    offset: int = 0
    limit: int = 20
    sections_per_hit: int = 3
    time_limit_seconds: float = TIME_LIMIT_SECONDS


@dataclass(frozen=True)
class Hit:
    """A section, or an article with its best sections first. `matched` is the number of its sections that are hits.

    It is 0 for an article whose headline or standfirst alone has the words; then the section is its lead. `score`
    determines the order by relevance. Scores can be compared within one result only. `articles` is the number of
    articles in the result for which it is listed: with itself, those that are folded.
    """

    article_id: int
    section_ids: tuple[int, ...]
    score: float
    matched: int = 1
    articles: int = 1


@dataclass(frozen=True)
class ScannedArticle:
    """An article of a result with all its matching sections, best first. `matched` is that of a Hit."""

    article_id: int
    section_ids: Sequence[int]
    matched: int


@dataclass(frozen=True)
class Expansion:
    """What a term matches: the most frequent forms of words, or values, each with its number of sections.

    Terms of words match forms, terms of values match values. `written` is the term in the query language,
    `total` the number of all its forms or values.
    """

    written: str
    forms: tuple[tuple[str, int], ...]
    total: int


@dataclass(frozen=True)
class Histogram:
    """The result counted by date of publication, in the unit that is listed: sections, or articles.

    An article counts in each bucket in which one of its sections is a hit, or its lead; folded articles count as one.
    Hours are those of UTC; days, months and years are those of the outlets. `buckets` pairs the start of each bucket
    (in UTC) with its count, from the first that is not empty to the last; empty ones between them are included.
    `undated` counts what has no date, `vague` what has a date that is too vague for the interval, such as a month
    where days are counted. `interval` is
    coarser than requested where there would be too many buckets to return, where most dates would be too vague, and
    instead of hours where all times are midnight.
    """

    interval: HistogramInterval
    buckets: tuple[tuple[datetime, int], ...]
    undated: int
    vague: int = 0


@dataclass(frozen=True)
class Results:
    """One page of hits, with exact counts over the whole result.

    `total` counts the unit that is listed: sections, or articles, folded if the request folds them. `sections` counts
    the sections that are hits, `leads` the articles that are represented by their leads, and `articles` these and
    those of the sections, folded or not. `facets` maps each requested field to its values and their counts, most
    frequent first, then by value. They count the unit that is listed, and ignore the field's own filter. Folded
    articles count once for each value that one of them has, so that a filter by the value lists as many.
    `facet_sizes` is the number of distinct values of each field in this result, returned or not.
    """

    hits: tuple[Hit, ...]
    total: int
    sections: int
    articles: int
    leads: int = 0
    facets: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    facet_sizes: Mapping[str, int] = field(default_factory=dict)
    histogram: Histogram | None = None
    expansions: tuple[Expansion, ...] = ()


@dataclass(frozen=True)
class Info:
    """The state of an index.

    `schema` identifies the fields and the text analysis that it was built with, `origin` its record.
    """

    documents: int
    segments: int
    size_bytes: int
    generation: str
    schema: str
    origin: Origin | None = None


class Batch(Protocol):
    """A change of the index, all or nothing. The next search sees it once the batch is closed.

    `origin` is the record that the index is of, and up to which change: set it to what it is after the batch.
    """

    origin: Origin | None

    def delete_article(self, article_id: int) -> None:
        """Deletes every section of an article."""

    def add(self, document: Document) -> None:
        """Adds a section. Delete the indexed sections of its article first, or they will be in the index twice.

        Add the sections of an article in their order on its page: the first may stand for the article, see Request.
        """


class Reader(Protocol):
    """An index that answers questions: the whole of it, or without some articles."""

    features: Features

    def state(self) -> str:
        """Returns the name of what it answers from, another one after each commit. Equal states give equal answers."""

    def search(self, request: Request) -> Results:
        """Returns a page of hits with exact totals and facet counts."""

    def explain(self, request: Request, section_ids: Collection[int]) -> dict[int, Explanation]:
        """Returns why these sections have their scores, without those that do not match. The cost of one search."""

    def scan(self, request: Request) -> Iterator[int]:
        """Yields the id of every matching section once, in the order of the request. For exports."""

    def scan_articles(self, request: Request) -> Iterator[ScannedArticle]:
        """Yields every article that a request `by_article` lists, in its order. For exports."""

    def among(self, request: Request, section_ids: Collection[int]) -> set[int]:
        """Returns which of these sections match, without those of articles that are folded.

        Cheaper than a scan, which sorts the whole result, unless articles are folded.
        """

    def list_statements(
        self, request: Request, *, by: int = 0, naming: int = 0, by_speaker: bool = False
    ) -> StatementList:
        """Returns a page of the statements in the sections that match, in the order of these, counted exactly.

        Where the request asks something of single statements, by `condition_of_statements`, it lists those.
        `by` keeps those of the speaker with this number, `naming` those in whose words a name stands. `by_speaker`
        orders them by their speakers, as StatementList says.
        """

    def count(self, tree: Node, *, leads: bool = False) -> int:
        """Returns the number of sections that are hits, and of leads if wanted. Cheaper than a search."""

    def similar_forms(self, form: str, *, edits: int) -> tuple[tuple[str, int], ...]:
        """Returns the other word forms within `edits` edits of a folded form.

        Each comes with its number of sections, the most frequent first.
        """

    def suggest(self, prefix: str, *, field: str = "", limit: int = 10) -> tuple[tuple[str, int], ...]:
        """Returns completions of a folded prefix, each with its number of sections, the most frequent first.

        Without a field, the completions are word forms. A text field keeps those forms whose stem occurs in it; the
        counts are still over all fields. For a keyword field, the prefix is folded by `text.fold_value`, and the
        completions are those of its values in which a word begins with it, or one of another name. Values with the
        same key are counted together, and the most frequent spelling is returned.
        """

    def suggest_articles(
        self, words: Sequence[str], prefix: str = "", *, limit: int = 10
    ) -> tuple[tuple[int, int], ...]:
        """Returns articles by their headlines: ids, each with its number of sections. Newest first, then by id.

        The headline has any form of each of these folded words, and a word that begins with the prefix.
        """

    def document_frequencies(self, words: Sequence[str]) -> tuple[int, list[int]]:
        """Returns the number of sections in all, and for each word the number of sections with any form of it.

        The latter are upper bounds: they may include sections that have been deleted.
        """


class Engine(Reader, Protocol):
    """An index that can be searched and written."""

    def without(self, article_ids: Collection[int], *, values: ValuesOfArticles | None = None) -> Reader:
        """Returns the index as if it did not have these articles: no answer contains or counts them or their words.

        Other articles have these `values`, not those with which they were indexed. The cost is a pass over all
        documents, and over the values of these fields, once for the same articles in one state of the index.
        """

    def write(self, *, wait_seconds: float = 10.0) -> AbstractContextManager[Batch]:
        """Opens a batch. Raises BusyError if another writer keeps the index for longer than `wait_seconds`."""

    def rebuild(
        self,
        documents: Iterable[Document],
        *,
        origin: Callable[[], Origin] | None = None,
        wait_seconds: float = 10.0,
        progress: RebuildProgress | None = None,
    ) -> int:
        """Builds a new index while the old one serves, then swaps them. Returns the number of documents.

        `origin` is called after the last document was read, while no other process writes. The memory that it takes
        does not grow with the number of documents.
        """

    def fingerprints(self) -> Iterator[Fingerprint]:
        """Yields the fingerprint of every section in the index, in the order of articles, and of sections in each.

        Few are in memory at a time. What is committed meanwhile is not seen. Raises EngineError, later ones too.
        """

    def check_files(self) -> list[str]:
        """Reads every file of the index, and returns what is wrong with each damaged one, in words for people."""

    def info(self) -> Info:
        """Returns the state of the index."""

    def close(self) -> None:
        """Releases the index files."""
