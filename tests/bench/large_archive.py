"""Fills an empty archive with so many sections, as rows and not by ingest: of articles and live pages like a corpus.

The first articles are those of the corpus as they are, and the rules of `archive.annotate` read them. The others are
drawn (see `drawn_corpus`), and get names, statements and days as often as the first have them. A live page has two
captures; the second changes one entry. The files of captures are not written. Call `fill` once Django is set up; the
index is to be built afterwards.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

from .drawn_corpus import DrawnCorpus, Template
from .rows import Table

# The rules read so many articles of the corpus.
READ_ARTICLES = 1000
# Articles of one transaction.
_CHUNK = 500
_START = datetime(2025, 1, 1, tzinfo=UTC)
_RUN_ARTICLES = 1000
# Of so many articles, one is withheld, one was edited, one has a problem.
_WITHHELD, _EDITED, _PROBLEM = 5000, 10, 50
_HEADING_WORDS = 6
_OUTSIDE_HOSTS = re.compile("[^a-z0-9]+")


def fill(corpus: Path | None, sections: int, seed: int = 1) -> dict[str, int]:
    """Writes an archive of at least so many sections; returns how many rows of each kind there are."""
    from django.db import transaction

    from archive.annotating import catch_up
    from archive.naming import weigh
    from archive.search_port import no_progress

    from .drawn_annotations import DrawnAnnotations

    drawn = DrawnCorpus(corpus, seed)
    writer = _Writer(drawn)
    writer.write_names()
    with transaction.atomic():
        own = range(min(READ_ARTICLES, len(drawn.templates)))
        writer.write(own, as_they_are=True)
    catch_up(no_progress)
    annotations = DrawnAnnotations(drawn.chance)
    while writer.sections < sections:
        with transaction.atomic():
            some = drawn.draw_templates(_CHUNK)
            annotations.write(writer.write(some[: _enough(drawn, some, sections - writer.sections)]))
    weigh()
    return {
        "sections": writer.sections,
        "articles": writer.articles,
        "live_pages": writer.live_pages,
        "mentions": annotations.count("Mention"),
        "statements": annotations.count("Statement"),
        "days": annotations.count("DayMention"),
        "names": annotations.count("Name"),
    }


def _enough(drawn: DrawnCorpus, places: Sequence[int], sections: int) -> int:
    """Returns how many of these articles it takes to have so many sections."""
    for number, place in enumerate(places, start=1):
        sections -= len(drawn.templates[place].section_words)
        if sections <= 0:
            return number
    return len(places)


class Version:
    """A version that was written: its number, its words, and the day of its article."""

    __slots__ = ("day", "heading", "number", "text")

    def __init__(self, number: int, heading: str, text: str, day: datetime) -> None:
        self.number, self.heading, self.text, self.day = number, heading, text, day


class _Writer:
    def __init__(self, drawn: DrawnCorpus) -> None:
        from archive import models

        self._drawn = drawn
        self.articles = self.sections = self.versions = self.captures = self.live_pages = 0
        self._placements = count(1)
        self._sources: dict[str, int] = {}
        self._topics: dict[str, int] = {}
        dated = ("published", "published_precision", "published_rule")
        self._tables = {
            "capture": Table(
                models.Capture,
                *("id", "sha256", "size_bytes", "media_type", "origin", "locator", "address_key", "captured"),
                *("captured_rule", "reader", "run_id"),
            ),
            "article": Table(
                models.Article,
                *("id", "headline", "byline", "url", "language", *dated, "status", "source_id", "kind", "url_key"),
                "curated_fields",
            ),
            "received": Table(
                models.ArticleVersion,
                *("id", "article_id", "capture_id", "headline", "byline", "url", "language", *dated, "status", "kind"),
                *("source_name", "sections_recorded", "topic_names"),
            ),
            "section": Table(models.Section, "id", "article_id", "key", "position", "current_id", "changed"),
            "version": Table(
                models.SectionVersion,
                *("id", "section_id", "capture_id", "number", "heading", "text", "words_sha256", *dated),
            ),
            "placement": Table(models.Placement, "id", "article_version_id", "position", "section_id", "version_id"),
            "topic": Table(models.Article.topics.through, "article_id", "topic_id"),
            "change": Table(models.Change, "article_id", "created", "due"),
            "waiting": Table(models.Annotation, "version_id", "rules", "day", "day_of", "fault"),
            "edit": Table(
                models.Edit, "at", "user_name", "subject", "subject_id", "label", "how", "field", "old", "new"
            ),
            "problem": Table(models.Problem, "run_id", "level", "origin", "locator", "reason", "kind", "article_id"),
        }

    def write_names(self) -> None:
        """Writes the sources and topics of the corpus."""
        from archive.models import Source, Topic

        for name in (template.source for template in self._drawn.templates):
            self._sources.setdefault(name.casefold(), len(self._sources) + 1)
        first_names = {name.casefold(): name for name in reversed([found.source for found in self._drawn.templates])}
        Source.objects.bulk_create(Source(pk=pk, name=first_names[key]) for key, pk in self._sources.items())
        for template in self._drawn.templates:
            for topic in template.topics:
                self._topics.setdefault(topic, len(self._topics) + 1)
        Topic.objects.bulk_create(Topic(pk=pk, name=name) for name, pk in self._topics.items())

    def write(self, places: Sequence[int], *, as_they_are: bool = False) -> list[Version]:
        """Writes an article of each of these templates; returns the versions of their sections."""
        templates = [self._drawn.templates[place] for place in places]
        headlines, texts = self._words(places, as_they_are=as_they_are)
        rows: dict[str, list[Sequence[Any]]] = {name: [] for name in self._tables}
        written: list[Version] = []
        text = iter(texts)
        for template, headline in zip(templates, headlines, strict=True):
            self._add_article(template, headline, [next(text) for _ in _parts(template)], rows, written)
        self._write_runs()
        for name, table in self._tables.items():
            if name != "waiting" or as_they_are:
                table.write(rows[name])
        return written

    def _words(self, places: Sequence[int], *, as_they_are: bool) -> tuple[list[str], list[str]]:
        """Returns the headlines, and for each article its texts, with one more for a live page."""
        drawn = self._drawn
        if as_they_are:
            own = [drawn.articles[place] for place in places]
            texts = [
                part["text"]
                for article, place in zip(own, places, strict=True)
                for part in article["sections"] + article["sections"][:1] * drawn.templates[place].is_live
            ]
            return [article["headline"] for article in own], texts
        templates = [drawn.templates[place] for place in places]
        headlines = drawn.headlines.draw(
            [template.headline_words for template in templates], [drawn.headlines.starts[place] for place in places]
        )
        lengths = [(words, template.start) for template in templates for words in _parts(template)]
        texts = drawn.texts.draw([words for words, _ in lengths], [start for _, start in lengths])
        return [headline.replace("\n", ": ") for headline in headlines], texts

    def _add_article(
        self,
        template: Template,
        headline: str,
        texts: Sequence[str],
        rows: dict[str, list[Sequence[Any]]],
        written: list[Version],
    ) -> None:
        self.articles += 1
        article, is_live = self.articles, template.is_live
        self.live_pages += is_live
        kind, first_version = "live" if is_live else "article", self.versions + 1
        byline = self._drawn.draw_byline(template, article)
        at = datetime.combine(template.published, time(), UTC) if template.published else None
        dated = (at, "day" if at else "", "as written" if at else "")
        host = _OUTSIDE_HOSTS.sub("-", template.source.casefold()).strip("-")[:60] or "outlet"
        key = f"{host}.example/{article}"
        status = "withheld" if article % _WITHHELD == 0 else "usable"
        shown = (headline, byline, f"https://{key}", "en", *dated, status)
        curated = ["headline"] if article % _EDITED == 0 else []
        source = self._sources[template.source.casefold()]
        rows["article"].append((article, *shown, source, kind, key, curated))
        rows["topic"] += [(article, self._topics[topic]) for topic in template.topics]
        captured = _START + timedelta(minutes=article)
        rows["change"].append((article, captured, captured))
        first_capture = self.captures + 1
        for number in range(2 if is_live else 1):
            self.captures += 1
            seen = captured + timedelta(hours=number)
            rows["capture"].append(self._capture(article, key, sum(map(len, texts)), seen))
            received = (self.captures, article, self.captures, *shown, kind, template.source, True, template.topics)
            rows["received"].append(received)
        entries = texts[:-1] if is_live else texts
        for position, text in enumerate(entries):
            self.sections += 1
            self.versions += 1
            heading = " ".join(text.split()[:_HEADING_WORDS]) if is_live and position % 2 else ""
            minute = at + timedelta(hours=20, minutes=-3 * position) if at and is_live else None
            rows["version"].append(self._version(first_capture, 1, heading, text, minute))
            written.append(Version(self.versions, heading, text, at or captured))
            current = first_version + len(entries) if is_live and not position else self.versions
            name = f"entry-{position}" if is_live else ""
            rows["section"].append((self.sections, article, name, position, current, captured))
            for capture in range(first_capture, self.captures + 1):
                shown_version = current if capture > first_capture else self.versions
                rows["placement"].append((next(self._placements), capture, position, self.sections, shown_version))
        if is_live:
            self.versions += 1
            first = self.sections - len(entries) + 1
            minute = at + timedelta(hours=20) if at else None
            rows["version"].append(self._version(self.captures, 2, "", texts[-1], minute, section=first))
            written.append(Version(self.versions, "", texts[-1], at or captured))
        rows["waiting"] += [(number, 0, None, None, "") for number in range(first_version, self.versions + 1)]
        self._add_work(article, headline, captured, rows)

    def _version(
        self, capture: int, number: int, heading: str, text: str, minute: datetime | None, *, section: int = 0
    ) -> Sequence[Any]:
        digest = sha256(f"{heading}\n{text}".encode()).hexdigest()
        dated = (minute, "minute" if minute else "", "as written" if minute else "")
        return (self.versions, section or self.sections, capture, number, heading, text, digest, *dated)

    def _capture(self, article: int, key: str, size_bytes: int, captured: datetime) -> Sequence[Any]:
        run = (article - 1) // _RUN_ARTICLES + 1
        digest = sha256(str(self.captures).encode()).hexdigest()
        origin, line = f"batch-{run}.jsonl", f"line {self.captures}"
        about = ("time of ingest", "jsonl", run)
        return (self.captures, digest, size_bytes, "application/json", origin, line, key, captured, *about)

    def _add_work(self, article: int, headline: str, at: datetime, rows: dict[str, list[Sequence[Any]]]) -> None:
        """Adds what curators changed, and what ingest noted."""
        if article % _EDITED == 0:
            who = f"librarian {article % 7}"
            rows["edit"].append((at, who, "article", article, headline, "edited", "headline", "before", headline))
        if article % _PROBLEM == 0:
            run = (article - 1) // _RUN_ARTICLES + 1
            reason = f"the date {article % 97} is not understood"
            kind = "the date is not understood"
            rows["problem"].append((run, "note", f"batch-{run}.jsonl", f"line {article}", reason, kind, article))

    def _write_runs(self) -> None:
        from archive.models import IngestRun

        last = (self.articles - 1) // _RUN_ARTICLES + 1
        known = IngestRun.objects.count()
        IngestRun.objects.bulk_create(
            IngestRun(
                pk=number,
                started=_START + timedelta(hours=number),
                finished=_START + timedelta(hours=number + 1),
                origin=f"batch-{number}.jsonl",
                state="finished",
                new=_RUN_ARTICLES,
            )
            for number in range(known + 1, last + 1)
        )


def _parts(template: Template) -> Iterator[int]:
    """Yields the words of each text of an article: of its sections, and of what a live page changes."""
    yield from template.section_words
    if template.is_live:
        yield template.section_words[0]
