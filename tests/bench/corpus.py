"""Documents to measure with, from a JSONL of articles or generated with similar distributions; and queries for them.

A line of the JSONL is an article: headline, source, byline, topics, published, and sections with their text.
"""

import gzip
import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from search.engines.contract import Document
from search.text import word_forms

# Operators that only this project's engine has.
OWN_OPERATORS = ("w/5", "w/s", "nested", "atleast3", "hlead")


def read_corpus(path: Path) -> list[Document]:
    """Returns the sections of a JSONL of articles, plain or gzipped."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        return _to_documents(json.loads(line) for line in lines)


def generate_corpus(articles: int = 3000, seed: int = 1) -> list[Document]:
    """Returns sections with Zipf-distributed words. Sections and articles are as long as those of news."""
    return _to_documents(generate_articles(articles, seed))


def generate_articles(articles: int = 3000, seed: int = 1) -> Iterator[dict[str, Any]]:
    """Yields the articles of `generate_corpus`, as a line of the JSONL has them."""
    chance = random.Random(seed)
    syllables = [first + vowel + last for first in "bcdfglmnprst" for vowel in "aeiou" for last in ("", "n", "r", "s")]
    vocabulary = list(
        dict.fromkeys("".join(chance.choices(syllables, k=chance.choice((1, 2, 2, 3, 3, 4)))) for _ in range(60_000))
    )
    # Zipf: the word of rank r is drawn a 1/r-th as often as the first.
    weights = [0.0]
    for rank in range(1, len(vocabulary) + 1):
        weights.append(weights[-1] + 1 / (rank + 8))
    weights = weights[1:]

    def words(count: int) -> str:
        return " ".join(chance.choices(vocabulary, cum_weights=weights, k=count))

    start = datetime(2012, 1, 1, tzinfo=UTC)
    for _ in range(articles):
        yield {
            "headline": words(8).capitalize(),
            "source": f"Outlet {min(int(chance.paretovariate(0.5)), 290)}",
            "byline": f"Reporter {min(int(chance.paretovariate(0.4)), 4500)}" if chance.random() < 0.75 else "",
            "topics": [f"Topic {min(int(chance.paretovariate(0.7)), 108)}"],
            "published": (start + timedelta(days=chance.randrange(3600))).date().isoformat(),
            "sections": [
                {"text": " ".join(f"{words(19).capitalize()}." for _ in range(9))}
                for _ in range(max(1, round(chance.gauss(5.7, 2.5))))
            ],
        }


def _to_documents(articles: Iterator[dict[str, Any]]) -> list[Document]:
    documents: list[Document] = []
    for article_id, article in enumerate(articles, start=1):
        published = article.get("published") or ""
        for section in article["sections"]:
            documents.append(
                Document(
                    len(documents) + 1,
                    article_id,
                    {
                        "headline": article.get("headline") or "",
                        "text": section["text"],
                        "source": article.get("source") or "",
                        "kind": "article" if len(article["sections"]) < 12 else "live",
                        "topic": tuple(article.get("topics") or ()),
                        "byline": article.get("byline") or "",
                        "lang": "en",
                        "year": published[:4],
                        "month": published[:7],
                        "date": datetime.fromisoformat(published).replace(tzinfo=UTC) if published else None,
                    },
                    f"{len(documents):016x}",
                )
            )
    return documents


def text_bytes(documents: list[Document]) -> int:
    """Returns the number of bytes of the texts of the sections, without headlines."""
    return sum(len(str(document.values["text"]).encode()) for document in documents)


@dataclass(frozen=True)
class SampleQuery:
    """A query of one class, as words with an operator. Each engine translates it into its own query."""

    words: tuple[str, ...]
    operator: str
    source: str = ""
    start: datetime | None = None
    end: datetime | None = None


def make_queries(documents: list[Document]) -> dict[str, list[SampleQuery]]:
    """Returns three queries of each class, with words chosen by their document frequency."""
    sections_with: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for document in documents[:: max(1, len(documents) // 5000)]:
        forms = word_forms(str(document.values["text"]))
        sections_with.update(set(forms))
        pairs.update(set(pairwise(forms)))
    total = len(documents[:: max(1, len(documents) // 5000)])

    def near(share: float, skip: int = 0) -> list[str]:
        plain = [word for word in sections_with if word.isascii() and word.isalpha() and len(word) > 3]
        return sorted(plain, key=lambda word: (abs(sections_with[word] / total - share), word))[skip : skip + 3]

    common, middling, rarer, rare = near(0.2), near(0.03), near(0.06), near(0.01)
    phrases = [pair for pair, _ in pairs.most_common(4000) if all(len(word) > 3 and word.isalpha() for word in pair)]
    sources = [value for value, _ in Counter(str(document.values["source"]) for document in documents).most_common(3)]
    dates = sorted(moment for document in documents if isinstance(moment := document.values["date"], datetime))
    start, end = dates[len(dates) // 3], dates[2 * len(dates) // 3]
    three = range(3)
    return {
        "common word": [SampleQuery((common[at],), "and") for at in three],
        "middling word": [SampleQuery((middling[at],), "and") for at in three],
        "common OR middling": [SampleQuery((common[at], middling[at]), "or") for at in three],
        "common AND middling": [SampleQuery((common[at], middling[at]), "and") for at in three],
        "four words, OR": [SampleQuery((common[at], middling[at], rarer[at], rare[at]), "or") for at in three],
        "two-word phrase": [SampleQuery(phrases[at], "phrase") for at in three],
        "source and date": [SampleQuery((common[at],), "and", sources[at], start, end) for at in three],
        "prefix": [SampleQuery((middling[at][:4],), "prefix") for at in three],
        "fuzzy": [SampleQuery((middling[at],), "fuzzy") for at in three],
        "w/5": [SampleQuery((common[at], middling[at]), "w/5") for at in three],
        "w/s": [SampleQuery((common[at], middling[at]), "w/s") for at in three],
        "(a OR b) pre/5 c": [SampleQuery((common[at], middling[at], rarer[at]), "nested") for at in three],
        "atleast3": [SampleQuery((middling[at],), "atleast3") for at in three],
        "hlead": [SampleQuery((common[at], middling[at]), "hlead") for at in three],
    }
