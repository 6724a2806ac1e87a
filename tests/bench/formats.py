"""`formats DIR [KIND...]`: reads real documents and compares the result with gold where it exists.

DIR has a folder for each of KINDS; missing folders are skipped. Pages may be gzipped. The gold of a live page is its
`*.expected.json`; of articles a JSON file per outlet, with its versions in the order of its pages; of the benchmark
`ground-truth.json`. A paragraph is found if a paragraph that was read has the same words, or if nine of ten words of
both are the same. Paragraphs that are summary, heading or title in the gold do not count. F1 is that of the article
extraction benchmark (Zyte): shingles of four words, with precision and recall averaged over pages. Milliseconds are
processor time of one core, without unpacking.
"""

import gzip
import io
import json
import re
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive import formats
from archive.items import ArticleItem, Hints, Item, Rejected, SectionItem
from archive.times import Moment, TimeError

Figures = dict[str, Any]

# Files beside documents that are not documents.
_NO_DOCUMENT = re.compile(r"NOTES|LICENSE|README|\.xsd$|schema[^/]*\.json$|\.(?:expected|gold)\.json$", re.IGNORECASE)
_MIN_SAME_WORDS = 0.9
_MAX_REASONS = 12


@dataclass(frozen=True)
class MeasuredDocument:
    """A document, its items, and how long reading took."""

    path: Path
    items: tuple[Item, ...]
    milliseconds: float

    @property
    def article(self) -> ArticleItem | None:
        """The first article of the document."""
        return next((item for item in self.items if isinstance(item, ArticleItem)), None)


def read_document(path: Path) -> MeasuredDocument:
    """Reads a document as ingest does; a gzipped page is unpacked before the clock starts."""
    data = path.read_bytes()
    if path.name.endswith(".html.gz"):
        data = gzip.decompress(data)
    begun = time.process_time()
    items = tuple(formats.read(io.BytesIO(data), Hints(path.name)))
    return MeasuredDocument(path, items, (time.process_time() - begun) * 1000)


def _tokens(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", text.casefold()))


def match_paragraphs(gold: Sequence[str], found: Sequence[str]) -> dict[int, int]:
    """Returns gold paragraph -> found paragraph, as numbers; each found paragraph matches at most once."""
    expected_words, found_words = [_tokens(text) for text in gold], [_tokens(text) for text in found]
    free: dict[tuple[str, ...], list[int]] = {}
    for number, words in enumerate(found_words):
        free.setdefault(words, []).append(number)
    matched = {place: free[words].pop(0) for place, words in enumerate(expected_words) if free.get(words)}
    left = sorted(set(range(len(found_words))) - set(matched.values()))
    for place, words in enumerate(expected_words):
        if place not in matched:
            near = next(
                (number for number in left if _similarity(words, found_words[number]) >= _MIN_SAME_WORDS), None
            )
            if near is not None:
                matched[place] = near
                left.remove(near)
    return matched


def _similarity(first: Sequence[str], second: Sequence[str]) -> float:
    total = len(first) + len(second)
    if not first or not second or min(len(first), len(second)) * 2 < _MIN_SAME_WORDS * total:
        return 0.0
    return 2 * (Counter(first) & Counter(second)).total() / total


def shingle_scores(gold: str, found: str) -> tuple[float, float]:
    """Returns precision and recall of the shingles of four words."""

    def shingles(text: str) -> Counter[tuple[str, ...]]:
        words = re.findall(r"\w+", text)
        return Counter(tuple(words[at : at + 4]) for at in range(max(1, len(words) - 3)) if words)

    of_gold, of_found = shingles(gold), shingles(found)
    same = (of_gold & of_found).total()
    precision = same / of_found.total() if of_found else float(not of_gold)
    return precision, same / of_gold.total() if of_gold else 1.0


def _share(values: Sequence[bool | float]) -> float | None:
    return round(statistics.mean(float(value) for value in values), 4) if values else None


def _moment(text: str | None) -> datetime | None:
    try:
        return formats.read_time(text).at if text else None
    except TimeError:
        return None


def _same_time(moment: Moment | None, gold: str | None, *, seconds: float) -> bool:
    """Whether a time is that of the gold; without a zone the gold is in UTC."""
    expected = _moment(gold)
    return expected is not None and moment is not None and abs((moment.at - expected).total_seconds()) < seconds


def _paragraphs(article: ArticleItem | None) -> list[str]:
    return [text for section in article.sections for text in section.paragraphs] if article else []


def _plain_title(text: str) -> str:
    """Returns a headline with one kind of quote mark; outlets use several, even on one page."""
    return " ".join(re.sub("[“”„]", '"', re.sub("[‘’]", "'", text)).split())


_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_EMPTY_LINE = re.compile(r"(?:<br\s*/?>\s*){2,}", re.IGNORECASE)


def _without_tags(paragraphs: Sequence[str]) -> list[str]:
    """Returns paragraphs of gold without tags: gold from linked data has links and breaks, which no reader keeps."""
    parts = (_TAG.sub("", part).strip() for text in paragraphs for part in _EMPTY_LINE.split(text))
    return [part for part in parts if part]


def is_lead(first: SectionItem) -> bool:
    """Whether the first section of a live page is its lead, which gold does not list: it has neither id nor time."""
    return not first.key and first.published is None


def measure_live(folder: Path) -> tuple[Figures, list[MeasuredDocument]]:
    """Measures live pages: entries by the outlet's id, their paragraphs and times, and their order.

    The lead, a first section without id and time, is no entry. Paragraphs are compared without the tags in the gold,
    and once with them.
    """
    documents, found, missing, invented, times = [], 0, 0, 0, list[bool]()
    recalls_with_tags: list[float] = []
    recalls: list[float] = []
    precisions: list[float] = []
    orders: list[bool] = []
    for path in sorted(folder.glob("*.html*")):
        gold_path = folder / (path.name.partition(".html")[0] + ".expected.json")
        if not gold_path.exists():
            continue
        document = read_document(path)
        documents.append(document)
        expected = {entry["id"]: entry for entry in json.loads(gold_path.read_text(encoding="utf-8"))["sections"]}
        sections = document.article.sections if document.article else ()
        entries = sections[1:] if sections and is_lead(sections[0]) else sections
        read = {entry.key: entry for entry in entries}
        found += len(expected.keys() & read.keys())
        missing += len(expected.keys() - read.keys())
        invented += len(entries) - len(expected.keys() & read.keys())
        orders.append(
            [entry.key for entry in entries if entry.key in expected] == [key for key in expected if key in read]
        )
        for key, entry in expected.items():
            paragraphs = list(read[key].paragraphs) if key in read else []
            gold = _without_tags(entry["paragraphs"])
            matched = len(match_paragraphs(gold, paragraphs))
            recalls.append(matched / len(gold) if gold else 1.0)
            precisions += [matched / len(paragraphs)] if paragraphs else []
            with_tags = len(match_paragraphs(entry["paragraphs"], paragraphs))
            recalls_with_tags.append(with_tags / len(entry["paragraphs"]) if entry["paragraphs"] else 1.0)
            moment = read[key].published if key in read else None
            times.append(_same_time(moment, entry.get("published") or entry.get("ld_published"), seconds=1))
    figures = {
        "entries_found": found,
        "entries_missing": missing,
        "entries_invented": invented,
        "paragraph_recall": _share(recalls),
        "paragraph_recall_with_tags_of_gold": _share(recalls_with_tags),
        "paragraph_precision": _share(precisions),
        "times_exact": _share(times),
        "in_order": _share(orders),
    }
    return figures, documents


def measure_articles(folder: Path) -> tuple[Figures, list[MeasuredDocument]]:
    """Measures ordinary articles: paragraphs, headline, time to the minute, byline."""
    documents: list[MeasuredDocument] = []
    scores: dict[str, list[float]] = defaultdict(list)
    for gold_path in sorted(folder.glob("*/*.json")):
        versions = list(json.loads(gold_path.read_text(encoding="utf-8")).values())
        pages = sorted(gold_path.parent.glob(f"{gold_path.stem}_*.html*"))
        for number, path in enumerate(pages):
            document = read_document(path)
            documents.append(document)
            paragraphs = _paragraphs(document.article)
            gold = versions[number] if len(pages) == len(versions) else _nearest(versions, paragraphs)
            for name, score in _score_article(document.article, gold, paragraphs).items():
                scores[name].append(score)
    return {name: _share(values) for name, values in scores.items()}, documents


def _gold_paragraphs(gold: Mapping[str, Any]) -> list[str]:
    return [text for section in gold["body"]["sections"] for text in section["paragraphs"]]


def _nearest(versions: Sequence[Mapping[str, Any]], paragraphs: Sequence[str]) -> Mapping[str, Any]:
    """Returns the version of gold that shares the most paragraphs."""
    return max(versions, key=lambda gold: len(match_paragraphs(_gold_paragraphs(gold), paragraphs)))


def _score_article(
    article: ArticleItem | None, gold: Mapping[str, Any], paragraphs: Sequence[str]
) -> dict[str, float]:
    expected = _gold_paragraphs(gold)
    matched = match_paragraphs(expected, paragraphs)
    rest = [text for number, text in enumerate(paragraphs) if number not in matched.values()]
    headings = [text for section in gold["body"]["sections"] for text in section["headline"]]
    ignored = len(match_paragraphs([*gold["body"]["summary"], *headings, gold["title"]], rest))
    counted = len(paragraphs) - ignored
    headline = article.headline if article else ""
    authors = [" ".join(name.split()).casefold() for name in gold["authors"]]
    return {
        "paragraph_recall": len(matched) / len(expected) if expected else 1.0,
        "paragraph_precision": len(matched) / counted if counted else 0.0,
        "headline_exact": float(_plain_title(headline) == _plain_title(gold["title"])),
        "headline_as_typed": float(headline == " ".join(gold["title"].split())),
        "time_to_minute": float(
            _same_time(article.published if article else None, gold["publishing_date"], seconds=60)
        ),
        "byline": float(article is not None and article.byline.casefold().split(", ") == authors),
    }


def measure_benchmark(folder: Path) -> tuple[Figures, list[MeasuredDocument]]:
    """Measures pages of the article extraction benchmark: shingles of the text with its headings."""
    documents, precisions, recalls = [], [], []
    truth = json.loads((folder / "ground-truth.json").read_text(encoding="utf-8"))
    for key, gold in sorted(truth.items()):
        path = next(iter((folder / "html").glob(f"{key}.html*")), None)
        if path is None:
            continue
        document = read_document(path)
        documents.append(document)
        sections = document.article.sections if document.article else ()
        precision, recall = shingle_scores(
            gold["articleBody"],
            "\n".join(part for section in sections for part in (section.heading, *section.paragraphs)),
        )
        recalls.append(recall)
        # A page without an article has no precision.
        precisions += [precision] if sections else []
    precision, recall = _share(precisions) or 0.0, _share(recalls) or 0.0
    f1 = round(2 * precision * recall / (precision + recall), 4) if precision + recall else 0.0
    return {"f1": f1, "precision": precision, "recall": recall}, documents


def measure_documents(folder: Path) -> tuple[Figures, list[MeasuredDocument]]:
    """Counts documents without gold: how many are read, and how many of their articles have a text, an id, a time."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and not _NO_DOCUMENT.search(path.name)]
    documents = [read_document(path) for path in paths]
    articles = [item for document in documents for item in document.items if isinstance(item, ArticleItem)]
    reasons = Counter(item.reason for document in documents for item in document.items if isinstance(item, Rejected))
    figures = {
        "files": len(documents),
        "files_read": sum(document.article is not None for document in documents),
        "articles": len(articles),
        "rejected": reasons.total(),
        "with_paragraphs": sum(bool(_paragraphs(article)) for article in articles),
        "with_id": sum(bool(article.external_id) for article in articles),
        "with_time": sum(article.published is not None for article in articles),
        "with_problems": sum(bool(article.problems) for article in articles),
        "reasons": dict(reasons.most_common(_MAX_REASONS)),
    }
    return figures, documents


# Folder -> how its documents are measured.
KINDS: Mapping[str, Callable[[Path], tuple[Figures, list[MeasuredDocument]]]] = {
    "live": measure_live,
    "articles": measure_articles,
    "benchmark": measure_benchmark,
    "agency": measure_documents,
    "ninjs": measure_documents,
    "newsml-g2": measure_documents,
    "feeds": measure_documents,
    "warc": measure_documents,
    "guardian-blocks": measure_documents,
    "superdesk-liveblog": measure_documents,
}


def run(arguments: Sequence[str]) -> Figures:
    """Measures and prints each kind; returns the figures by kind."""
    if not arguments:
        raise SystemExit("Name a folder that has one of: " + ", ".join(KINDS))
    folder, chosen = Path(arguments[0]), arguments[1:] or list(KINDS)
    # The first page loads the libraries, which must not count.
    list(formats.read(io.BytesIO(b"<html><p>" + b"Words and words. " * 20), Hints("")))
    figures: Figures = {"date": f"{datetime.now(UTC):%Y-%m-%d}"}
    for kind in chosen:
        if not (folder / kind).is_dir():
            print(f"{kind}: no such folder; skipped")
            continue
        measured, documents = KINDS[kind](folder / kind)
        figures[kind] = measured | _speed(documents)
        print(f"{kind}: " + ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in _flat(figures[kind])))
        for reason, count in measured.get("reasons", {}).items():
            print(f"    {count} rejected: {reason}")
        for document in documents:
            reasons = "; ".join(item.reason for item in document.items if isinstance(item, Rejected))
            if "reasons" not in measured and reasons:
                print(f"    {document.path.name}: {reasons}")
    return figures


def _flat(figures: Figures) -> list[tuple[str, Any]]:
    return [(name, value) for name, value in figures.items() if not isinstance(value, dict)]


def _speed(documents: Sequence[MeasuredDocument]) -> Figures:
    times = [document.milliseconds for document in documents]
    if not times:
        return {"pages": 0}
    return {
        "pages": len(times),
        "median_milliseconds": round(statistics.median(times), 1),
        "slowest_milliseconds": round(max(times), 1),
        "pages_a_second": round(1000 * len(times) / sum(times), 1) if sum(times) else 0.0,
    }
