"""What came in last, and the live pages: each article with what its last run of ingest brought.

What came in is a matter of the archive's own clock (`Section.changed`), as in the order "Latest in the archive". For
the modules of `search.results`; pages get the rows through `overview`.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet

from archive.models import Article, IngestRun, Section, shown_sections

from ..engines import Hit
from .sections import mark_parts, section_url

_COLUMNS = (
    "position",
    "changed",
    "closed_until",
    "article__headline",
    "article__kind",
    "article__language",
    "article__embargo",
    "article__closed_until",
    "article__curated_fields",
    "article__published",
    "article__published_precision",
    "article__published_rule",
    "article__published_offset",
    "article__source__name",
    "article__source__zone",
    "current__heading",
    "current__published",
    "current__published_precision",
    "current__published_rule",
    "current__published_offset",
    *Section.SHOWN_COLUMNS,
)


@dataclass(frozen=True)
class Arrived:
    """The sections of an article that changed last in the archive, by one run of ingest or since.

    `sections` are those whose current words that run brought, `new` those of them that it brought for the first time.
    `is_first` says that the article has no other sections; `by_run` is false where something else changed it since,
    like a curator or the end of an embargo.
    """

    sections: int
    new: int
    is_first: bool
    by_run: bool

    @property
    def is_new(self) -> bool:
        """Whether the article itself came in then."""
        return self.is_first and self.by_run and self.new == self.sections

    def describe(self, article: Article) -> str:
        """Returns what came in: new article; 3 new entries, 1 changed; changed."""
        is_live = article.kind == Article.Kind.LIVE
        if self.is_new:
            return f"New live page, {_count(self.sections, 'entry', 'entries')}" if is_live else "New article"
        if not is_live or not self.by_run:
            return "Changed"
        changed = self.sections - self.new
        if not self.new:
            return f"{_count(changed, 'entry', 'entries')} changed"
        return _count(self.new, "new entry", "new entries") + (f", {changed:,} changed" if changed else "")


@dataclass(frozen=True)
class Arrival:
    """An article that came in or changed, when, and what of it.

    `section` is the one of its sections that came in or changed last; None where the whole article is new.
    """

    article: Article
    section: Section | None
    at: datetime
    what: str
    url: str


@dataclass(frozen=True)
class LivePage:
    """A live page with its latest entry. `entries` is the number of all."""

    article: Article
    section: Section
    entries: int
    url: str


def load_arrived(article_ids: Collection[int], now: datetime) -> dict[int, Arrived]:
    """Returns what changed last of each article. One database query, O(sections of the articles)."""
    run = "current__capture__run"
    # The first version of a section says which run brought it.
    sections = shown_sections(now).filter(article__in=article_ids, versions__number=1).order_by()
    rows = sections.values("article", run, finished=F(f"{run}__finished"), state=F(f"{run}__state")).annotate(
        sections=Count("pk"), new=Count("pk", filter=Q(versions__capture__run=F(run))), at=Max("changed")
    )
    by_article: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        by_article.setdefault(row["article"], []).append(row)
    return {article: _to_arrived(runs) for article, runs in by_article.items()}


def _to_arrived(runs: Sequence[dict[str, Any]]) -> Arrived:
    last = max(runs, key=lambda row: row["at"])
    by_run = last["state"] == IngestRun.State.RUNNING or (last["finished"] or last["at"]) >= last["at"]
    return Arrived(last["sections"], last["new"], is_first=len(runs) == 1, by_run=by_run)


def load_rows(
    latest: Iterable[Hit], live_pages: Iterable[Hit], arrived: dict[int, Arrived], now: datetime
) -> tuple[list[Arrival], list[LivePage]]:
    """Returns articles that came in last, and live pages, without those that may not be shown. One database query."""
    latest, live_pages = list(latest), list(live_pages)
    found = _sections(now).in_bulk([hit.section_ids[0] for hit in (*latest, *live_pages)])
    arrivals = [
        _to_arrival(section, arrived[hit.article_id])
        for hit in latest
        if (section := found.get(hit.section_ids[0])) and hit.article_id in arrived
    ]
    pages = [
        LivePage(section.article, section, hit.matched, _url(section))
        for hit in live_pages
        if (section := found.get(hit.section_ids[0]))
    ]
    return arrivals, pages


def _to_arrival(section: Section, arrived: Arrived) -> Arrival:
    article, at, what = section.article, section.new_since, arrived.describe(section.article)
    if arrived.is_new:
        return Arrival(article, None, at, what, article.get_absolute_url())
    return Arrival(article, section, at, what, _url(section))


def _sections(now: datetime) -> QuerySet[Section]:
    sections = shown_sections(now).select_related("article__source", "current")
    return mark_parts(sections.only(*_COLUMNS))


def _url(section: Section) -> str:
    """Returns where the section is read: the page itself shows the first section of an article."""
    url = section.article.get_absolute_url()
    return section_url(url, section) if section.position else url


def _count(number: int, singular: str, plural: str) -> str:
    return f"{number:,} {singular if number == 1 else plural}"
