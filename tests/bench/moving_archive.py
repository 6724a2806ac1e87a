"""An archive that changes all the time, and says after each change how it answers. Runs in processes of `backups`.

    python -m tests.bench.moving_archive write LOG STOP     changes the archive of ARCHIVE_HOME until STOP exists
    python -m tests.bench.moving_archive rebuild BEGUN STOP rebuilds its index again and again, and makes BEGUN
    python -m tests.bench.moving_archive answer             prints one line, of the archive as it is

A line is JSON: the state, that is how many captures and edits there are, and the answers to QUESTIONS. One process
writes, so that a state happens once.
"""

import hashlib
import io
import json
import os
import random
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ARTICLES = 200
WORDS = [f"{first}{last}" for first in ("har", "flo", "qui", "ver", "mal") for last in ("bour", "ren", "nix", "dosk")]
SOURCES = ("Courier", "Herald", "Gazette")
# Relative days and took_ms would differ between two processes that answer.
NOW = datetime(2025, 6, 10, 12, tzinfo=UTC)

QUESTIONS = (
    *WORDS,
    *(f"{word} {other}" for word, other in zip(WORDS[:8], WORDS[8:16], strict=True)),
    *(f'"{word} {other}"' for word, other in zip(WORDS[:4], WORDS[4:8], strict=True)),
    *(f"{word} OR edited" for word in WORDS[:3]),
    *(f"source:{source} {WORDS[0]}" for source in SOURCES),
    *(f"headline:{word}" for word in WORDS[4:7]),
    "edited", "headline:edited", "flo*", "harbour NOT floren", "verdosk w/3 malnix", "date:2025-05 quiren",
    "atleast2(harbour)", "harbuor~", "",
)  # fmt: skip


def document(number: int, version: int) -> dict[str, str]:
    """Returns an article in one of its versions, always the same."""
    chance = random.Random(number * 1000 + version)
    paragraphs = [" ".join(chance.choices(WORDS, k=30)).capitalize() + "." for _ in range(4)]
    return {
        "id": f"a{number}",
        "url": f"https://courier.example/{number}",
        "source": SOURCES[number % len(SOURCES)],
        "headline": f"{' '.join(chance.choices(WORDS, k=5))} {number}",
        "text": "\n".join(paragraphs),
        "published": f"2025-05-{number % 28 + 1:02}T10:00:00Z",
    }


def write(log: Path, stop: Path) -> None:
    """Takes in new articles and new versions and edits headlines, one after the other; logs a line after each."""
    from archive.models import Article

    with tempfile.TemporaryDirectory() as folder:
        _ingest(Path(folder), [document(number, 0) for number in range(ARTICLES)])
        with log.open("a") as lines:
            for step in range(1_000_000):
                if stop.exists():
                    return
                lines.write(json.dumps(answer()) + "\n")
                lines.flush()
                count = Article.objects.count()
                if step % 3 == 0:
                    _ingest(Path(folder), [document(count, 0)])
                elif step % 3 == 1:
                    _ingest(Path(folder), [document(step * 7 % count, step)])
                else:
                    _edit(step * 11 % count + 1, step)


def rebuild(begun: Path, stop: Path) -> None:
    """Rebuilds the index again and again."""
    from archive.search_port import get_search_port

    while not stop.exists():
        get_search_port().rebuild(lambda done, total: begun.touch())


def _ingest(folder: Path, documents: list[dict[str, str]]) -> None:
    from django.core.management import call_command

    path = folder / "documents.jsonl"
    path.write_text("".join(json.dumps(document) + "\n" for document in documents))
    call_command("ingest", str(path), stdout=io.StringIO(), stderr=sys.stderr)


def _edit(number: int, step: int) -> None:
    """Changes a headline as the admin does."""
    from archive.models import Article
    from archive.operations import EDITED, operation
    from archive.search_port import get_search_port, no_progress

    with operation(EDITED, user_name="bench", label="Edited") as act:
        article = Article.objects.order_by("pk")[number - 1]
        act.watch(Article, [article.pk])
        article.headline = f"{WORDS[step % len(WORDS)]} edited {step}"
        article.curated_fields = ["headline"]
        article.save()
    get_search_port().catch_up(no_progress)


def answer() -> dict[str, Any]:
    """Returns the state of the archive, and a hash of its answer to each question."""
    from archive.models import Capture, Edit
    from search.outputs import answer_to_json
    from search.results import Question, answer_question

    answers = []
    for q in QUESTIONS:
        found = answer_question(Question(q=q), now=NOW, facets=("source", "kind"), by_article=False, limit=20)
        answers.append({name: value for name, value in answer_to_json(found).items() if name != "took_ms"})
    hashes = [hashlib.sha256(json.dumps(value).encode()).hexdigest()[:16] for value in answers]
    return {
        "state": [Capture.objects.count(), Edit.objects.count()],
        "answers": hashes,
        "found": [value["total"] for value in answers],
    }


def main(arguments: list[str]) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "archive.settings"
    import django

    django.setup()
    acts = {"write": write, "rebuild": rebuild}
    if act := acts.get(arguments[0]):
        act(Path(arguments[1]), Path(arguments[2]))
    else:
        print(json.dumps(answer()))


if __name__ == "__main__":
    main(sys.argv[1:])
