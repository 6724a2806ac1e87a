"""The newest sections of a result as an Atom feed (RFC 4287). Makes no database queries."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape

from archive.models import Section

# Readers who miss more than this have the page.
MAX_FEED_ENTRIES = 50
_MAX_SUMMARY_CHARS = 600
# The year in which these tags (RFC 4151) were first used. It never changes, or all entries would seem new.
_TAG_YEAR = 2025
# Characters that XML 1.0 cannot contain.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def make_atom(title: str, sections: Iterable[Section], *, site_url: str, page_path: str, feed_path: str) -> str:
    """Returns a feed of sections in their order; their articles, sources, topics, versions and captures are loaded.

    `site_url` has no slash at its end. The paths are those of the results page and of this feed, with parameters.
    """
    host = urlsplit(site_url).hostname or "localhost"
    atom = Atom1Feed(
        title=_xml_text(title),
        link=site_url + page_path,
        description=None,
        feed_url=site_url + feed_path,
        author_name="Cuttings",
        feed_guid=f"tag:{host},{_TAG_YEAR}:search{_xml_text(page_path)}",
    )
    for section in sections:
        article, version = section.article, section.current
        if version is None:
            continue
        published = version.published or article.published
        heading = f": {version.heading}" if version.heading else ""
        atom.add_item(
            title=_xml_text(article.headline + heading),
            link=site_url + section.get_absolute_url(),
            description=escape(_summary(version.text)),
            unique_id=f"tag:{host},{_TAG_YEAR}:section:{section.pk}",
            author_name=_xml_text(version.byline or article.byline or article.source.name),
            categories=[_xml_text(topic.name) for topic in article.topics.all()],
            pubdate=published,
            updateddate=version.updated or published or version.capture.captured,
        )
    feed: str = atom.writeString("utf-8")
    return feed


def _summary(text: str) -> str:
    text = _xml_text(text).replace("\n", " ")
    return text if len(text) <= _MAX_SUMMARY_CHARS else text[:_MAX_SUMMARY_CHARS].rpartition(" ")[0] + " …"


def _xml_text(text: str) -> str:
    return _NOT_IN_XML.sub("", text)
