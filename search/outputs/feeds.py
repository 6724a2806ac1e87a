"""A search as an Atom feed (RFC 4287) and as an OpenSearch engine (OpenSearch 1.1, draft 6). No ORM queries."""

import re
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import urlsplit
from xml.sax.saxutils import escape as escape_xml

from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape

from archive.models import Section

from ..results import Question, Suggestion, count_label, suggestion_label

# Entries of a feed; whoever missed more has the page.
FEED_ENTRIES = 50
_SUMMARY_CHARS = 600
# The year in which this way to name sections was minted (RFC 4151); it never changes.
_TAG_YEAR = 2025
# What XML 1.0 has no way to write.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def make_atom(title: str, sections: Iterable[Section], *, base: str, page: str, feed: str) -> str:
    """Returns a feed of sections, in their order, with article, source, version and capture loaded.

    `base` is the site's address with no slash at its end; `page` and `feed` are the paths of the search and its feed.
    """
    host = urlsplit(base).hostname or "localhost"
    atom = Atom1Feed(
        title=_plain(title),
        link=base + page,
        description=None,
        feed_url=base + feed,
        author_name="Cuttings",
        feed_guid=f"tag:{host},{_TAG_YEAR}:search{_plain(page)}",
    )
    for section in sections:
        article, version = section.article, section.current
        if version is None:
            continue
        published = version.published or article.published
        heading = f": {version.heading}" if version.heading else ""
        atom.add_item(
            title=_plain(article.headline + heading),
            link=base + section.get_absolute_url(),
            description=escape(_summary(version.text)),
            unique_id=f"tag:{host},{_TAG_YEAR}:section:{section.pk}",
            author_name=_plain(version.byline or article.byline or article.source.name),
            categories=[_plain(topic.name) for topic in article.topics.all()],
            pubdate=published,
            updateddate=version.updated or published or version.capture.captured,
        )
    written: str = atom.writeString("utf-8")
    return written


def make_opensearch(*, base: str, search: str, suggest: str, feed: str, description: str, icon: str) -> str:
    """Returns the description by which a browser adds the archive to its search engines."""

    def template(path: str) -> str:
        return escape_xml(f"{base}{path}?q={{searchTerms}}", {'"': "&quot;"})

    return f"""<?xml version="1.0" encoding="UTF-8"?>
<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">
  <ShortName>Cuttings</ShortName>
  <Description>Searches the archive of news and live pages at {escape_xml(urlsplit(base).netloc)}.</Description>
  <InputEncoding>UTF-8</InputEncoding>
  <OutputEncoding>UTF-8</OutputEncoding>
  <Image width="16" height="16" type="image/svg+xml">{escape_xml(base + icon)}</Image>
  <Url type="text/html" rel="results" template="{template(search)}&amp;page={{startPage?}}"/>
  <Url type="application/atom+xml" rel="results" template="{template(feed)}"/>
  <Url type="application/x-suggestions+json" rel="suggestions" template="{template(suggest)}"/>
  <Url type="application/opensearchdescription+xml" rel="self" template="{escape_xml(base + description)}"/>
</OpenSearchDescription>
"""


def to_opensearch(q: str, found: Mapping[str, Sequence[Suggestion]], *, base: str) -> list[object]:
    """Returns suggestions as OpenSearch Suggestions 1.1 has them: the query, and lists of completions, of
    descriptions and of addresses.
    """
    ordered = [(kind, one) for kind, suggestions in found.items() for one in suggestions]
    return [
        q,
        [one.q for _, one in ordered],
        [f"{suggestion_label(kind)}: {one.text}{count_label(one)}" for kind, one in ordered],
        [base + Question(q=one.q).to_querystring() for _, one in ordered],
    ]


def _summary(text: str) -> str:
    text = _plain(text).replace("\n", " ")
    return text if len(text) <= _SUMMARY_CHARS else text[:_SUMMARY_CHARS].rpartition(" ")[0] + " …"


def _plain(text: str) -> str:
    return _UNWRITABLE.sub("", text)
