"""What an engine should answer, worked out plainly from the documents: the yardstick of the engine tests."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime

from search import analysis
from search.engine import Document, Filter, Histogram, Request
from search.fields import FIELD, TEXT_FIELDS
from search.query import And, DateRange, Everything, Keyword, Node, Not, Or, Phrase, Word, positive_leaves

K1, B = 1.2, 0.75
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def keywords(document: Document, field: str) -> list[str]:
    value = document.values.get(field) or ()
    return [value] if isinstance(value, str) else [part for part in dict.fromkeys(value) if part]  # type: ignore


def instant(document: Document, field: str = "date") -> datetime | None:
    value = document.values.get(field)
    return value.replace(microsecond=0) if isinstance(value, datetime) else None


class Reference:
    """The live documents, and every question about them answered by going through all of them."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self.documents = list(documents)
        self.forms = {
            (document.section_id, field.name): analysis.forms(document.values.get(field.name) or "")  # type: ignore
            for document in self.documents
            for field in TEXT_FIELDS
        }
        self.means = {}
        for field in TEXT_FIELDS:
            lengths = [len(self.forms[document.section_id, field.name]) for document in self.documents]
            having = [length for length in lengths if length]
            self.means[field.name] = sum(having) / len(having) if having else 1.0

    # --- matching and scoring ---

    def frequencies(self, node: Word | Phrase, document: Document) -> dict[str, int]:
        wanted = analysis.forms(node.text)
        found = {}
        for field in TEXT_FIELDS:
            if node.field in (None, field.name):
                tokens = self.forms[document.section_id, field.name]
                if isinstance(node, Word):
                    tokens = [analysis.stem(token) for token in tokens]
                    wanted = [analysis.stem(form) for form in analysis.forms(node.text)]
                places = range(len(tokens) - len(wanted) + 1)
                found[field.name] = sum(tokens[place : place + len(wanted)] == wanted for place in places)
        return found

    def matches(self, node: Node, document: Document) -> bool:
        match node:
            case Word() | Phrase():
                return any(self.frequencies(node, document).values())
            case Keyword(field, value):
                return analysis.fold(value) in [analysis.fold(held) for held in keywords(document, field)]
            case DateRange(field, _, start, end):
                moment = instant(document, field)
                return moment is not None and (start is None or start <= moment) and (end is None or moment < end)
            case And(parts):
                return all(self.matches(part, document) for part in parts)
            case Or(parts):
                return any(self.matches(part, document) for part in parts)
            case Not(part):
                return not self.matches(part, document)
            case Everything():
                return True

    def score(self, node: Node, document: Document) -> float:
        match node:
            case Word() | Phrase():
                weight = 0.0
                for name, frequency in self.frequencies(node, document).items():
                    length = len(self.forms[document.section_id, name])
                    weight += FIELD[name].boost * frequency / (1 - B + B * length / self.means[name])
                having = sum(self.matches(node, other) for other in self.documents)
                idf = math.log(1 + (len(self.documents) - having + 0.5) / (having + 0.5))
                return idf * weight / (K1 + weight)
            case And(parts):
                return sum(self.score(part, document) for part in parts) if self.matches(node, document) else 0.0
            case Or(parts):
                return sum(self.score(part, document) for part in parts)
            case _:
                return 0.0

    def passes(self, chosen: Filter, document: Document) -> bool:
        held = keywords(document, chosen.field)
        return (not chosen.values or any(value in held for value in chosen.values)) and not any(
            value in held for value in chosen.excluded
        )

    # --- results ---

    def result(self, request: Request, *, without: str | None = None) -> list[Document]:
        filters = [chosen for chosen in request.filters if chosen.field != without]
        allowed = [document for document in self.documents if all(self.passes(chosen, document) for chosen in filters)]
        if request.unit == "section":
            return [document for document in allowed if self.matches(request.tree, document)]
        together = defaultdict(list)
        for document in allowed:
            together[document.article_id].append(document)
        leaves = tuple(positive_leaves(request.tree)) or (Everything(),)
        return [
            document
            for document in allowed
            if self._article_matches(request.tree, together[document.article_id])
            and any(self.matches(leaf, document) for leaf in leaves)
        ]

    def _article_matches(self, node: Node, sections: list[Document]) -> bool:
        match node:
            case And(parts):
                return all(self._article_matches(part, sections) for part in parts)
            case Or(parts):
                return any(self._article_matches(part, sections) for part in parts)
            case Not(part):
                return not self._article_matches(part, sections)
            case _:
                return any(self.matches(node, section) for section in sections)

    def result_score(self, request: Request, document: Document) -> float:
        if request.unit == "section":
            return self.score(request.tree, document)
        return sum(self.score(leaf, document) for leaf in dict.fromkeys(positive_leaves(request.tree)))

    def ordered(self, request: Request, scores: dict[int, float]) -> list[int]:
        """Returns the ids in order; the scores are given, so that the last bit of a sum decides no tie."""

        def key(document: Document) -> tuple[float, ...]:
            moment = instant(document)
            undated = moment is None
            seconds = 0.0 if moment is None else (moment - EPOCH).total_seconds()
            if request.sort == "oldest":
                return (undated, seconds, document.section_id)
            if request.sort == "newest":
                return (undated, -seconds, document.section_id)
            return (-scores[document.section_id], undated, -seconds, document.section_id)

        return [document.section_id for document in sorted(self.result(request), key=key)]

    def facet(self, request: Request, name: str) -> tuple[tuple[str, int], ...]:
        by_article = request.by_article or request.unit == "article"
        pairs = [
            (document.article_id if by_article else document.section_id, value)
            for document in self.result(request, without=name)
            for value in keywords(document, name)
        ]
        counts = Counter(value for _, value in set(pairs))
        return tuple(sorted(counts.items(), key=lambda entry: (-entry[1], entry[0])))

    def check_histogram(self, request: Request, histogram: Histogram) -> None:
        by_article = request.by_article or request.unit == "article"

        def start_of(moment: datetime) -> datetime:
            parts = ("year", "month", "day", "hour")
            kept = parts[: parts.index(histogram.interval) + 1]
            return datetime(
                moment.year,
                moment.month if "month" in kept else 1,
                moment.day if "day" in kept else 1,
                moment.hour if "hour" in kept else 0,
                tzinfo=UTC,
            )

        having, undated = set(), set()
        for document in self.result(request):
            owner = document.article_id if by_article else document.section_id
            moment = instant(document)
            if moment is None:
                undated.add(owner)
            else:
                having.add((start_of(moment), owner))
        expected = Counter(start for start, _ in having)
        assert {start: count for start, count in histogram.buckets if count} == expected
        assert histogram.undated == len(undated)
        starts = [start for start, _ in histogram.buckets]
        assert starts == sorted(set(starts))
        if expected:
            assert starts[0] == min(expected)
            assert starts[-1] == max(expected)
