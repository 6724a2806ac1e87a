"""`annotate DIR`: names, statements and days that the rules find, against what people marked.

DIR has `statements/*-docs.jsonl` with `*-statements.jsonl`, `entities/conll2003-*.jsonl`, and `dates/docs_*.jsonl`
with `timexes_*.jsonl`; what is missing is skipped. Precision, recall and F1 are over all documents of a file.

A **statement** is right if its kind is one of the gold's, if it shares half of its content and of the gold's content
with the gold, and if its speaker touches the gold's. A **name** is right if its span and its type are. A **day** is
right if it touches a date of the gold and has its value (TIMEX3: 1998-01-08, 1998-W02, 1998-01, 1998-Q1, 1998, 199X).
Each gold counts once. Sections a second are those of one core with names, statements and days together, on a sample of
the articles in DIR (`*.jsonl`, plain or gzipped), and on the whole documents of the statements.
"""

import json
import re
import resource
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from archive.annotate import DayMention, Span, Statement, find_days, find_names, find_statements

from .corpus import read_corpus

Figures = dict[str, Any]

_TYPES = {"person": "person", "location": "place", "organisation": "organisation"}
_SEASONS = {3: "SP", 6: "SU", 9: "FA", 12: "WI"}
_KINDS = {"direct and mixed": ("direct", "mixed"), "indirect": ("indirect",)}
_MAX_SENTENCES = 40
_MAX_SECTIONS = 6000


@dataclass
class Score:
    """How many spans were found, how many there are, and how many are right."""

    found: int = 0
    gold: int = 0
    right: int = 0

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.found + self.gold) if self.found + self.gold else 0.0

    def figures(self) -> Figures:
        return {
            "precision": self.precision,
            "recall": self.recall,
            "f1": self.f1,
            "found": self.found,
            "gold": self.gold,
        }


def read_rows(path: Path) -> Iterator[Any]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _spans(pieces: Iterable[Any]) -> list[Span]:
    return [Span(*span) for piece in pieces for span in piece["spans"]]


def _shared(some: Iterable[Span], others: Sequence[Span]) -> int:
    return sum(span.overlap(other) for span in some for other in others)


def _length(spans: Iterable[Span]) -> int:
    return sum(span.end - span.start for span in spans)


def is_right_statement(found: Statement, content: Sequence[Span], source: Sequence[Span]) -> bool:
    """Says whether content and speaker are those of the gold."""
    if found.speaker is None:
        return not source and _covers(found, content)
    return _shared([found.speaker], source) > 0 and _covers(found, content)


def _covers(found: Statement, content: Sequence[Span]) -> bool:
    shared = _shared(found.content, content)
    return 2 * shared >= _length(content) and 2 * shared >= _length(found.content)


def _kind(row: Any, *, apostrophes: bool) -> str:
    """Returns the kind of a gold statement; with `apostrophes`, quotes in pairs of apostrophes (''...'') are quotes.

    Those who made PolNeAR took them for none.
    """
    quoted = apostrophes and any("''" in piece["text"] for piece in row["content"])
    return "mixed" if quoted and row["kind"] == "indirect" else str(row["kind"])


def score_statements(folder: Path, name: str, kinds: Sequence[str], *, apostrophes: bool = False) -> Score:
    gold: dict[str, list[Any]] = defaultdict(list)
    for row in read_rows(folder / f"{name}-statements.jsonl"):
        if row["content"] and _kind(row, apostrophes=apostrophes) in kinds:
            gold[row["doc"]].append((_spans(row["content"]), _spans(row["source"])))
    score = Score()
    for document in read_rows(folder / f"{name}-docs.jsonl"):
        text = document["text"]
        left = gold.get(document["id"], [])
        score.gold += len(left)
        for statement in find_statements(text, find_names(text)):
            if statement.kind not in kinds:
                continue
            score.found += 1
            for place, (content, source) in enumerate(left):
                if is_right_statement(statement, content, source):
                    score.right += 1
                    del left[place]
                    break
    return score


def read_names(path: Path) -> Iterator[tuple[str, set[tuple[int, int, str]]]]:
    """Yields texts of up to 40 sentences, each ending where a next story's place and date line may begin."""
    lines: list[str] = []
    marked: set[tuple[int, int, str]] = set()
    at = 0
    for row in read_rows(path):
        if lines and (len(lines) >= _MAX_SENTENCES or _begins_story(row["tokens"])):
            yield "\n".join(lines), marked
            lines, marked, at = [], set(), 0
        starts = []
        for token in row["tokens"]:
            starts.append(at)
            at += len(token) + 1
        marked |= _marked_of(row, starts)
        lines.append(" ".join(row["tokens"]))
    if lines:
        yield "\n".join(lines), marked


def _begins_story(tokens: Sequence[str]) -> bool:
    """Says whether a sentence looks like the headline of a story: it has several words, all in capitals."""
    words = [token for token in tokens if token.isalpha()]
    return len(words) > 2 and all(word.isupper() for word in words)


def _marked_of(row: Any, starts: Sequence[int]) -> set[tuple[int, int, str]]:
    found = set()
    begun: tuple[int, str] | None = None
    ends = [start + len(token) for start, token in zip(starts, row["tokens"], strict=True)]
    for place, tag in enumerate([*row["tags"], "O"]):
        if begun and not tag.startswith("I-"):
            found.add((starts[begun[0]], ends[place - 1], begun[1]))
            begun = None
        if tag[2:] in _TYPES and (tag.startswith("B-") or not begun):
            begun = (place, _TYPES[tag[2:]])
        elif begun and tag[2:] not in _TYPES:
            begun = None
    return found


def score_names(path: Path) -> Score:
    score = Score()
    for text, marked in read_names(path):
        found = {(mention.span.start, mention.span.end, mention.type) for mention in find_names(text)}
        score.found += len(found)
        score.gold += len(marked)
        score.right += len(found & marked)
    return score


def timex_value(day: DayMention) -> str:
    """Returns the days of an expression as TIMEX3 writes them."""
    first = day.earliest
    match day.precision:
        case "week":
            year, week, _ = first.isocalendar()
            return f"{year}-W{week:02}"
        case "weekend":
            year, week, _ = first.isocalendar()
            return f"{year}-W{week:02}-WE"
        case "month":
            return f"{first:%Y-%m}"
        case "season":
            return f"{first.year:04}-{_SEASONS[first.month]}"
        case "quarter":
            return f"{first.year:04}-Q{(first.month + 2) // 3}"
        case "half":
            return f"{first.year:04}-H{1 if first.month < 7 else 2}"
        case "year":
            return f"{first.year:04}"
        case "decade":
            return f"{first.year // 10:03}X"
    return first.isoformat()


def score_days(folder: Path, name: str) -> Score:
    gold: dict[str, list[Any]] = defaultdict(list)
    created: dict[str, str] = {}
    for row in read_rows(folder / f"timexes_{name}.jsonl"):
        created[row["doc"]] = row["dct"]
        if row["type"] in ("DATE", "TIME") and re.match(r"\d{3}", row["value"] or ""):
            # A decade has three digits in TimeBank, and an X behind them elsewhere.
            value = re.sub(r"^(\d{3})$", r"\1X", row["value"].split("T")[0])
            gold[row["doc"]].append((Span(row["start"], row["end"]), value))
    score = Score()
    for document in read_rows(folder / f"docs_{name}.jsonl"):
        if document["id"] not in created:
            continue
        left = gold[document["id"]]
        score.gold += len(left)
        for day in find_days(document["text"], date.fromisoformat(created[document["id"]][:10])):
            score.found += 1
            value = timex_value(day)
            for place, (span, right) in enumerate(left):
                if right == value and span.overlap(day.span):
                    score.right += 1
                    del left[place]
                    break
    return score


def texts_per_second(texts: Sequence[str]) -> float:
    """Returns how many texts one core annotates in a second: names, statements and days."""
    begun = time.process_time()
    for text in texts:
        find_statements(text, find_names(text))
        find_days(text, date(2016, 6, 3))
    return len(texts) / (time.process_time() - begun)


def readiness() -> Figures:
    """Returns seconds until a new process has annotated a first sentence, and its memory in MB."""
    program = (
        "import time; begun = time.perf_counter()\n"
        "from archive.annotate import find_names, find_statements\n"
        "text = 'Kyiv said so.'; find_statements(text, find_names(text))\n"
        "seconds = time.perf_counter() - begun\n"
        "status = open('/proc/self/status').read()\n"
        "print(seconds, int(status.split('VmHWM:')[1].split()[0]) / 1024)\n"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    seconds, megabytes = map(float, answer.stdout.split())
    return {"ready_seconds": seconds, "ready_mb": megabytes}


def run(arguments: Sequence[str]) -> Figures:
    """Prints the scores of each file in a folder."""
    root = Path(arguments[0])
    scores: dict[str, Score] = {}
    figures: Figures = {}
    for path in sorted((root / "statements").glob("*-docs.jsonl")):
        name = path.name.removesuffix("-docs.jsonl")
        for title, kinds in _KINDS.items():
            scores[f"{name}: {title}"] = score_statements(path.parent, name, kinds)
        for title, kinds in _KINDS.items():
            with_apostrophes = score_statements(path.parent, name, kinds, apostrophes=True)
            scores[f"{name}: {title}, with ''quotes''"] = with_apostrophes
        texts = [document["text"] for document in read_rows(path)]
        figures[f"{name}: whole documents a second"] = texts_per_second(texts)
    for path in sorted((root / "entities").glob("conll2003-*.jsonl")):
        scores[f"{path.stem}: names"] = score_names(path)
    for path in sorted((root / "dates").glob("docs_*.jsonl")):
        name = path.stem.removeprefix("docs_")
        scores[f"{name}: days"] = score_days(path.parent, name)
    for path in sorted(root.glob("*.jsonl*")):
        sections = [str(document.values["text"]) for document in read_corpus(path)]
        figures[f"{path.name}: sections a second"] = texts_per_second(sections[:: len(sections) // _MAX_SECTIONS + 1])
    print(f"{'':<46} {'P':>6} {'R':>6} {'F1':>6} {'found':>6} {'gold':>6}")
    for title, score in scores.items():
        print(f"{title:<46} {score.precision:6.3f} {score.recall:6.3f} {score.f1:6.3f} {score.found:6} {score.gold:6}")
    figures |= readiness()
    figures["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    for title, value in figures.items():
        print(f"{title:<46} {value:.2f}")
    return figures | {title: score.figures() for title, score in scores.items()}
