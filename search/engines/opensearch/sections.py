"""Sections as OpenSearch gets them: a Document becomes the body of a request. See `mapping` for the layout.

`pack` and the formats of the blobs are shared with `translation` and `scripts`. Only modules of this package import
from here.
"""

import hashlib
from base64 import b64encode
from bisect import bisect_left
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

from archive.times import OutletTime

from ...fields import LEAD_WORDS, NAMES_OF_VALUES
from ...text import (
    Token,
    ends_sentence,
    find_abbreviations,
    fold_value,
    other_names,
    other_spellings,
    split_runs,
    starts_sentence,
    stem_form,
    tokenize,
    value_forms,
    value_key,
    value_words,
    word_forms,
)
from ..contract import Document, FieldValue
from ..statements import SaidText
from .mapping import (
    ADDRESS_NAMES,
    DATE_NAMES,
    DAYS_NAMES,
    FOLD_NAMES,
    PART,
    SEARCHED_NAMES,
    TEXT_NAMES,
    VALUE_NAMES,
    field_key,
)

# Of a term. Lucene takes some 32,000 bytes; no word that anybody searches for has so many.
MAX_TERM_CHARS = 1000
# Stands for white space in a form, which a few letters of Arabic have when they are folded.
_SPACE = "\x04"
# The spans of dates that are not exact; 0 is a time of day.
_SPANS = {"day": 1, "month": 2, "year": 3}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_SECONDS = 86400
# Between the names of a statement, and between its parts.
NAME_MARK = "\x05"
PART_MARK = "\x06"


def pack(term: str) -> str:
    """Returns a form or stem as a term: without white space, and no longer than MAX_TERM_CHARS."""
    if not term.isalnum():
        term = "".join(_SPACE if character.isspace() else character for character in term)
    if len(term) > MAX_TERM_CHARS:
        digest = hashlib.sha256(term.encode("utf-8", "replace")).hexdigest()
        return f"{term[:MAX_TERM_CHARS]}{_SPACE}{digest}"
    return term


def build_body(document: Document, place: int) -> dict[str, Any]:
    """Returns the body of a section. `place` orders the sections of an article. O(text)."""
    body: dict[str, Any] = {
        "type": "section",
        "relation": {"name": "section", "parent": f"a{document.article_id}"},
        "section": document.section_id,
        "article": document.article_id,
        "place": place,
        "fingerprint": document.fingerprint,
    }
    if document.changed is not None:
        body["changed"] = round((document.changed - _EPOCH) / timedelta(microseconds=1))
    has: list[str] = []
    forms: set[str] = set()
    tokens_of = {}
    for name in TEXT_NAMES:
        text = str(document.values.get(name) or "")
        tokens_of[name] = tokens = tokenize(text)
        if tokens:
            has.append(name)
            forms.update(token.form for token in tokens)
            body |= _text_field(name, text, tokens)
    if forms:
        body["forms"] = sorted(map(pack, forms))
    for name in (*VALUE_NAMES, *ADDRESS_NAMES):
        if values := _values_of(document, name):
            has.append(name)
            body[f"v_{field_key(name)}"] = values
    for name in SEARCHED_NAMES:
        body |= _value_terms(document, name)
    for name in FOLD_NAMES:
        values = _values_of(document, name)
        body[f"fold_{field_key(name)}"] = f"v{values[0]}" if values else f"a{document.article_id}"
    for name in DATE_NAMES:
        if found := _date_fields(name, document.values.get(name)):
            has.append(name)
            body |= found
    for name in DAYS_NAMES:
        if spans := document.values.get(name):
            has.append(name)
            body[f"days_{name}"] = [_day_range(span) for span in spans]  # type: ignore[union-attr, arg-type]
    if document.statements:
        body["said_list"] = _blob("\n".join(map(_listed, document.statements)))
        body["said_by"] = sorted({statement.by for statement in document.statements})
        body["said_naming"] = sorted({name for statement in document.statements for name in statement.naming})
        body["said"] = _blob("\n".join(_statement(statement, tokens_of) for statement in document.statements))
    body["has"] = has
    return {name: value for name, value in body.items() if value not in (None, [], "")}


def build_article(article_id: int, place: int) -> dict[str, Any]:
    """Returns the body of what joins the sections of an article."""
    return {"type": "article", "relation": "article", "article": article_id, "place": place}


# --- text ---


def _text_field(name: str, text: str, tokens: list[Token]) -> dict[str, Any]:
    stems = [pack(stem_form(token.form)) for token in tokens]
    forms = [pack(token.form) for token in tokens]
    spellings = [
        (spelling.first, spelling.last, pack(stem_form(spelling.form))) for spelling in other_spellings(text, tokens)
    ]
    abbreviations = find_abbreviations(text, tokens)
    places = [[f"f{form}", f"t{stem}"] for form, stem in zip(forms, stems, strict=True)]
    for first, last, stem in spellings:
        places[first].append(f"m{stem}" if first == last else f"n{stem}")
    for position in abbreviations:
        places[position].append(f"a{forms[position]}")
    sentences, paragraphs = _boundaries(text)
    lines = (
        " ".join(forms),
        " ".join(stems),
        " ".join(f"{first},{last},{stem}" for first, last, stem in spellings),
        " ".join(map(str, abbreviations)),
        " ".join(map(str, sentences)),
        " ".join(map(str, paragraphs)),
    )
    found: dict[str, Any] = {
        f"w_{name}": " ".join(PART.join(dict.fromkeys(terms)) for terms in places),
        f"b_{name}": _blob("\n".join(lines)),
        f"length_{name}": len(tokens),
    }
    if name == "text":
        reaching = {(first, f"n{stem}") for first, last, stem in spellings if first < last >= LEAD_WORDS}
        lead = [[term for term in terms if (at, term) not in reaching] for at, terms in enumerate(places[:LEAD_WORDS])]
        found["w_lead"] = " ".join(map(PART.join, lead))
    return found


def _boundaries(text: str) -> tuple[list[int], list[int]]:
    """Returns the positions of the tokens with which sentences and paragraphs start. A paragraph is a line."""
    sentences: dict[int, None] = {}
    paragraphs: dict[int, None] = {}
    position = 0
    for line in text.split("\n"):
        is_first, ended = True, True
        for run in split_runs(line):
            count, ends, starts = _read_run(run)
            if is_first:
                paragraphs[position] = None
            if is_first or (ended and starts):
                sentences[position] = None
            position += count
            is_first, ended = False, ends
    return list(sentences), list(paragraphs)


@lru_cache(1 << 16)
def _read_run(run: str) -> tuple[int, bool, bool]:
    return len(word_forms(run)), ends_sentence(run), starts_sentence(run)


def _statement(statement: SaidText, tokens_of: dict[str, list[Token]]) -> str:
    """Returns a line: the pieces as field, first and past token; then the names of the speaker, and those of via."""
    pieces = []
    for name, start, end in statement.pieces:
        tokens = tokens_of.get(name, [])
        first = bisect_left(tokens, start, key=lambda token: token.start_char)
        past = bisect_left(tokens, end, key=lambda token: token.start_char)
        if first < past:
            pieces.append(f"{name},{first},{past}")
    return PART_MARK.join(
        (
            " ".join(pieces),
            NAME_MARK.join(map(_one_line, statement.speaker)),
            NAME_MARK.join(map(_one_line, statement.via)),
        )
    )


def _listed(statement: SaidText) -> str:
    """Returns a line: the number of a statement, of its speaker, and of the names in it; then the speaker's label."""
    label = statement.speaker[-1] if statement.speaker else ""
    naming = " ".join(map(str, statement.naming))
    return PART_MARK.join((str(statement.number), str(statement.by), naming, _one_line(label)))


def _one_line(name: str) -> str:
    return " ".join(name.split("\n"))


def _blob(text: str) -> str:
    return b64encode(text.encode("utf-8", "replace")).decode()


# --- values ---


def _values_of(document: Document, name: str) -> list[str]:
    value = document.values.get(name) or ()
    values = (value,) if isinstance(value, str) else value
    return [part for part in dict.fromkeys(values) if part]  # type: ignore[arg-type, misc]


def _value_terms(document: Document, name: str) -> dict[str, Any]:
    """Returns what finds the values of a field: their keys, their words, and their tokens in order."""
    values = _values_of(document, name)
    if name in NAMES_OF_VALUES:
        values = values + _values_of(document, NAMES_OF_VALUES[name])
    if not values:
        return {}
    keys: set[str] = set()
    words: set[str] = set()
    names: list[str] = []
    for value in values:
        of_value = terms_of_value(name, value)
        keys |= of_value[0]
        words |= of_value[1]
        names += of_value[2]
    key = field_key(name)
    return {f"key_{key}": sorted(keys), f"word_{key}": sorted(words), f"names_{key}": list(dict.fromkeys(names))}


@lru_cache(1 << 14)
def terms_of_value(name: str, value: str) -> tuple[frozenset[str], frozenset[str], tuple[str, ...]]:
    """Returns the keys of a value and its names, the words that find it, and the tokens of each name in order."""
    keys = frozenset(value_key(fold_value(text)) for text in (value, *other_names(name, value)) if text)
    words = frozenset(map(pack, value_words(name, value)))
    return keys, words, tuple(" ".join(map(pack, forms)) for forms in value_forms(name, value) if forms)


# --- times ---


def to_seconds(moment: datetime) -> int:
    """Returns the seconds of an aware time since 1970, without the part of a second."""
    return int((moment - _EPOCH) // timedelta(seconds=1))


def _date_fields(name: str, value: FieldValue) -> dict[str, int]:
    time = OutletTime(value, "second") if isinstance(value, datetime) else value
    if not isinstance(time, OutletTime):
        return {}
    start = time.at.replace(tzinfo=UTC, microsecond=0)
    span = 0 if time.is_exact else _SPANS[time.precision]
    return {
        f"{name}_at": to_seconds(time.at),
        f"{name}_first": to_seconds(start),
        f"{name}_past": to_seconds(start) + _length_seconds(start, span),
        f"{name}_clock": to_seconds(start) % _DAY_SECONDS,
        f"{name}_month": start.year * 12 + start.month - 1,
        f"{name}_span": span,
    }


def _length_seconds(start: datetime, span: int) -> int:
    if span == 0:
        return 1
    if span == 1:
        return _DAY_SECONDS
    months = 1 if span == 2 else 12
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    # The last year of the calendar has no next one.
    past = date.max.toordinal() + 1 if year > date.max.year else date(year, month + 1, 1).toordinal()
    return (past - start.toordinal()) * _DAY_SECONDS


def _day_range(span: tuple[date, date]) -> dict[str, int]:
    first, last = (day.toordinal() - _EPOCH.toordinal() for day in span)
    return {"gte": first * _DAY_SECONDS, "lte": (last + 1) * _DAY_SECONDS - 1}
