"""Results as Atom (RFC 4287): the feed of what is new to the archive, and the entries of exports. No database queries.

`updated` is when the archive took a section in or last changed it: a page of 2003 that came today is new today. The
outlet's own time is `published`. An entry has the same id in the feed and in every export.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import urlsplit
from xml.sax.saxutils import escape, quoteattr

from django.utils.encoding import iri_to_uri
from django.utils.html import escape as escape_html

from archive.bylines import authors_in
from archive.imprint import imprint
from archive.models import Article, Section
from archive.times import OutletTime

from ..articles import curated_entry_label, curated_label

# Readers who miss more than this have the page.
MAX_FEED_ENTRIES = 50
_MAX_SUMMARY_CHARS = 600
# The year in which these tags (RFC 4151) were first used. It never changes, or all entries would seem new.
_TAG_YEAR = 2025
# Characters that XML 1.0 cannot contain.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

# A feed without entries has never changed; with the time of now, every answer would differ.
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)

EntryKind = Literal["section", "article"]


@dataclass(frozen=True)
class FeedEntry:
    """A section or an article of a feed. `url` is a path on the site, `updated` the time since when it is new.

    `content` has paragraphs of HTML, where an entry has more than a summary of its `text`. `outlet_url` is where the
    outlet published it, if the entry is to have it. `curated_fields` are those of a section that curators set.
    """

    kind: EntryKind
    number: int
    article: Article
    heading: str
    text: str
    byline: str
    time: OutletTime | None
    topics: Sequence[str]
    updated: datetime
    url: str
    content: Sequence[str] = ()
    outlet_url: str = ""
    curated_fields: Sequence[str] = ()


@dataclass(frozen=True)
class AtomFeed:
    """Writes the parts of a feed of a site; `site_url` has no slash at its end."""

    site_url: str

    def start(self, title: str, *, identity: str, updated: datetime, page_path: str, feed_path: str) -> str:
        """Returns what goes before the entries. The paths are those of the results page and of this feed.

        `identity` is the end of the feed's id, and no other feed's of the site.
        """
        return (
            '<?xml version="1.0" encoding="utf-8"?>\n'
            '<feed xmlns="http://www.w3.org/2005/Atom">'
            + _element("title", title)
            + self._link("alternate", page_path)
            + self._link("self", feed_path)
            + _element("id", f"{_tag(self.site_url)}:{identity}")
            + _element("updated", updated.isoformat())
            + _author(imprint().name)
        )

    def write_entry(self, entry: FeedEntry) -> str:
        """Returns an entry."""
        heading = f": {entry.heading}" if entry.heading else ""
        labels = (curated_label(entry.article, with_topics=True), curated_entry_label(entry.curated_fields))
        summary = escape_html(_summary(entry.text)) + "".join(f" [{label}]" for label in labels if label)
        authors = authors_in(entry.byline) or (entry.article.source.name,)
        # A feed has no months: a day that is not known is left out.
        time = entry.time if entry.time and entry.time.precision not in ("year", "month") else None
        return (
            "\n<entry>"
            + _element("title", entry.article.headline + heading)
            + self._link("alternate", entry.url)
            + (f'<link rel="via" href={_attribute(iri_to_uri(entry.outlet_url))}/>' if entry.outlet_url else "")
            + (_element("published", time.at.isoformat()) if time else "")
            + _element("updated", entry.updated.isoformat())
            + "".join(map(_author, authors))
            + _element("id", entry_id(self.site_url, entry.kind, entry.number))
            + _element("summary", summary, "html")
            + (_element("content", "\n".join(entry.content), "html") if entry.content else "")
            + "".join(f"<category term={_attribute(topic)}/>" for topic in entry.topics)
            + "</entry>"
        )

    def write_deleted(self, kind: EntryKind, number: int, *, when: datetime, reason: str) -> str:
        """Returns what stands for an entry that is not shown any more (RFC 6721)."""
        return (
            '\n<at:deleted-entry xmlns:at="http://purl.org/atompub/tombstones/1.0"'
            f" ref={_attribute(entry_id(self.site_url, kind, number))} when={_attribute(when.isoformat())}>"
            f"{_element('at:comment', reason)}</at:deleted-entry>"
        )

    def end(self) -> str:
        """Returns what goes after the entries."""
        return "\n</feed>\n"

    def _link(self, relation: str, path: str) -> str:
        return f'<link rel="{relation}" href={_attribute(iri_to_uri(self.site_url + path))}/>'


def entry_id(site_url: str, kind: EntryKind, number: int) -> str:
    """Returns the URI of a section or an article of a site, whatever becomes of its words: a tag (RFC 4151)."""
    return f"{_tag(site_url)}:{kind}:{number}"


def _tag(site_url: str) -> str:
    return f"tag:{urlsplit(site_url).hostname or 'localhost'},{_TAG_YEAR}"


def make_atom(title: str, sections: Iterable[Section], *, site_url: str, page_path: str, feed_path: str) -> str:
    """Returns a feed of sections in their order; their articles, sources, topics, versions and captures are loaded.

    It was updated when the last of them was. For the rest see AtomFeed.
    """
    feed, entries = AtomFeed(site_url), list(_entries(sections))
    updated = max((entry.updated for entry in entries), default=_NEVER)
    start = feed.start(title, identity=f"search{page_path}", updated=updated, page_path=page_path, feed_path=feed_path)
    return "".join([start, *map(feed.write_entry, entries), feed.end()])


def _entries(sections: Iterable[Section]) -> Iterator[FeedEntry]:
    for section in sections:
        article = section.article
        if section.current is not None:
            yield FeedEntry(
                "section",
                section.pk,
                article,
                section.heading,
                section.text,
                section.full_byline,
                section.time,
                sorted({topic.name for topic in (*article.topics.all(), *section.topics.all())}),
                section.new_since,
                section.get_absolute_url(),
                curated_fields=section.curated_fields,
            )


def _summary(text: str) -> str:
    text = _xml_text(text).replace("\n", " ")
    return text if len(text) <= _MAX_SUMMARY_CHARS else text[:_MAX_SUMMARY_CHARS].rpartition(" ")[0] + " …"


def _author(name: str) -> str:
    return f"<author>{_element('name', name)}</author>"


def _element(name: str, text: str, kind: str = "") -> str:
    """Returns an element; `kind` is the type of its text, plain text by default."""
    attribute = f' type="{kind}"' if kind else ""
    return f"<{name}{attribute}>{escape(_xml_text(text))}</{name}>"


def _attribute(value: str) -> str:
    """Returns a value between quotation marks."""
    return quoteattr(_xml_text(value))


def _xml_text(text: str) -> str:
    return _NOT_IN_XML.sub("", text)
