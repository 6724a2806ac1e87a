"""The sections of a result that are new to the archive, as an Atom feed (RFC 4287). Makes no database queries.

`updated` is when the archive took a section in or last changed it: a page of 2003 that came today is new today. The
outlet's own time is `published`.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape

from archive.bylines import authors_in
from archive.imprint import imprint
from archive.models import Section

from ..articles import curated_label

# Readers who miss more than this have the page.
MAX_FEED_ENTRIES = 50
_MAX_SUMMARY_CHARS = 600
# The year in which these tags (RFC 4151) were first used. It never changes, or all entries would seem new.
_TAG_YEAR = 2025
# Characters that XML 1.0 cannot contain.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


# A feed without entries has never changed; with the time of now, every answer would differ.
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class _Feed(Atom1Feed):
    """A feed whose entries have several authors, and which was updated when the last of them was."""

    def latest_post_date(self) -> datetime:
        return max((item["updateddate"] for item in self.items), default=_NEVER)

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        for name in item["other_authors"]:
            handler.startElement("author", {})
            handler.addQuickElement("name", name)
            handler.endElement("author")


def make_atom(title: str, sections: Iterable[Section], *, site_url: str, page_path: str, feed_path: str) -> str:
    """Returns a feed of sections in their order; their articles, sources, topics, versions and captures are loaded.

    `site_url` has no slash at its end. The paths are those of the results page and of this feed, with parameters.
    """
    host = urlsplit(site_url).hostname or "localhost"
    atom = _Feed(
        title=_xml_text(title),
        link=site_url + page_path,
        description=None,
        feed_url=site_url + feed_path,
        author_name=_xml_text(imprint().name),
        feed_guid=f"tag:{host},{_TAG_YEAR}:search{_xml_text(page_path)}",
    )
    for section in sections:
        article, version = section.article, section.current
        if version is None:
            continue
        time = section.time
        authors = authors_in(section.full_byline) or (article.source.name,)
        heading = f": {version.heading}" if version.heading else ""
        atom.add_item(
            title=_xml_text(article.headline + heading),
            link=site_url + section.get_absolute_url(),
            description=escape(_summary(version.text))
            + (f" [{label}]" if (label := curated_label(article, with_topics=True)) else ""),
            unique_id=f"tag:{host},{_TAG_YEAR}:section:{section.pk}",
            author_name=_xml_text(authors[0]),
            other_authors=[_xml_text(name) for name in authors[1:]],
            categories=[_xml_text(topic.name) for topic in article.topics.all()],
            # A feed has no months: a day that is not known is left out.
            pubdate=time.at if time and time.precision not in ("year", "month") else None,
            updateddate=section.new_since,
        )
    feed: str = atom.writeString("utf-8")
    return feed


def _summary(text: str) -> str:
    text = _xml_text(text).replace("\n", " ")
    return text if len(text) <= _MAX_SUMMARY_CHARS else text[:_MAX_SUMMARY_CHARS].rpartition(" ")[0] + " …"


def _xml_text(text: str) -> str:
    return _NOT_IN_XML.sub("", text)
