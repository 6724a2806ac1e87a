"""`copies CORPUS.jsonl[.gz]`: how well copies are found, and how fast.

The pairs of `tests/data/copies/judged_pairs.tsv` were drawn from the corpus by several ways (shared runs of five
words, shared sentences, alike headlines, one day and topic), over the whole range of what they share, and judged by
reading: a copy is a text of which a reader of the other has read most. One half of the pairs chose the threshold, the
other checks it. As real copies are few among them, copies are made too, as desks make them: cut from the end, one
paragraph in eight rewritten, another first sentence, a local paragraph at the end; each is looked for among the whole
corpus.
"""

import csv
import gzip
import json
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

from archive.likeness import ShingledText, compare, may_be_copies, prints_of, shingle

from ..paths import ROOT

JUDGED = ROOT / "tests" / "data" / "copies" / "judged_pairs.tsv"
_MADE = 500
_KEPT = (1.0, 0.8, 0.6)
_REWRITTEN = 1 / 8


def run(arguments: Sequence[str]) -> dict[str, Any]:
    """Measures and prints; returns the figures."""
    if not arguments:
        raise SystemExit(__doc__)
    path = Path(arguments[0])
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        articles = {article["id"]: _paragraphs(article) for article in map(json.loads, lines)}
    started = time.process_time()
    texts = {pk: shingle(paragraphs) for pk, paragraphs in articles.items()}
    index = _Index(texts)
    for pk in texts:
        index.find(pk)
        index.add(pk)
    rate = len(articles) / (time.process_time() - started)
    figures: dict[str, Any] = {"articles": len(articles), "articles_a_second": round(rate), "judged": {}, "made": {}}
    print(f"{len(articles):,} articles, {rate:,.0f} compared with all before them in a second of processor time")
    print(f"{'':<24}{'pairs':>8}{'copies':>8}{'precision':>12}{'recall':>9}")
    rows = read_judged()
    for half in ("choice", "check", "both"):
        chosen = [row for row in rows if half in (row["half"], "both")]
        measured = figures["judged"][half] = judge(chosen, texts)
        copies = sum(row["verdict"] == "copy" for row in chosen)
        print(f"{half:<24}{len(chosen):>8}{copies:>8}{measured['precision']:>12.3f}{measured['recall']:>9.3f}")
    for kept, found in _find_made(articles, index).items():
        figures["made"][kept] = found
        print(f"made, {kept:.0%} kept{'':<10}{_MADE:>8}{_MADE:>8}{'':>12}{found:>9.3f}")
    return figures


def read_judged() -> list[dict[str, str]]:
    """Returns the judged pairs: ids of two articles, the verdict, the half, why."""
    with JUDGED.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def judge(rows: Sequence[Mapping[str, str]], texts: Mapping[str, ShingledText]) -> dict[str, float]:
    """Returns precision and recall over judged pairs, of the sample and the comparison together."""
    counts: Counter[tuple[bool, bool]] = Counter()
    for row in rows:
        first, second = texts[row["first"]], texts[row["second"]]
        found = may_be_copies(prints_of(first), prints_of(second)) and compare(first, second).is_copy
        counts[row["verdict"] == "copy", found] += 1
    right = counts[True, True]
    return {
        "precision": right / max(right + counts[False, True], 1),
        "recall": right / max(right + counts[True, False], 1),
    }


class _Index:
    """The prints of texts in memory, as the table of the archive has them."""

    def __init__(self, texts: Mapping[str, ShingledText]) -> None:
        self._texts = texts
        self._prints = {pk: prints_of(text) for pk, text in texts.items()}
        self._having: defaultdict[int, list[str]] = defaultdict(list)

    def add(self, pk: str) -> None:
        for number in self._prints[pk]:
            self._having[number].append(pk)

    def find(self, pk: str) -> set[str]:
        return self.copies_of(self._texts[pk])

    def copies_of(self, text: ShingledText) -> set[str]:
        prints = prints_of(text)
        counts = Counter(other for number in prints for other in self._having.get(number, ()))
        worth = [other for other, count in counts.items() if count > 1 and may_be_copies(prints, self._prints[other])]
        return {other for other in worth if compare(text, self._texts[other]).is_copy}


def _find_made(articles: Mapping[str, list[str]], index: _Index) -> dict[float, float]:
    """Returns the share of made copies that are found, by how much of the text they keep."""
    chance = Random(1)
    chosen = chance.sample(sorted(articles), _MADE)
    found = {}
    for kept in _KEPT:
        hits = sum(pk in index.copies_of(shingle(_edited(articles[pk], kept, chance))) for pk in chosen)
        found[kept] = hits / _MADE
    return found


def _edited(paragraphs: Sequence[str], kept: float, chance: Random) -> list[str]:
    words = [paragraph.split() for paragraph in paragraphs]
    left = int(sum(map(len, words)) * kept)
    edited = [" ".join(f"first{chance.getrandbits(40)}" for _ in range(20))]
    for paragraph in words:
        cut = paragraph[: max(left, 0)]
        left -= len(paragraph)
        is_rewritten = chance.random() < _REWRITTEN
        edited.append(" ".join(f"other{chance.getrandbits(40)}" if is_rewritten else word for word in cut))
    return [*edited, " ".join(f"last{chance.getrandbits(40)}" for _ in range(30))]


def _paragraphs(article: Mapping[str, Any]) -> list[str]:
    return [line for section in article["sections"] for line in section["text"].split("\n")]
