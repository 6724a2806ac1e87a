"""`relevance DIR...`: how well rankings agree with relevance judgements, beside plain BM25 by the peers.

Each folder has docs.jsonl (id, title, text), queries.jsonl (id, text) and qrels.tsv (query, document, grade). The
words of a query are joined by OR. nDCG@10 takes the grade as gain and log2(rank + 1) as discount (Järvelin and
Kekäläinen 2002). MAP is over the first 1,000, with any grade above 0 as relevant. Queries without judgements are left
out.
"""

import importlib.util
import json
import math
import re
import sqlite3
import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from search.engines.contract import Document, Request
from search.engines.whoosh import WhooshEngine
from search.query.tree import Or, Word
from search.text import word_forms

MAX_RANKED = 1000
NDCG_RANKS = 10

# From the text of a query to the numbers of documents, best first.
Rank = Callable[[str], Sequence[int]]


@dataclass(frozen=True)
class Collection:
    """Documents as (title, text), and for each judged query its text and the grades of documents by number."""

    name: str
    documents: list[tuple[str, str]]
    queries: Sequence[tuple[str, Mapping[int, float]]]


def read_collection(folder: Path) -> Collection:
    """Reads a folder. Judgements of documents that are missing are left out."""
    numbers: dict[str, int] = {}
    documents: list[tuple[str, str]] = []
    for line in (folder / "docs.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        numbers[record["id"]] = len(documents)
        documents.append((record.get("title") or "", record.get("text") or ""))
    grades: dict[str, dict[int, float]] = defaultdict(dict)
    for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines():
        query, document, grade = line.split("\t")[:3]
        if document in numbers and _is_number(grade) and float(grade) > 0:
            grades[query][numbers[document]] = float(grade)
    queries = [json.loads(line) for line in (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines()]
    judged = [(record["text"], grades[record["id"]]) for record in queries if record["id"] in grades]
    return Collection(folder.name, documents, judged)


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).lstrip("-").isdigit()


def ndcg(ranked: Sequence[int], grades: Mapping[int, float]) -> float:
    """Returns nDCG@10 of a ranking."""

    def gain(values: Sequence[float]) -> float:
        return sum(value / math.log2(place + 2) for place, value in enumerate(values[:NDCG_RANKS]))

    ideal = gain(sorted(grades.values(), reverse=True))
    return gain([grades.get(number, 0.0) for number in ranked]) / ideal if ideal else 0.0


def average_precision(ranked: Sequence[int], grades: Mapping[int, float]) -> float:
    """Returns the mean of the precisions at each relevant document."""
    found, total = 0, 0.0
    for place, number in enumerate(ranked[:MAX_RANKED], start=1):
        if number in grades:
            found += 1
            total += found / place
    return total / len(grades) if grades else 0.0


# --- rankings ---


def _ours(collection: Collection, folder: Path) -> Rank:
    engine = WhooshEngine(folder)
    engine.rebuild(
        Document(number + 1, number + 1, {"headline": title, "text": text})
        for number, (title, text) in enumerate(collection.documents)
    )

    def rank(query: str) -> Sequence[int]:
        words = tuple(Word(form) for form in word_forms(query))
        hits = engine.search(Request(Or(words) if len(words) > 1 else words[0], limit=MAX_RANKED)).hits
        return [hit.section_ids[0] - 1 for hit in hits]

    return rank


def _words(query: str) -> list[str]:
    return re.findall(r"\w+", query.lower())


def _tantivy(collection: Collection, folder: Path) -> Rank:
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("number", stored=True)
    for name in ("title", "text"):
        builder.add_text_field(name, tokenizer_name="en_stem")
    index = tantivy.Index(builder.build())
    writer = index.writer(50_000_000, 1)
    for number, (title, text) in enumerate(collection.documents):
        writer.add_document(tantivy.Document(number=number, title=title, text=text))
    writer.commit()
    index.reload()
    searcher = index.searcher()

    def rank(query: str) -> Sequence[int]:
        engine_query = index.parse_query(" ".join(_words(query)), ["title", "text"])
        return [
            int(searcher.doc(address)["number"][0]) for _, address in searcher.search(engine_query, MAX_RANKED).hits
        ]

    return rank


def _fts5(collection: Collection, folder: Path) -> Rank:
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE words USING fts5(title, text, tokenize='porter unicode61')")
    database.executemany(
        "INSERT INTO words (rowid, title, text) VALUES (?, ?, ?)",
        [(number, title, text) for number, (title, text) in enumerate(collection.documents)],
    )

    def rank(query: str) -> Sequence[int]:
        engine_query = " OR ".join(f'"{word}"' for word in _words(query))
        found = database.execute(
            "SELECT rowid FROM words WHERE words MATCH ? ORDER BY bm25(words, 5.0, 1.0) LIMIT ?",
            (engine_query, MAX_RANKED),
        )
        return [number for (number,) in found]

    return rank


def _whoosh(collection: Collection, folder: Path) -> Rank:
    from whoosh import analysis as whoosh_analysis
    from whoosh import fields, query, scoring
    from whoosh.filedb.filestore import RamStorage

    analyzer = whoosh_analysis.StemmingAnalyzer()
    schema = fields.Schema(number=fields.STORED, text=fields.TEXT(analyzer=analyzer))
    index = RamStorage().create_index(schema)
    writer = index.writer()
    for number, (title, text) in enumerate(collection.documents):
        writer.add_document(number=number, text=f"{title} {text}")
    writer.commit()
    searcher = index.searcher(weighting=scoring.BM25F())

    def rank(text: str) -> Sequence[int]:
        terms = [query.Term("text", token.text) for token in analyzer(text)]
        return [hit["number"] for hit in searcher.search(query.Or(terms), limit=MAX_RANKED)]

    return rank


RANKINGS: dict[str, tuple[str, Callable[[Collection, Path], Rank]]] = {
    "ours": ("this index: headline and text, stemmed", _ours),
    "tantivy": ("en_stem, title and text", _tantivy),
    "FTS5": ("porter unicode61, bm25 with the title five times", _fts5),
    "Whoosh": ("StemmingAnalyzer, BM25F, one field", _whoosh),
}


def run(arguments: Sequence[str]) -> dict[str, Any]:
    """Measures each ranking on each collection, prints a table, and returns the figures."""
    collections = [read_collection(Path(folder)) for folder in arguments]
    if not collections:
        raise SystemExit("Name one folder or more with docs.jsonl, queries.jsonl and qrels.tsv.")
    figures: dict[str, Any] = {}
    for name, (_, make) in RANKINGS.items():
        if name == "tantivy" and not importlib.util.find_spec("tantivy"):
            continue
        figures[name] = {collection.name: _measure(make, collection) for collection in collections}
        for measure in ("ndcg@10", "map"):
            values = [figures[name][collection.name][measure] for collection in collections]
            figures[name].setdefault("mean", {})[measure] = sum(values) / len(values)
    columns = [*(collection.name for collection in collections), "mean"]
    print("nDCG@10 / MAP; the words of each query joined by OR")
    print(" " * 10 + "".join(f"{column:>18}" for column in columns))
    for name, found in figures.items():
        cells = (f"{found[column]['ndcg@10']:.4f} / {found[column]['map']:.4f}" for column in columns)
        print(f"{name:10}" + "".join(f"{cell:>18}" for cell in cells) + f"   {RANKINGS[name][0]}")
    best = max(found["mean"]["ndcg@10"] for name, found in figures.items() if name != "ours")
    print(f"ours against the best peer, mean nDCG@10: {figures['ours']['mean']['ndcg@10'] / best - 1:+.1%}")
    return figures


def _measure(make: Callable[[Collection, Path], Rank], collection: Collection) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        rank = make(collection, Path(folder) / "index")
        ranked = [(rank(text), grades) for text, grades in collection.queries if word_forms(text)]
    return {
        "ndcg@10": sum(ndcg(found, grades) for found, grades in ranked) / len(ranked),
        "map": sum(average_precision(found, grades) for found, grades in ranked) / len(ranked),
    }
