"""Atom (RFC 4287): an entry for each row, in the order of the page, with the ids of the feed of a search.

For feed readers and programs that read feeds. A row without words is a deleted entry (RFC 6721), upon which a reader
drops the words that it has. The feed at /feed.atom is another thing: what is new, and not the whole of a result.
"""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse

from ..outputs import AtomFeed, FeedEntry
from .columns import article_text, permalink_of
from .contract import Export
from .reading import identity_of, markup_of, note_of, one_line, title_of, tombstone_of
from .row_kinds import ExportedSection, Row


def write_atom(export: Export) -> Iterator[str]:
    """Yields the feed entry by entry."""
    feed = AtomFeed(export.site_url)
    question, options = export.question.to_querystring(), export.options.to_parameters()
    feed_path = reverse("export", args=["atom"]) + question + (f"&{options}" if options else "")
    yield feed.start(
        title_of(export),
        identity=f"export{feed_path}",
        updated=export.made,
        page_path=reverse("search") + question,
        feed_path=feed_path,
    )
    for row in export.rows():
        if row.tombstone:
            yield feed.write_deleted(*identity_of(row), when=_changed(row) or export.made, reason=_reason(row))
        else:
            yield feed.write_entry(_entry(row, export))
    yield feed.end()


def _entry(row: Row, export: Export) -> FeedEntry:
    kind, number = identity_of(row)
    if isinstance(row, ExportedSection):
        heading, text, byline = one_line(row.heading), row.text, row.byline_in(row.article)
    else:
        heading, text, byline = "", article_text(row), row.article.byline
    return FeedEntry(
        kind,
        number,
        row.article,
        heading=heading,
        text=text,
        byline=byline,
        time=row.time,
        topics=row.topics,
        updated=_changed(row) or export.made,
        url=permalink_of(row),
        content=[line for section in row.sections for line in markup_of(section)],
        outlet_url=row.article.url,
    )


def _changed(row: Row) -> datetime | None:
    """Returns since when readers have these words, or have them no more; None if it is not known."""
    times = [section.changed for section in row.sections if section.changed]
    embargo = row.article.embargo
    return max([*times, embargo] if embargo else times, default=None)


def _reason(row: Row) -> str:
    return " ".join(filter(None, (tombstone_of(row), note_of(row))))
