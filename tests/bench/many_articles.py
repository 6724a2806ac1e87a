"""Fills an empty archive with very many articles, by rows and not by ingest, so that lists can be measured in minutes.

The files of the captures are not written. Call `fill` once Django is set up; the index is to be built afterwards.
"""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from random import Random
from typing import Any

from .corpus import generate_corpus

SECTIONS_PER_ARTICLE = 4
_SOURCES, _TOPICS, _RUNS = 300, 200, 400
_START = datetime(2012, 1, 1, tzinfo=UTC)
# Rows of one transaction: the memory of a few hundred megabytes.
_CHUNK = 5000


def fill(articles: int, seed: int = 1) -> None:
    """Writes the rows of so many articles: each has a version, four sections, a capture, topics and a change.

    Some have edits and problems. The numbers of all rows follow from that of their article.
    """
    from django.db import transaction

    from archive.models import IngestRun, Source, Topic

    chance = Random(seed)
    Source.objects.bulk_create(
        Source(pk=n, name=f"Outlet {n}", kind=chance.choice(Source.Kind.values)) for n in range(1, _SOURCES + 1)
    )
    Topic.objects.bulk_create(Topic(pk=n, name=f"Topic {n}") for n in range(1, _TOPICS + 1))
    IngestRun.objects.bulk_create(
        IngestRun(pk=n, started=_START + timedelta(days=n), origin=f"batch-{n}.jsonl", state="finished")
        for n in range(1, _RUNS + 1)
    )
    rows = _Rows(chance)
    for first in range(1, articles + 1, _CHUNK):
        with transaction.atomic():
            rows.write(range(first, min(first + _CHUNK, articles + 1)))


class _Rows:
    def __init__(self, chance: Random) -> None:
        self.chance = chance
        texts = (str(document.values["text"]) for document in generate_corpus(100))
        self._sentences = [f"{sentence}." for text in texts for sentence in text.split(".") if sentence.strip()]

    def write(self, numbers: range) -> None:
        """Writes the rows of the articles of these numbers."""
        from archive import models

        stories = [self._story(number) for number in numbers]
        sections = [row for number in numbers for row in self._sections(number)]
        tables: tuple[tuple[Any, Any], ...] = (
            (models.Capture, (self._capture(number) for number in numbers)),
            (models.Article, (models.Article(pk=n, **story) for n, story in zip(numbers, stories, strict=True))),
            (
                models.ArticleVersion,
                (
                    models.ArticleVersion(
                        pk=n,
                        article_id=n,
                        capture_id=n,
                        sections_recorded=True,
                        **{name: value for name, value in story.items() if name in _RECEIVED},
                    )
                    for n, story in zip(numbers, stories, strict=True)
                ),
            ),
            (models.Section, (section for section, _, _ in sections)),
            (models.SectionVersion, (version for _, version, _ in sections)),
            (models.Placement, (place for _, _, place in sections)),
            (models.Article.topics.through, self._topics(numbers)),
            (models.Change, (models.Change(article_id=number, created=_START, due=_START) for number in numbers)),
            (models.Edit, (self._edit(number) for number in numbers if number % 2)),
            (models.Problem, (self._problem(number) for number in numbers if number % 5 == 0)),
        )
        for table, rows in tables:
            table.objects.bulk_create(rows, batch_size=1000)

    def _story(self, number: int) -> dict[str, Any]:
        published = _START + timedelta(minutes=self.chance.randrange(60 * 24 * 5000))
        undated = number % 20 == 0
        return {
            "headline": self.chance.choice(self._sentences)[:90],
            "source_id": min(int(self.chance.paretovariate(0.5)), _SOURCES),
            "kind": "live" if number % 50 == 0 else "article",
            "status": "withheld" if number % 1000 == 0 else "usable",
            "published": None if undated else published,
            "published_precision": "" if undated else "minute",
            "curated_fields": ["headline"] if number % 10 == 0 else [],
            "url": f"https://outlet.example/{number}",
            "url_key": f"outlet.example/{number}",
        }

    def _capture(self, number: int) -> Any:
        from archive.models import Capture

        digest = sha256(str(number).encode()).hexdigest()
        return Capture(
            pk=number,
            sha256=digest,
            size_bytes=self.chance.randrange(10_000, 900_000),
            media_type="text/html" if number % 3 else "application/json",
            origin=f"batch-{number % _RUNS + 1}.jsonl",
            locator=f"line {number}",
            captured=_START + timedelta(minutes=61 * number),
            captured_rule="time of ingest",
            reader="html" if number % 3 else "jsonl",
            run_id=number % _RUNS + 1,
        )

    def _sections(self, article: int) -> Any:
        from archive.models import Placement, Section, SectionVersion

        for place in range(SECTIONS_PER_ARTICLE):
            number = (article - 1) * SECTIONS_PER_ARTICLE + place + 1
            text = " ".join(self.chance.choices(self._sentences, k=3))
            heading = self.chance.choice(self._sentences)[:60] if place else ""
            digest = sha256(text.encode()).hexdigest()
            words = {"heading": heading, "text": text, "words_sha256": digest}
            yield (
                Section(pk=number, article_id=article, position=place, current_id=number, changed=_START),
                SectionVersion(pk=number, section_id=number, capture_id=article, number=1, **words),
                Placement(pk=number, article_version_id=article, position=place, section_id=number, version_id=number),
            )

    def _topics(self, numbers: range) -> Any:
        from archive.models import Article

        for number in numbers:
            for topic in {min(int(self.chance.paretovariate(0.7)), _TOPICS) for _ in range(2)}:
                yield Article.topics.through(article_id=number, topic_id=topic)

    def _edit(self, number: int) -> Any:
        from archive.models import Edit

        return Edit(
            at=_START + timedelta(hours=number),
            user_name=f"librarian {number % 7}",
            subject="article",
            subject_id=number,
            label=self.chance.choice(self._sentences)[:90],
            how="edited",
            field=self.chance.choice(("headline", "source", "topics")),
            old="before",
            new="after",
        )

    def _problem(self, number: int) -> Any:
        from archive.models import Problem
        from archive.problem_kinds import kind_of

        reason = self.chance.choice(("the file is empty", "no headline", f"'2025-02-{number % 99}' is no date"))
        return Problem(
            run_id=number % _RUNS + 1,
            level="note" if number % 10 else "rejected",
            origin=f"batch-{number % _RUNS + 1}.jsonl",
            locator=f"line {number}",
            reason=reason,
            kind=kind_of(reason),
            article_id=number if number % 10 else None,
        )


# What a version has of the values of an article.
_RECEIVED = ("headline", "kind", "status", "published", "published_precision", "url")
