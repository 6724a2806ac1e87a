"""The reference: what an engine should answer, computed plainly from the documents, for the tests to compare with."""

import math
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from archive.times import OutletTime
from search.engines.contract import Document, Filter, Histogram, Request, Sort
from search.engines.statements import SaidText
from search.fields import FIELD_BY_NAME, LEAD_WORDS, NAMES_OF_VALUES, STATEMENT_FIELDS, TEXT_FIELDS
from search.query.dates import DateBound
from search.query.patterns import truncation_parts, within_edits
from search.query.tree import (
    Address,
    And,
    AtLeast,
    DateRange,
    Distance,
    Everything,
    Fuzzy,
    InStatement,
    Keyword,
    Missing,
    Near,
    Node,
    Not,
    Operand,
    Or,
    Phrase,
    Truncation,
    ValueFuzzy,
    ValueTruncation,
    ValueWord,
    Word,
    children,
    positive_leaves,
    positive_parts,
)
from search.text import (
    FUNCTION_WORDS,
    Slot,
    contains_word,
    find_abbreviations,
    fold_value,
    other_names,
    other_spellings,
    readings,
    stem_form,
    tokenize,
    value_forms,
    value_key,
    value_words,
    word_forms,
)
from search.text.sentences import ends_sentence, split_runs, starts_sentence

K1, B = 1.5, 0.75
Span = tuple[str, int, int]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def sentence_starts(text: str) -> list[int]:
    """Returns the positions of the tokens with which sentences start. The end of a paragraph ends a sentence."""
    return _starts(text, sentences=True)


def paragraph_starts(text: str) -> list[int]:
    """Returns the positions of the tokens with which paragraphs start; a paragraph is a line."""
    return _starts(text, sentences=False)


def _starts(text: str, *, sentences: bool) -> list[int]:
    starts: set[int] = set()
    position = 0
    for line in text.split("\n"):
        previous: str | None = None
        for run in split_runs(line):
            if previous is None or (sentences and ends_sentence(previous) and starts_sentence(run)):
                starts.add(position)
            position += len(tokenize(run))
            previous = run
    return sorted(starts)


def keywords(document: Document, field: str) -> list[str]:
    value = document.values.get(field) or ()
    return [value] if isinstance(value, str) else [part for part in dict.fromkeys(value) if part]  # type: ignore


def named_by(document: Document, field: str) -> list[str]:
    """Returns the values of a document that a query may name, with their other names in the document."""
    names = NAMES_OF_VALUES.get(field)
    return keywords(document, field) + (keywords(document, names) if names else [])


def outlet_time(document: Document, field: str = "date") -> OutletTime | None:
    value = document.values.get(field)
    time = OutletTime(value, "second") if isinstance(value, datetime) else value
    return OutletTime(time.at.replace(microsecond=0), time.precision) if isinstance(time, OutletTime) else None


def instant(document: Document, field: str = "date") -> datetime | None:
    time = outlet_time(document, field)
    return time.at.astimezone(UTC) if time else None


def clock_span(time: OutletTime) -> tuple[datetime, datetime]:
    """Returns what the outlet's clock showed when a time began and when it was over, as if it were UTC."""
    start = time.at.replace(tzinfo=UTC)
    match time.precision:
        case "year":
            return start, start.replace(year=start.year + 1)
        case "month":
            return start, (start + timedelta(days=31)).replace(day=1)
        case "day":
            return start, start + timedelta(days=1)
        case _:
            return start, start + timedelta(seconds=1)


def is_within(time: OutletTime, start: DateBound | None, end: DateBound | None) -> bool:
    first, past = clock_span(time)
    if start and not (time.at >= start.instant if start.instant and time.is_exact else first >= start.clock):
        return False
    return not end or (time.at < end.instant if end.instant and time.is_exact else past <= end.clock)


def has_day_within(span: tuple[date, date], start: DateBound | None, end: DateBound | None) -> bool:
    """Whether one of the days of a span begins within bounds: tries each of them."""
    first, last = span
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    midnights = (datetime(day.year, day.month, day.day, tzinfo=UTC) for day in days)
    return any(
        (not start or midnight + timedelta(days=1) > start.clock) and (not end or midnight < end.clock)
        for midnight in midnights
    )


def _takes(slot: Slot, token: str, narrow: list[str]) -> bool:
    return slot.matches(token) or any(stem_form(form) == slot.stem for form in narrow)


def lists_leads(request: Request) -> bool:
    return request.leads or request.by_article or request.unit == "article"


def all_nodes(node: Node) -> Iterator[Node]:
    yield node
    for child in children(node):
        yield from all_nodes(child)


def is_text(node: Node) -> bool:
    return isinstance(node, Word | Phrase | Truncation | Fuzzy | InStatement)


def asks_for_the_page(node: Node) -> bool:
    """Whether nothing that an entry says can match: values, dates, and words in the headline or the standfirst."""
    match node:
        case InStatement():
            return False
        case Word() | Phrase() | Truncation() | Fuzzy():
            return node.field in ("headline", "standfirst")
        case Near(left, right, excluded=excluded):
            return asks_for_the_page(left) or (not excluded and asks_for_the_page(right))
        case Or(parts):
            return all(map(asks_for_the_page, parts))
        case _:
            return True


def has_address(address: str, node: Address) -> bool:
    """Whether an address has a part: tries every place, and every end of it."""
    if node.whole:
        whole = node.text if "/" in node.text else f"{node.text}/"
        return address == whole or address.startswith(f"{whole}#")
    text, host_end = node.text.strip("*"), address.index("/")
    names_host = "." in re.split("[/?#]", text, maxsplit=1)[0] or node.field == "site"
    for start in range(len(address)):
        # A `*` within the name of a host stays in it.
        stars = ["[^/]*" if names_host and start < host_end else ".*", ".*"]
        pieces = [stars["/" in text[:at]] if sign == "*" else re.escape(sign) for at, sign in enumerate(text)]
        pattern = re.compile("".join(pieces), re.DOTALL)
        ends = range(start + 1, len(address) + 1) if pattern.match(address, start) else ()
        if any(pattern.fullmatch(address, start, end) and _may_be_at(address, start, end, node) for end in ends):
            return True
    return False


def _may_be_at(address: str, start: int, end: int, node: Address) -> bool:
    """Whether a part may begin and end at these places of an address, of which it matches what is between."""
    text, host_end = node.text.strip("*"), address.index("/")
    before, behind = address[:start][-1:], address[end : end + 1]
    cut_before, cut_behind = node.text.startswith("*"), node.text.endswith("*")
    if not cut_before and before.isalnum() and text[0].isalnum():
        return False
    if not cut_behind and behind.isalnum() and text[-1].isalnum():
        return False
    host = re.split("[/?#]", text, maxsplit=1)[0]
    if start >= host_end or not ("." in host or node.field == "site"):
        return node.field == "url" or start < host_end
    if not (cut_before or before in ("", ".") or text[0] == "."):
        return False
    return host != text or cut_behind or behind in ((":", "/") if "." in host else (":", "/", "."))


def has_pattern(field: str, value: str, pattern: str) -> bool:
    parts = [re.escape(part).replace(r"\*", ".*").replace(r"\?", ".") for part in truncation_parts(pattern)]
    if len(parts) == 1:
        return any(re.fullmatch(parts[0], word) for word in value_words(field, value))
    return any(
        all(map(re.fullmatch, parts, forms[at : at + len(parts)]))
        for forms in value_forms(field, value)
        for at in range(len(forms) - len(parts) + 1)
    )


class Reference:
    """The live documents. Every method tries all of them."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self.documents = list(documents)
        self.forms = {
            (document.section_id, field.name): word_forms(document.values.get(field.name) or "")  # type: ignore
            for document in self.documents
            for field in TEXT_FIELDS
        }
        self.spellings = {}
        self.abbreviations = {}
        for document in self.documents:
            for field in TEXT_FIELDS:
                text = str(document.values.get(field.name) or "")
                tokens = tokenize(text)
                self.spellings[document.section_id, field.name] = other_spellings(text, tokens)
                self.abbreviations[document.section_id, field.name] = set(find_abbreviations(text, tokens))
        self.means = {}
        for field in TEXT_FIELDS:
            lengths = [len(self.forms[document.section_id, field.name]) for document in self.documents]
            having = [length for length in lengths if length]
            self.means[field.name] = sum(having) / len(having) if having else 1.0
        self.lengths = {
            document.section_id: sum(len(self.forms[document.section_id, field.name]) for field in TEXT_FIELDS)
            for document in self.documents
        }
        self.stems = {document.section_id: self.stem_weights(document) for document in self.documents}
        self.having: dict[Node, int] = {}

    # --- matching and scoring ---

    def spans(self, node: Operand, document: Document) -> set[tuple[str, int, int]]:
        """Returns where an operand occurs: field, first and last token. Tries every position."""
        match node:
            case Or(parts):
                return set().union(*(self.spans(part, document) for part in parts))  # type: ignore[arg-type]
            case Near(excluded=True):
                return self._left_spans(node, document)
            case Near(left, right, distance, ordered):
                pairs = [
                    (first, second)
                    for first in self.spans(left, document)
                    for second in self.spans(right, document)
                    if self._near(document, first, second, distance, ordered=ordered)
                ]
                return {(first[0], min(first[1], second[1]), max(first[2], second[2])) for first, second in pairs}
        found = set()
        for field in TEXT_FIELDS:
            if node.field in (None, field.name, "hlead"):
                for first, last in self._places(node, document, field.name):
                    if node.field != "hlead" or self._in_lead(field.name, last + 1):
                        found.add((field.name, first, last))
        return found

    def _places(
        self, node: Word | Phrase | Truncation | Fuzzy, document: Document, field: str
    ) -> Iterator[tuple[int, int]]:
        """Yields the first and the last token of each match of a term in a field."""
        tokens = self.forms[document.section_id, field]
        spellings = self.spellings[document.section_id, field]
        narrow = [
            [spelling.form for spelling in spellings if (spelling.first, spelling.last) == (place, place)]
            for place in range(len(tokens))
        ]
        for start in range(len(tokens)):
            for width in self._widths(node, tokens[start:], narrow[start:]):
                if not isinstance(node, Phrase) or set(find_abbreviations(node.text, tokenize(node.text))) <= {
                    place - start for place in self.abbreviations[document.section_id, field]
                }:
                    yield start, start + width - 1
        if isinstance(node, Word):
            for reading in readings(node.text):
                for spelling in spellings:
                    if len(reading) == 1 and stem_form(spelling.form) == reading[0].stem:
                        yield spelling.first, spelling.last

    @staticmethod
    def _in_lead(field: str, end: int) -> bool:
        return field in ("headline", "heading") or (field == "text" and end <= LEAD_WORDS)

    @staticmethod
    def _widths(node: Word | Phrase | Truncation | Fuzzy, tokens: list[str], narrow: list[list[str]]) -> Iterator[int]:
        """Yields how many tokens the node takes at the start of these, whose spellings of one token are `narrow`."""
        match node:
            case Word(text):
                for reading in readings(text):
                    if len(reading) <= len(tokens) and all(map(_takes, reading, tokens, narrow)):
                        yield len(reading)
            case Phrase(text):
                forms = word_forms(text)
                if tokens[: len(forms)] == forms:
                    yield len(forms)
            case Truncation(text):
                parts = truncation_parts(text)
                patterns = [re.escape(part).replace(r"\*", ".*").replace(r"\?", ".") for part in parts]
                if len(parts) <= len(tokens) and all(map(re.fullmatch, patterns, tokens)):
                    yield len(parts)
            case Fuzzy(text, edits):
                if within_edits(text, tokens[0], edits):
                    yield 1

    def _near(self, document: Document, left: Span, right: Span, distance: Distance, *, ordered: bool) -> bool:
        if left[0] != right[0]:
            return False
        forward, backward = right[1] - left[2], left[1] - right[2]
        apart = forward if forward > 0 else 0 if ordered else backward
        if apart <= 0:
            return False
        if isinstance(distance, int):
            return apart <= distance
        text = str(document.values[left[0]])
        starts = (sentence_starts if distance == "s" else paragraph_starts)(text)
        return bisect_right(starts, left[1]) == bisect_right(starts, right[1])

    def _left_spans(self, node: Near, document: Document) -> set[Span]:
        rights = self.spans(node.right, document)
        return {
            left
            for left in self.spans(node.left, document)
            if any(self._near(document, left, right, node.distance, ordered=node.ordered) for right in rights)
            != node.excluded
        }

    def frequencies(self, node: Word | Phrase | Truncation | Fuzzy | Near, document: Document) -> dict[str, int]:
        """Returns how often a scored node occurs in each field; see the engine's formula."""
        if isinstance(node, Near):
            spans = self._left_spans(node, document)
        else:
            spans = self.spans(node, document)
            if isinstance(node, Truncation | Fuzzy) and node.field is None and "-" not in node.text:
                return {"text": len(spans)}
        return dict(Counter(field for field, _, _ in spans))

    def matches(self, node: Node, document: Document) -> bool:
        match node:
            case Word() | Phrase() | Truncation() | Fuzzy() | Near():
                return bool(self.spans(node, document))
            case AtLeast(count, counted):
                return len(self.spans(counted, document)) >= count
            case InStatement(part):
                return any(self.says(part, statement, document) for statement in document.statements)
            case Keyword(field, value):
                names = [name for own in named_by(document, field) for name in (own, *other_names(field, own))]
                return value_key(fold_value(value)) in [value_key(fold_value(name)) for name in names if name]
            case ValueWord(field, text):
                return any(contains_word(field, keyword, text) for keyword in named_by(document, field))
            case ValueTruncation(field, text):
                return any(has_pattern(field, keyword, text) for keyword in named_by(document, field))
            case ValueFuzzy(field, text, edits):
                (form,) = word_forms(text)
                words = {word for keyword in named_by(document, field) for word in value_words(field, keyword)}
                return any(within_edits(form, word, edits) for word in words)
            case Address():
                return any(has_address(address, node) for address in keywords(document, "url"))
            case DateRange(field, _, start, end) if FIELD_BY_NAME[field].kind == "days":
                return any(has_day_within(span, start, end) for span in document.values.get(field) or ())  # type: ignore
            case DateRange(field, _, start, end):
                time = outlet_time(document, field)
                return time is not None and is_within(time, start, end)
            case Missing(field):
                kind = FIELD_BY_NAME[field].kind
                if kind == "text":
                    return not self.forms[document.section_id, field]
                if kind == "days":
                    return not document.values.get(field)
                return not (instant(document, field) if kind == "date" else keywords(document, field))
            case And(parts):
                return all(self.matches(part, document) for part in parts)
            case Or(parts):
                return any(self.matches(part, document) for part in parts)
            case Not(part):
                return not self.matches(part, document)
            case Everything():
                return True

    def says(self, node: Node, statement: SaidText, document: Document) -> bool:
        """Whether a statement of a document matches."""
        match node:
            case And(parts):
                return all(self.says(part, statement, document) for part in parts)
            case Or(parts):
                return any(self.says(part, statement, document) for part in parts)
            case Not(part):
                return not self.says(part, statement, document)
            case Word() | Phrase() | Truncation() | Fuzzy() | Near():
                return bool(self._said_spans(node, statement, document))
            case AtLeast(count, counted):
                return len(self._said_spans(counted, statement, document)) >= count
            case Keyword() | ValueWord() | ValueTruncation() | ValueFuzzy() | Missing() if (
                node.field in STATEMENT_FIELDS
            ):
                return self.matches(node, replace(document, values={node.field: getattr(statement, node.field)}))
            case _:
                return self.matches(node, document)

    def _said_spans(self, node: Operand, statement: SaidText, document: Document) -> set[Span]:
        """Returns where an operand occurs in a statement. Tries every occurrence in the document."""
        match node:
            case Or(parts):
                return set().union(*(self._said_spans(part, statement, document) for part in parts))  # type: ignore
            case Near(left, right, distance, ordered, excluded):
                near, alone = set(), set(lefts := self._said_spans(left, statement, document))
                for first in lefts:
                    for second in self._said_spans(right, statement, document):
                        if self._near(document, first, second, distance, ordered=ordered):
                            alone.discard(first)
                            near.add((first[0], min(first[1], second[1]), max(first[2], second[2])))
                return alone if excluded else near
        return {span for span in self.spans(node, document) if self._is_said(span, statement, document)}

    @staticmethod
    def _is_said(span: Span, statement: SaidText, document: Document) -> bool:
        field, first, last = span
        starts = [token.start_char for token in tokenize(str(document.values.get(field) or ""))]
        return any(
            name == field and start <= starts[first] and starts[last] < end for name, start, end in statement.pieces
        )

    def function_words(self, tree: Node) -> set[Word]:
        """Returns the function words of a query, if another of its words occurs in the archive."""
        words = {leaf for leaf in positive_leaves(tree) if isinstance(leaf, Word)}
        function_words = {word for word in words if FUNCTION_WORDS.issuperset(word_forms(word.text))}
        return function_words if any(map(self.count_having, words - function_words)) else set()

    def word_weights(self, tree: Node) -> dict[Word, float]:
        """Returns the weight of each word, by how often the query has it."""
        times = Counter(leaf for leaf in positive_leaves(tree) if isinstance(leaf, Word))
        function_words = self.function_words(tree)
        return {word: 9 / (8 + count) * (0.3 if word in function_words else 1) for word, count in times.items()}

    def score(self, tree: Node, document: Document) -> float:
        return self._score(tree, document, self.word_weights(tree))

    def _score(self, node: Node, document: Document, weights: Mapping[Word, float]) -> float:
        match node:
            case Word() | Phrase() | Truncation() | Fuzzy() | Near():
                weight = 0.0
                for name, frequency in self.frequencies(node, document).items():
                    length = len(self.forms[document.section_id, name])
                    weight += FIELD_BY_NAME[name].boost * frequency / (1 - B + B * length / self.means[name])
                idf = self.idf(self.count_having(node))
                factor = weights[node] if isinstance(node, Word) and node in weights else 1.0
                return factor * idf * weight / (K1 + weight)
            case AtLeast(_, counted):
                return self._score(counted, document, weights) if self.matches(node, document) else 0.0
            case InStatement(part):
                return self._score(part, document, weights) if self.matches(node, document) else 0.0
            case And(parts):
                return (
                    sum(self._score(part, document, weights) for part in parts)
                    if self.matches(node, document)
                    else 0.0
                )
            case Or(parts):
                return sum(self._score(part, document, weights) for part in parts)
            case _:
                return 0.0

    def passes(self, facet_filter: Filter, document: Document) -> bool:
        values = set(keywords(document, facet_filter.field))
        wanted = not facet_filter.values or bool(values.intersection(facet_filter.values))
        return wanted and not values.intersection(facet_filter.excluded)

    @staticmethod
    def _in_span(request: Request, document: Document) -> bool:
        time = outlet_time(document)
        if request.undated:
            return time is None
        return request.span is None or (time is not None and is_within(time, *request.span))

    # --- proximity and feedback ---

    def norm(self, document: Document) -> float:
        """Returns the length of a document relative to the mean, over all fields."""
        total = sum(self.lengths.values())
        mean = total / len(self.lengths) if total else 1.0
        return 1 - B + B * self.lengths[document.section_id] / mean

    def count_having(self, node: Node) -> int:
        if node not in self.having:
            self.having[node] = sum(self.matches(node, document) for document in self.documents)
        return self.having[node]

    def idf(self, having: int) -> float:
        return math.log(1 + (len(self.documents) - having + 0.5) / (having + 0.5))

    def near(self, tree: Node, document: Document) -> float:
        """Returns the points for neighbouring words of a query that occur near each other in a document."""
        function_words = self.function_words(tree)
        words = [part for part in positive_parts(tree) if isinstance(part, Word) and part not in function_words]
        stems = [(word.field, *map(stem_form, word_forms(word.text))) for word in words]
        pairs: Counter[frozenset[Any]] = Counter()
        for place in range(len(words) - 1):
            pairs[frozenset(stems[place : place + 2])] += 1
        for place in range(len(words) - 2):
            apart = frozenset((stems[place], stems[place + 2]))
            pairs.setdefault(apart, 1)
        total = 0.0
        for pair, times in pairs.items():
            if len(pair) < 2:
                continue
            left, right = (words[stems.index(stem)] for stem in pair)
            count = sum(
                first[0] == second[0] and (1 <= second[1] - first[2] <= 8 or 1 <= first[1] - second[2] <= 8)
                for first in self.spans(left, document)
                for second in self.spans(right, document)
            )
            idf = sum(self.idf(self.count_having(word)) for word in (left, right))
            share = count / self.norm(document)
            total += 0.2 * times * idf / 2 * share / (1 + share)
        return total

    def stem_weights(self, document: Document) -> dict[str, int]:
        """Returns the weight of each stem: an occurrence in the text counts once, elsewhere twice, up to 7."""
        weights: Counter[str] = Counter()
        for field in TEXT_FIELDS:
            for form in self.forms[document.section_id, field.name]:
                weights[stem_form(form)] += 1 if field.name == "text" else 2
            for spelling in self.spellings[document.section_id, field.name]:
                weights[stem_form(spelling.form)] += 1 if field.name == "text" else 2
        left_out = set(map(stem_form, FUNCTION_WORDS))
        return {stem: min(weight, 7) for stem, weight in weights.items() if stem not in left_out}

    def with_feedback(self, base: Mapping[int, float]) -> dict[int, float]:
        """Returns the scores after the first hundred are reordered by the terms that distinguish the first ten."""
        by_id = {document.section_id: document for document in self.documents}
        first = self.in_order([by_id[number] for number, score in base.items() if score > 0], base)[:100]
        best = min(10, len(first) // 10)
        if best < 2:
            return dict(base)
        shares: dict[int, dict[str, float]] = {}
        for number in first:
            norm = self.norm(by_id[number])
            weights = self.stems[number]
            shares[number] = {stem: weight / norm / (K1 + weight / norm) for stem, weight in weights.items()}
        ranks = [1 / math.log2(place + 2) for place in range(best)]
        terms = {}
        for stem in {stem for number in first[:best] for stem in shares[number]}:
            if len({by_id[number].article_id for number in first[:best] if stem in shares[number]}) >= 2:
                above = sum(
                    rank / sum(ranks) * shares[number].get(stem, 0.0)
                    for rank, number in zip(ranks, first, strict=False)
                )
                mean = sum(shares[number].get(stem, 0.0) for number in first) / len(first)
                idf = self.idf(sum(stem in weights for weights in self.stems.values()))
                terms[stem] = idf * (above - mean) if above - mean >= 1e-9 else 0.0
        strongest = sorted(terms, key=lambda stem: (-terms[stem], stem))[:20]
        feedback = {number: sum(terms[stem] * shares[number].get(stem, 0.0) for stem in strongest) for number in first}
        greatest = max(feedback.values())
        scores = {number: 0.65 * score / base[first[0]] for number, score in base.items()}
        for number, points in feedback.items():
            scores[number] += 0.35 * points / greatest if greatest else 0.0
        return scores

    # --- results ---

    def result(self, request: Request, *, without: str | None = None) -> list[Document]:
        filters = [facet_filter for facet_filter in request.filters if facet_filter.field != without]
        allowed = [
            document
            for document in self.documents
            if all(self.passes(facet_filter, document) for facet_filter in filters)
            and self._in_span(request, document)
        ]
        chosen = self.choose(request, [document for document in self.documents if self._may_match(request, document)])
        return [document for document in chosen if document in allowed]

    def _may_match(self, request: Request, document: Document) -> bool:
        if request.unit == "section":
            return self.matches(request.tree, document)
        leaves = tuple(positive_parts(request.tree)) or (Everything(),)
        sections = [other for other in self.documents if other.article_id == document.article_id]
        return any(self.matches(leaf, document) for leaf in leaves) and self._article_matches(request.tree, sections)

    # --- hits of live pages ---

    def choose(self, request: Request, matching: Sequence[Document]) -> list[Document]:
        """Returns the hits among the documents that match, and the leads if the request lists them."""
        hits = [document for document in matching if self.is_hit(request, request.tree, document)]
        if not lists_leads(request):
            return hits
        leads: list[Document] = []
        for article_id in {document.article_id for document in matching}:
            lead = self._lead(request, [other for other in self.documents if other.article_id == article_id])
            if lead is not None and lead in matching:
                leads.append(lead)
        return hits + leads

    def is_lead(self, request: Request, document: Document) -> bool:
        """Whether a document of the result is there as a lead."""
        return not self.is_hit(request, request.tree, document)

    def _lead(self, request: Request, sections: Sequence[Document]) -> Document | None:
        """Returns the first section of an article that has the words of a request, if no section is a hit by these."""
        words: Node = request.tree
        if isinstance(words, And) and request.unit == "section":
            words = And(tuple(part for part in words.parts if any(map(is_text, all_nodes(part)))))
        having = [section for section in sections if self._may_match(replace(request, tree=words), section)]
        return None if any(self.is_hit(request, words, section) for section in having) else having[0]

    def is_hit(self, request: Request, tree: Node, document: Document) -> bool:
        """Whether a section that matches is a hit: an entry of a live page needs words of its own."""
        if document.values.get("kind") != "live":
            return True
        if request.unit == "section":
            return self._support(tree, document) in ("own", "free")
        parts = list(positive_parts(tree))
        supports = [self._support(part, document) for part in parts if self.matches(part, document)]
        return "own" in supports or all(map(asks_for_the_page, parts))

    def _support(self, node: Node, document: Document) -> str:
        """Returns why a document matches: by "own" words, by "shared" ones, or "free" of words; "" for no match."""
        if not self.matches(node, document):
            return ""
        match node:
            case And(parts):
                supports = {self._support(part, document) for part in parts}
                return "own" if "own" in supports else "shared" if "shared" in supports else "free"
            case Or(parts):
                supports = {self._support(part, document) for part in parts}
                return "own" if "own" in supports else "free" if "free" in supports else "shared"
            case AtLeast(_, counted):
                return self._support(counted, document)
            case InStatement():
                return "own"
            case Word() | Phrase() | Truncation() | Fuzzy() | Near():
                spans = self._left_spans(node, document) if isinstance(node, Near) else self.spans(node, document)
                if any(field in ("heading", "text") for field, _, _ in spans):
                    return "own"
                return "free" if asks_for_the_page(node) else "shared"
            case _:
                return "free"

    def _article_matches(self, node: Node, sections: list[Document]) -> bool:
        match node:
            case And(parts):
                return all(self._article_matches(part, sections) for part in parts)
            case Or(parts):
                return any(self._article_matches(part, sections) for part in parts)
            case Not(part):
                return not self._article_matches(part, sections)
            case AtLeast(count, counted):
                return sum(len(self.spans(counted, section)) for section in sections) >= count
            case _:
                return any(self.matches(node, section) for section in sections)

    def result_score(self, request: Request, document: Document) -> float:
        """Returns the score of a hit by its words and their proximity, before feedback."""
        near = self.near(request.tree, document) if request.sort == "relevance" else 0.0
        if request.unit == "section":
            return self.score(request.tree, document) + near
        weights = self.word_weights(request.tree)
        return near + sum(self._score(leaf, document, weights) for leaf in dict.fromkeys(positive_parts(request.tree)))

    def ordered(self, request: Request, scores: Mapping[int, float]) -> list[int]:
        """Returns the ids in order. The scores are the engine's, so that a rounding error decides no tie."""
        return self.in_order(self.result(request), scores, request.sort)

    @staticmethod
    def in_order(documents: Sequence[Document], scores: Mapping[int, float], sort: Sort = "relevance") -> list[int]:
        def key(document: Document) -> tuple[float, ...]:
            moment = instant(document)
            undated = moment is None
            seconds = 0.0 if moment is None else (moment - EPOCH).total_seconds()
            if sort == "captured":
                changed = document.changed
                return (changed is None, -(changed - EPOCH).total_seconds() if changed else 0.0, -document.section_id)
            if sort == "oldest":
                return (undated, seconds, document.section_id)
            if sort == "newest":
                return (undated, -seconds, document.section_id)
            return (-scores[document.section_id], undated, -seconds, document.section_id)

        return [document.section_id for document in sorted(documents, key=key)]

    @staticmethod
    def owner(request: Request, document: Document) -> str | int:
        """Returns what a document counts for: itself, its article, or all articles that are folded with it."""
        if not (request.by_article or request.unit == "article"):
            return document.section_id
        group = keywords(document, request.fold)
        return group[0] if group else document.article_id

    def facet(self, request: Request, name: str) -> tuple[tuple[str, int], ...]:
        pairs = [
            (self.owner(request, document), value)
            for document in self.result(request, without=name)
            for value in keywords(document, name)
        ]
        counts = Counter(value for _, value in set(pairs))
        return tuple(sorted(counts.items(), key=lambda entry: (-entry[1], entry[0])))

    def check_histogram(self, request: Request, histogram: Histogram) -> None:
        finer = ("hour", "day", "month", "year").index(histogram.interval)
        precisions = ("second", "day", "month", "year")

        def start_of(time: OutletTime) -> datetime:
            # Hours are those of UTC; days, months and years are on the outlet's clock.
            at = time.at.astimezone(UTC) if histogram.interval == "hour" else time.at.replace(tzinfo=UTC)
            at = at.replace(minute=0, second=0)
            if finer:
                at = at.replace(hour=0, day=1 if finer > 1 else at.day)
            return at.replace(month=1) if histogram.interval == "year" else at

        having, undated, vague = set(), set(), set()
        for document in self.result(request):
            owner = self.owner(request, document)
            time = outlet_time(document)
            if time is None:
                undated.add(owner)
            elif not time.is_exact and precisions.index(time.precision) > finer:
                vague.add(owner)
            else:
                having.add((start_of(time), owner))
        expected = Counter(start for start, _ in having)
        assert {start: count for start, count in histogram.buckets if count} == expected
        assert (histogram.undated, histogram.vague) == (len(undated), len(vague))
        starts = [start for start, _ in histogram.buckets]
        assert starts == sorted(set(starts))
        if expected:
            assert starts[0] == min(expected)
            assert starts[-1] == max(expected)
