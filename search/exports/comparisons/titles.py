"""What sections of a comparison are called, for people: those that readers may see, and no others."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models.functions import Coalesce

from archive.models import PublishingStatus, shown_articles, shown_sections

_CHUNK_ROWS = 500


@dataclass(frozen=True, slots=True)
class SectionTitle:
    """The heading of a section, which may be empty, and the headline of its article."""

    heading: str
    headline: str

    @property
    def on_one_line(self) -> str:
        """Both on a line."""
        return " – ".join(" ".join(text.split()) for text in (self.heading, self.headline) if text)


def load_headlines(articles: Iterable[int], *, now: datetime) -> dict[int, str]:
    """Returns the headlines of articles that are shown and not withdrawn, by number. One query."""
    shown = shown_articles(now).exclude(status=PublishingStatus.CANCELED).filter(pk__in=list(articles))
    return dict(shown.order_by().values_list("pk", "headline"))


def load_titles(sections: Iterable[int], *, now: datetime) -> dict[int, SectionTitle]:
    """Returns the titles of sections that are shown and not withdrawn, by number. A query for each 500 sections."""
    numbers = list(sections)
    shown = shown_sections(now).exclude(withdrawn=True).exclude(article__status=PublishingStatus.CANCELED)
    titles: dict[int, SectionTitle] = {}
    for start in range(0, len(numbers), _CHUNK_ROWS):
        found = shown.filter(pk__in=numbers[start : start + _CHUNK_ROWS], current__isnull=False).order_by()
        rows = found.values_list("pk", Coalesce("curated_heading", "current__heading"), "article__headline")
        titles |= {number: SectionTitle(heading, headline) for number, heading, headline in rows}
    return titles
