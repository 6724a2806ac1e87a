"""The engines that are measured side by side, each in its best fair configuration: how it builds and answers.

All index the same fields. All return the ten best hits, and exact counts of six facets (at most FACET_VALUES values).
"""

import importlib.util
import os
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from search.engines.contract import Document, Engine, Filter, Request
from search.engines.opensearch import OpenSearchEngine, read_address
from search.engines.whoosh import WhooshEngine
from search.fields import HLEAD, TEXT_FIELDS
from search.query.dates import DateBound, DateBounds
from search.query.tree import And, AtLeast, DateRange, Fuzzy, Near, Node, Or, Phrase, Truncation, Word
from search.text import fold_text, stem_form

from .corpus import OWN_OPERATORS, SampleQuery

FACETS = ("source", "kind", "month", "topic", "byline", "lang")
# As many as the search page lists at most.
FACET_VALUES = 60
LIMIT = 10
# Where a node of OpenSearch is: `tests.search.engines.opensearch.nodes` runs commands beside some.
CLUSTER = os.environ.get("CUTTINGS_TEST_OPENSEARCH", "")
Asker = Callable[[SampleQuery], Callable[[], Any] | None]


def bytes_in(folder: Path) -> int:
    """Returns the bytes of all files in a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


@dataclass(frozen=True)
class Peer:
    """`build` makes an index in a folder, of which `size` says the bytes.

    `open` returns a function from a query to a call; None if unsupported.
    """

    name: str
    setup: str
    build: Callable[[Path, Sequence[Document]], None]
    open: Callable[[Path], Asker]
    missing: str = ""
    size: Callable[[Path], int] = bytes_in


# --- ours ---


def _build_ours(folder: Path, documents: Sequence[Document]) -> None:
    WhooshEngine(folder).rebuild(documents)


def _open_ours(folder: Path) -> Asker:
    return _asker(WhooshEngine(folder))


def _asker(engine: Engine, **options: Any) -> Asker:
    def ask(sample: SampleQuery) -> Callable[[], Any] | None:
        tree = _to_tree(sample)
        filters: tuple[Filter, ...] = ()
        if sample.source:
            tree = And((tree, DateRange("date", "", *_bounds(sample))))
            filters = (Filter("source", (sample.source,)),)
        request = Request(tree, filters=filters, facets=FACETS, facet_limit=FACET_VALUES, limit=LIMIT, **options)
        return lambda: engine.search(request).total

    return ask


# --- ours, in a cluster ---


def _cluster(folder: Path) -> OpenSearchEngine:
    """Returns the engine of an index that is named for a folder."""
    return OpenSearchEngine(replace(read_address(CLUSTER), name=f"bench-{folder.parent.name.lower()}"))


def _build_cluster(folder: Path, documents: Sequence[Document]) -> None:
    _cluster(folder).rebuild(documents)


def _open_cluster(folder: Path) -> Asker:
    # A node beside other work takes its time.
    return _asker(_cluster(folder), time_limit_seconds=60)


def _size_in_cluster(folder: Path) -> int:
    return _cluster(folder).info().size_bytes


def _bounds(sample: SampleQuery) -> DateBounds:
    start, end = sample.start, sample.end
    return DateBound(start) if start else None, DateBound(end) if end else None


def _to_tree(sample: SampleQuery) -> Node:
    words = tuple(Word(word) for word in sample.words)
    match sample.operator:
        case "phrase":
            return Phrase(" ".join(sample.words))
        case "prefix":
            return Truncation(f"{sample.words[0]}*")
        case "fuzzy":
            return Fuzzy(sample.words[0], 1)
        case "or":
            return Or(words)
        case "w/5":
            return Near(words[0], words[1], 5)
        case "w/s":
            return Near(words[0], words[1], "s")
        case "nested":
            return Near(Or(words[1:]), words[0], 5, ordered=True)
        case "atleast3":
            return AtLeast(3, words[0])
        case "hlead":
            return And(tuple(Word(word, HLEAD.name) for word in sample.words))
        case _:
            return words[0] if len(words) == 1 else And(words)


# --- Whoosh ---


def _whoosh_schema() -> Any:
    from whoosh import columns, fields

    from tests.search.engines.whoosh_reader import StemAnalyzer, ValuesAnalyzer

    schema = fields.Schema(section_id=fields.COLUMN(columns.NumericColumn("q")))
    for field in TEXT_FIELDS:
        schema.add(field.name, fields.TEXT(analyzer=StemAnalyzer()))
    for name in FACETS:
        # A sortable field for each: Whoosh counts by reading the column.
        schema.add(name, fields.KEYWORD(analyzer=ValuesAnalyzer(), sortable=columns.VarBytesColumn()))
    schema.add("date", fields.NUMERIC(int, bits=64, sortable=True))
    return schema


def _build_whoosh(folder: Path, documents: Sequence[Document]) -> None:
    from whoosh import index

    from search.engines.whoosh.segment import to_seconds
    from tests.search.engines.whoosh_reader import SEPARATOR

    folder.mkdir()
    writer = index.create_in(str(folder), _whoosh_schema()).writer(limitmb=512)
    for document in documents:
        row: dict[str, Any] = {"section_id": document.section_id}
        row |= {field.name: document.values.get(field.name) or None for field in TEXT_FIELDS}
        for name in FACETS:
            value = document.values.get(name) or ()
            row[name] = (value if isinstance(value, str) else SEPARATOR.join(value)) or None  # type: ignore[arg-type]
        moment = document.values.get("date")
        row["date"] = to_seconds(moment) if isinstance(moment, datetime) else None
        writer.add_document(**{name: value for name, value in row.items() if value is not None})
    writer.commit(optimize=True)


def _open_whoosh(folder: Path) -> Asker:
    from whoosh import index, query, sorting

    from search.engines.whoosh.segment import to_seconds

    searcher = index.open_dir(str(folder)).searcher()

    def ask(sample: SampleQuery) -> Callable[[], Any] | None:
        if sample.operator in OWN_OPERATORS:
            return None

        def anywhere(make: Callable[[str, float], Any]) -> Any:
            return query.Or([make(field.name, field.boost) for field in TEXT_FIELDS])

        stems = [stem_form(word) for word in sample.words]
        if sample.operator == "phrase":
            engine_query = anywhere(lambda name, boost: query.Phrase(name, stems, boost=boost))
        elif sample.operator == "prefix":
            engine_query = anywhere(lambda name, boost: query.Prefix(name, stems[0], boost=boost))
        elif sample.operator == "fuzzy":
            engine_query = anywhere(lambda name, boost: query.FuzzyTerm(name, stems[0], boost=boost))
        else:
            parts = [
                query.Or([query.Term(field.name, stem, boost=field.boost) for field in TEXT_FIELDS]) for stem in stems
            ]
            engine_query = query.Or(parts) if sample.operator == "or" else query.And(parts)
        restriction = None
        if sample.source and sample.start and sample.end:
            restriction = query.And(
                [
                    query.Term("source", fold_text(sample.source)),
                    query.NumericRange("date", to_seconds(sample.start), to_seconds(sample.end) - 1),
                ]
            )
        facets = [sorting.FieldFacet(name, maptype=sorting.Count) for name in FACETS]

        def search() -> int:
            groups = sorting.Facets()
            for name, facet in zip(FACETS, facets, strict=True):
                groups.add_facet(name, facet)
            results = searcher.search(engine_query, limit=LIMIT, filter=restriction, groupedby=groups)
            for name in FACETS:
                sorted(results.groups(name).items(), key=lambda entry: -entry[1])[:FACET_VALUES]
            return len(results)

        return search

    return ask


# --- tantivy ---


def _tantivy_schema() -> Any:
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("section_id", fast=True)
    for field in TEXT_FIELDS:
        builder.add_text_field(field.name, tokenizer_name="en_stem")
    for name in FACETS:
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_date_field("date", fast=True, indexed=True)
    return builder.build()


def _build_tantivy(folder: Path, documents: Sequence[Document]) -> None:
    import tantivy

    folder.mkdir()
    writer = tantivy.Index(_tantivy_schema(), path=str(folder)).writer(heap_size=1_000_000_000, num_threads=1)
    for document in documents:
        row = tantivy.Document()
        row.add_integer("section_id", document.section_id)
        for field in TEXT_FIELDS:
            if text := document.values.get(field.name):
                row.add_text(field.name, str(text))
        for name in FACETS:
            values = document.values.get(name) or ()
            for value in (values,) if isinstance(values, str) else values:  # type: ignore[union-attr]
                row.add_text(name, value)
        moment = document.values.get("date")
        if isinstance(moment, datetime):
            row.add_date("date", moment)
        writer.add_document(row)
    writer.commit()
    writer.wait_merging_threads()


def _open_tantivy(folder: Path) -> Asker:
    import tantivy

    index = tantivy.Index.open(str(folder))
    searcher, schema = index.searcher(), index.schema
    names = [field.name for field in TEXT_FIELDS]
    boosts = {field.name: field.boost for field in TEXT_FIELDS}
    facets = {name: {"terms": {"field": name, "size": FACET_VALUES}} for name in FACETS}

    def ask(sample: SampleQuery) -> Callable[[], Any] | None:
        if sample.operator in OWN_OPERATORS:
            return None
        if sample.operator in ("prefix", "fuzzy"):
            # In one field, since neither can search several: the text, which has by far the most words.
            prefix = sample.operator == "prefix"
            engine_query = tantivy.Query.fuzzy_term_query(
                schema, "text", sample.words[0], distance=0 if prefix else 1, prefix=prefix
            )
        else:
            joint = {"phrase": " ", "or": " OR ", "and": " AND "}[sample.operator]
            text = joint.join(sample.words)
            engine_query = index.parse_query(f'"{text}"' if sample.operator == "phrase" else text, names, boosts)
        if sample.source:
            within = tantivy.Query.range_query(
                schema, "date", tantivy.FieldType.Date, sample.start, sample.end, include_upper=False
            )
            source = tantivy.Query.term_query(schema, "source", sample.source)
            musts = [engine_query, *(tantivy.Query.const_score_query(part, 0.0) for part in (within, source))]
            engine_query = tantivy.Query.boolean_query([(tantivy.Occur.Must, part) for part in musts])

        def search() -> int:
            found = searcher.search(engine_query, LIMIT)
            searcher.aggregate(engine_query, facets)
            return int(getattr(found, "count", 0) or 0)

        return search

    return ask


# --- SQLite ---

_SINGLE = tuple(name for name in FACETS if name != "topic")


def _build_sqlite(folder: Path, documents: Sequence[Document]) -> None:
    folder.mkdir()
    database = sqlite3.connect(folder / "index.db")
    names = [field.name for field in TEXT_FIELDS]
    database.executescript(
        f"""
        PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -256000;
        CREATE VIRTUAL TABLE words USING fts5({", ".join(names)}, content='',
            tokenize="porter unicode61 remove_diacritics 2");
        CREATE TABLE facts (id INTEGER PRIMARY KEY, date INTEGER, {", ".join(f"{name} INTEGER" for name in _SINGLE)});
        CREATE TABLE topics (id INTEGER, topic INTEGER, PRIMARY KEY (id, topic)) WITHOUT ROWID;
        CREATE TABLE names (number INTEGER PRIMARY KEY, name TEXT UNIQUE);
        """
    )
    numbers: dict[str, int] = {"": 0}
    marks = ", ".join("?" * (len(names) + 1))
    for document in documents:
        values = document.values
        number = document.section_id
        database.execute(
            f"INSERT INTO words (rowid, {', '.join(names)}) VALUES ({marks})",
            (number, *(values.get(name) or "" for name in names)),
        )
        moment = values.get("date")
        seconds = int(moment.timestamp()) if isinstance(moment, datetime) else None
        own = [numbers.setdefault(str(values.get(name) or ""), len(numbers)) for name in _SINGLE]
        database.execute(f"INSERT INTO facts VALUES (?, ?, {', '.join('?' * len(own))})", (number, seconds, *own))
        for topic in values.get("topic") or ():  # type: ignore[union-attr]
            known = numbers.setdefault(str(topic), len(numbers))
            database.execute("INSERT OR IGNORE INTO topics VALUES (?, ?)", (number, known))
    database.executemany("INSERT INTO names VALUES (?, ?)", ((number, name) for name, number in numbers.items()))
    database.execute("INSERT INTO words (words) VALUES ('optimize')")
    database.commit()
    database.execute("ANALYZE")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def _open_sqlite(folder: Path) -> Asker:
    database = sqlite3.connect(folder / "index.db")
    database.execute("PRAGMA mmap_size = 1000000000")
    database.execute("PRAGMA temp_store = MEMORY")
    database.execute("CREATE TEMP TABLE found (id INTEGER PRIMARY KEY)")
    database.isolation_level = None
    weights = ", ".join(str(field.boost) for field in TEXT_FIELDS)

    def ask(sample: SampleQuery) -> Callable[[], Any] | None:
        if sample.operator in OWN_OPERATORS:
            return None
        quoted = [f'"{word}"' for word in sample.words]
        match sample.operator:
            case "fuzzy":
                return None
            case "prefix":
                engine_query = f"{quoted[0]} *"
            case "phrase":
                engine_query = f'"{" ".join(sample.words)}"'
            case _:
                engine_query = f" {sample.operator.upper()} ".join(quoted)
        restriction, parameters = "", [engine_query]
        if sample.source and sample.start and sample.end:
            start, end = (int(moment.astimezone(UTC).timestamp()) for moment in (sample.start, sample.end))
            restriction = (
                "AND rowid IN (SELECT id FROM facts WHERE source = (SELECT number FROM names WHERE name = ?) "
                f"AND date >= {start} AND date < {end})"
            )
            parameters.append(sample.source)

        def search() -> int:
            # The matching rows once, then six counts over them, then the ten best.
            database.execute("DELETE FROM found")
            database.execute(
                f"INSERT INTO found SELECT rowid FROM words WHERE words MATCH ? {restriction}",
                parameters,
            )
            for name in _SINGLE:
                database.execute(
                    f"SELECT {name}, count(*) AS n FROM found JOIN facts USING (id) GROUP BY 1 "
                    f"ORDER BY n DESC LIMIT {FACET_VALUES}"
                ).fetchall()
            database.execute(
                "SELECT topic, count(*) AS n FROM found JOIN topics USING (id) GROUP BY 1 "
                f"ORDER BY n DESC LIMIT {FACET_VALUES}"
            ).fetchall()
            database.execute(
                f"SELECT rowid FROM words WHERE words MATCH ? {restriction} "
                f"ORDER BY bm25(words, {weights}) LIMIT {LIMIT}",
                parameters,
            ).fetchall()
            return int(database.execute("SELECT count(*) FROM found").fetchone()[0])

        return search

    return ask


PEERS = (
    Peer("ours", "WhooshEngine, rebuilt into full segments, stems and forms", _build_ours, _open_ours),
    Peer(
        "opensearch",
        "OpenSearchEngine, one shard on one node",
        _build_cluster,
        _open_cluster,
        "" if CLUSTER else "no node: run the bench beside one, with tests.search.engines.opensearch.nodes",
        _size_in_cluster,
    ),
    Peer(
        "Whoosh",
        "its own codec, writer (512 MB) and searcher; stems only, columns for facets, optimized to one segment",
        _build_whoosh,
        _open_whoosh,
    ),
    Peer(
        "tantivy",
        "tantivy-py, one thread, 1 GB heap, en_stem with positions, fast fields; search, then one terms aggregation "
        "of six; prefix and fuzzy on the text field alone",
        _build_tantivy,
        _open_tantivy,
        "" if importlib.util.find_spec("tantivy") else "not installed: pip install 'cuttings[bench]'",
    ),
    Peer(
        "FTS5",
        "SQLite, contentless table, porter unicode61, optimized, facets as numbers in one narrow table, mapped, "
        "matches kept in a temporary table for the six counts",
        _build_sqlite,
        _open_sqlite,
    ),
)
