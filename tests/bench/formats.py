"""`formats DIR [KIND...]`: what the readers make of real documents, against gold where there is some.

DIR has a folder for each kind of KINDS; one that is missing is skipped. Pages may be gzipped. Gold: beside a live
page its `*.expected.json`; beside articles one JSON an outlet with its versions in the order of its pages; for the
benchmark `ground-truth.json`. A paragraph is found if the words of one that was read are the same, or nine of ten of
both; those that gold keeps as summary, heading or title count neither way. The benchmark's F1 is that of the article
extraction benchmark (Zyte): shingles of four words, precision and recall averaged over pages. Milliseconds are of one
core, of the processor, without unpacking.
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
from archive.items import ArticleItem, Hints, Item, Rejected
from archive.times import Moment, TimeError, parse_moment

Figures = dict[str, Any]

# What lies beside documents and is none.
_NO_DOCUMENT = re.compile(r"NOTES|LICENSE|README|\.xsd$|schema[^/]*\.json$|\.(?:expected|gold)\.json$", re.IGNORECASE)
_SAME_WORDS = 0.9
_MOST_REASONS = 12


@dataclass(frozen=True)
class Reading:
    """A document with its items and the milliseconds that they took."""

    path: Path
    items: tuple[Item, ...]
    milliseconds: float

    @property
    def article(self) -> ArticleItem | None:
        """The first article in it."""
        return next((item for item in self.items if isinstance(item, ArticleItem)), None)


def read_document(path: Path) -> Reading:
    """Reads a document as ingest does, unpacked beforehand if it is a gzipped page."""
    data = path.read_bytes()
    if path.name.endswith(".html.gz"):
        data = gzip.decompress(data)
    begun = time.process_time()
    items = tuple(formats.read(io.BytesIO(data), Hints(path.name)))
    return Reading(path, items, (time.process_time() - begun) * 1000)


def _tokens(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", text.casefold()))


def match_paragraphs(gold: Sequence[str], found: Sequence[str]) -> dict[int, int]:
    """Returns, for each paragraph of gold that was found, the number of the one that is it: each serves once."""
    wanted, given = [_tokens(text) for text in gold], [_tokens(text) for text in found]
    free: dict[tuple[str, ...], list[int]] = {}
    for number, words in enumerate(given):
        free.setdefault(words, []).append(number)
    matched = {place: free[words].pop(0) for place, words in enumerate(wanted) if free.get(words)}
    left = sorted(set(range(len(given))) - set(matched.values()))
    for place, words in enumerate(wanted):
        if place not in matched:
            near = next((number for number in left if _likeness(words, given[number]) >= _SAME_WORDS), None)
            if near is not None:
                matched[place] = near
                left.remove(near)
    return matched


def _likeness(one: Sequence[str], other: Sequence[str]) -> float:
    if not one or not other or min(len(one), len(other)) * 2 < _SAME_WORDS * (len(one) + len(other)):
        return 0.0
    return 2 * (Counter(one) & Counter(other)).total() / (len(one) + len(other))


def shingle_scores(gold: str, found: str) -> tuple[float, float]:
    """Returns precision and recall of the shingles of four words."""

    def shingles(text: str) -> Counter[tuple[str, ...]]:
        words = re.findall(r"\w+", text)
        return Counter(tuple(words[at : at + 4]) for at in range(max(1, len(words) - 3)) if words)

    wanted, given = shingles(gold), shingles(found)
    same = (wanted & given).total()
    return (same / given.total() if given else float(not wanted)), (same / wanted.total() if wanted else 1.0)


def _share(values: Sequence[bool | float]) -> float | None:
    return round(statistics.mean(float(value) for value in values), 4) if values else None


def _moment(text: str | None) -> datetime | None:
    try:
        return parse_moment(text).at if text else None
    except TimeError:
        return None


def _same_time(moment: Moment | None, given: str | None, *, seconds: float) -> bool:
    """Whether a time is the one that gold gives; gold without a zone is taken as UTC."""
    wanted = _moment(given)
    return wanted is not None and moment is not None and abs((moment.at - wanted).total_seconds()) < seconds


def _paragraphs(article: ArticleItem | None) -> list[str]:
    return [text for section in article.sections for text in section.paragraphs] if article else []


def _plain_title(text: str) -> str:
    """A headline with one kind of quote mark, as outlets set them differently in one page."""
    return " ".join(re.sub("[“”„]", '"', re.sub("[‘’]", "'", text)).split())


_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_EMPTY_LINE = re.compile(r"(?:<br\s*/?>\s*){2,}", re.IGNORECASE)


def _without_tags(paragraphs: Sequence[str]) -> list[str]:
    """Gold that was taken from linked data as it stood has links and breaks in it, which no reader is to show."""
    parts = (_TAG.sub("", part).strip() for text in paragraphs for part in _EMPTY_LINE.split(text))
    return [part for part in parts if part]


def measure_live(folder: Path) -> tuple[Figures, list[Reading]]:
    """Live pages: entries by the outlet's id, their paragraphs and times, and the order of the whole.

    Paragraphs are compared without the tags that gold may hold, and once with them.
    """
    readings, found, missing, invented, times = [], 0, 0, 0, list[bool]()
    as_given: list[float] = []
    recalls: list[float] = []
    precisions: list[float] = []
    orders: list[bool] = []
    for path in sorted(folder.glob("*.html*")):
        gold_path = folder / (path.name.partition(".html")[0] + ".expected.json")
        if not gold_path.exists():
            continue
        reading = read_document(path)
        readings.append(reading)
        expected = {entry["id"]: entry for entry in json.loads(gold_path.read_text(encoding="utf-8"))["sections"]}
        # The lead of a live page is no entry, and has no id.
        entries = [one for one in (reading.article.sections if reading.article else ()) if one.key or one.published]
        read = {entry.key: entry for entry in entries}
        found += len(expected.keys() & read.keys())
        missing += len(expected.keys() - read.keys())
        invented += len(entries) - len(expected.keys() & read.keys())
        orders.append(
            [entry.key for entry in entries if entry.key in expected] == [key for key in expected if key in read]
        )
        for key, entry in expected.items():
            given = list(read[key].paragraphs) if key in read else []
            wanted = _without_tags(entry["paragraphs"])
            matched = len(match_paragraphs(wanted, given))
            recalls.append(matched / len(wanted) if wanted else 1.0)
            precisions += [matched / len(given)] if given else []
            literally = len(match_paragraphs(entry["paragraphs"], given))
            as_given.append(literally / len(entry["paragraphs"]) if entry["paragraphs"] else 1.0)
            moment = read[key].published if key in read else None
            times.append(_same_time(moment, entry.get("published") or entry.get("ld_published"), seconds=1))
    figures = {
        "entries_found": found,
        "entries_missing": missing,
        "entries_invented": invented,
        "paragraph_recall": _share(recalls),
        "paragraph_recall_with_tags_of_gold": _share(as_given),
        "paragraph_precision": _share(precisions),
        "times_exact": _share(times),
        "in_order": _share(orders),
    }
    return figures, readings


def measure_articles(folder: Path) -> tuple[Figures, list[Reading]]:
    """Ordinary articles: paragraphs, headline, time to the minute, byline."""
    readings: list[Reading] = []
    scores: dict[str, list[float]] = defaultdict(list)
    for gold_path in sorted(folder.glob("*/*.json")):
        versions = list(json.loads(gold_path.read_text(encoding="utf-8")).values())
        pages = sorted(gold_path.parent.glob(f"{gold_path.stem}_*.html*"))
        for number, path in enumerate(pages):
            reading = read_document(path)
            readings.append(reading)
            given = _paragraphs(reading.article)
            gold = versions[number] if len(pages) == len(versions) else _nearest(versions, given)
            for name, score in _score_article(reading.article, gold, given).items():
                scores[name].append(score)
    return {name: _share(values) for name, values in scores.items()}, readings


def _gold_paragraphs(gold: Mapping[str, Any]) -> list[str]:
    return [text for section in gold["body"]["sections"] for text in section["paragraphs"]]


def _nearest(versions: Sequence[Mapping[str, Any]], given: Sequence[str]) -> Mapping[str, Any]:
    return max(versions, key=lambda gold: len(match_paragraphs(_gold_paragraphs(gold), given)))


def _score_article(article: ArticleItem | None, gold: Mapping[str, Any], given: Sequence[str]) -> dict[str, float]:
    wanted = _gold_paragraphs(gold)
    matched = match_paragraphs(wanted, given)
    rest = [text for number, text in enumerate(given) if number not in matched.values()]
    above = [*gold["body"]["summary"], *(text for one in gold["body"]["sections"] for text in one["headline"])]
    neither = len(match_paragraphs([*above, gold["title"]], rest))
    counted = len(given) - neither
    headline = article.headline if article else ""
    authors = [" ".join(name.split()).casefold() for name in gold["authors"]]
    return {
        "paragraph_recall": len(matched) / len(wanted) if wanted else 1.0,
        "paragraph_precision": len(matched) / counted if counted else 0.0,
        "headline_exact": float(_plain_title(headline) == _plain_title(gold["title"])),
        "headline_as_typed": float(headline == " ".join(gold["title"].split())),
        "time_to_minute": float(
            _same_time(article.published if article else None, gold["publishing_date"], seconds=60)
        ),
        "byline": float(article is not None and article.byline.casefold().split(", ") == authors),
    }


def measure_benchmark(folder: Path) -> tuple[Figures, list[Reading]]:
    """Pages of the article extraction benchmark: shingles of the text with its headings."""
    readings, precisions, recalls = [], [], []
    truth = json.loads((folder / "ground-truth.json").read_text(encoding="utf-8"))
    for key, gold in sorted(truth.items()):
        path = next(iter((folder / "html").glob(f"{key}.html*")), None)
        if path is None:
            continue
        reading = read_document(path)
        readings.append(reading)
        sections = reading.article.sections if reading.article else ()
        precision, recall = shingle_scores(
            gold["articleBody"], "\n".join(part for one in sections for part in (one.heading, *one.paragraphs))
        )
        recalls.append(recall)
        # A page of which nothing was read has no precision.
        precisions += [precision] if sections else []
    precision, recall = _share(precisions) or 0.0, _share(recalls) or 0.0
    f1 = round(2 * precision * recall / (precision + recall), 4) if precision + recall else 0.0
    return {"f1": f1, "precision": precision, "recall": recall}, readings


def measure_documents(folder: Path) -> tuple[Figures, list[Reading]]:
    """Documents without gold: how many are read, and how many of their articles have what articles have."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and not _NO_DOCUMENT.search(path.name)]
    readings = [read_document(path) for path in paths]
    articles = [item for reading in readings for item in reading.items if isinstance(item, ArticleItem)]
    reasons = Counter(item.reason for reading in readings for item in reading.items if isinstance(item, Rejected))
    figures = {
        "files": len(readings),
        "files_read": sum(reading.article is not None for reading in readings),
        "articles": len(articles),
        "rejected": reasons.total(),
        "with_paragraphs": sum(bool(_paragraphs(article)) for article in articles),
        "with_id": sum(bool(article.external_id) for article in articles),
        "with_time": sum(article.published is not None for article in articles),
        "with_problems": sum(bool(article.problems) for article in articles),
        "reasons": dict(reasons.most_common(_MOST_REASONS)),
    }
    return figures, readings


# Folder -> how what is in it is measured.
KINDS: Mapping[str, Callable[[Path], tuple[Figures, list[Reading]]]] = {
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
    # What is loaded at the first page is no page's time.
    list(formats.read(io.BytesIO(b"<html><p>" + b"Words and words. " * 20), Hints("")))
    figures: Figures = {"date": f"{datetime.now(UTC):%Y-%m-%d}"}
    for kind in chosen:
        if not (folder / kind).is_dir():
            print(f"{kind}: no such folder; skipped")
            continue
        measured, readings = KINDS[kind](folder / kind)
        figures[kind] = measured | _speed(readings)
        print(f"{kind}: " + ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in _flat(figures[kind])))
        for reason, count in measured.get("reasons", {}).items():
            print(f"    {count} rejected: {reason}")
        for reading in readings:
            reasons = "; ".join(item.reason for item in reading.items if isinstance(item, Rejected))
            if "reasons" not in measured and reasons:
                print(f"    {reading.path.name}: {reasons}")
    return figures


def _flat(figures: Figures) -> list[tuple[str, Any]]:
    return [(name, value) for name, value in figures.items() if not isinstance(value, dict)]


def _speed(readings: Sequence[Reading]) -> Figures:
    times = [reading.milliseconds for reading in readings]
    if not times:
        return {"pages": 0}
    return {
        "pages": len(times),
        "median_milliseconds": round(statistics.median(times), 1),
        "slowest_milliseconds": round(max(times), 1),
        "pages_a_second": round(1000 * len(times) / sum(times), 1) if sum(times) else 0.0,
    }
