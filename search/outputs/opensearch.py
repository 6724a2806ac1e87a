"""The archive as a search engine of browsers (OpenSearch 1.1, draft 6): its description, and suggestions."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from archive.imprint import imprint

from ..results import Question, Suggestion, count_label, suggestion_label

# What the specification allows.
_MAX_SHORT_NAME_CHARS = 16
_MAX_LONG_NAME_CHARS = 48


def make_opensearch(*, site_url: str, search: str, suggest: str, feed: str, description: str, icon: str) -> str:
    """Returns the description document that adds the archive to a browser's search engines.

    `site_url` has no slash at its end; the others are paths.
    """

    def template(path: str) -> str:
        return escape(f"{site_url}{path}?q={{searchTerms}}", {'"': "&quot;"})

    known = imprint()
    about = known.about or f"Searches the archive of news and live pages at {urlsplit(site_url).netloc}."
    is_email = known.contact_url.startswith("mailto:")
    contact = f"\n  <Contact>{escape(known.contact)}</Contact>" if is_email else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">
  <ShortName>{escape(_cut(known.name, _MAX_SHORT_NAME_CHARS))}</ShortName>
  <LongName>{escape(_cut(known.name, _MAX_LONG_NAME_CHARS))}</LongName>
  <Description>{escape(about)}</Description>{contact}
  <InputEncoding>UTF-8</InputEncoding>
  <OutputEncoding>UTF-8</OutputEncoding>
  <Image width="16" height="16" type="image/svg+xml">{escape(site_url + icon)}</Image>
  <Url type="text/html" rel="results" template="{template(search)}&amp;page={{startPage?}}"/>
  <Url type="application/atom+xml" rel="results" template="{template(feed)}"/>
  <Url type="application/x-suggestions+json" rel="suggestions" template="{template(suggest)}"/>
  <Url type="application/opensearchdescription+xml" rel="self" template="{escape(site_url + description)}"/>
</OpenSearchDescription>
"""


def _cut(name: str, max_chars: int) -> str:
    """Returns as many words of a name as there is room for; a part of the first where that is too long."""
    if len(name) <= max_chars:
        return name
    return name[: max_chars + 1].rpartition(" ")[0].strip() or name[:max_chars]


def to_opensearch(q: str, found: Mapping[str, Sequence[Suggestion]], *, search_url: str) -> list[object]:
    """Returns suggestions as OpenSearch Suggestions 1.1: the query, then lists of completions, descriptions and URLs.

    `search_url` is the absolute URL of the search page.
    """
    flat = [(kind, suggestion) for kind, suggestions in found.items() for suggestion in suggestions]
    return [
        q,
        [suggestion.q for _, suggestion in flat],
        [f"{suggestion_label(kind)}: {suggestion.text}{count_label(suggestion)}" for kind, suggestion in flat],
        [search_url + Question(q=suggestion.q).to_querystring() for _, suggestion in flat],
    ]
