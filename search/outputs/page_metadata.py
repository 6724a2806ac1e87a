"""Metadata in the head of a page: meta tags for reference managers, and schema.org for other programs.

Zotero and Google Scholar read Highwire's `citation_*` tags and Dublin Core. In schema.org the article is the outlet's,
and `archivedAt` says where this archive keeps it. Makes no database queries.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from archive.byline_words import is_organization
from archive.times import OutletTime, utc_iso

from .references import Reference

Tag = tuple[str, str]


@dataclass(frozen=True)
class LiveUpdate:
    """One entry of a live page, for schema.org."""

    headline: str
    permalink: str
    time: OutletTime | None


def head_tags(reference: Reference, topics: Iterable[str] = ()) -> list[Tag]:
    """Returns the names and contents of the meta tags of a page that shows this article or section."""
    day = reference.published.day if reference.published else ""
    tags = [
        ("citation_title", reference.title),
        *(("citation_author", author) for author in reference.authors),
        ("citation_publication_date", day.replace("-", "/")),
        ("citation_journal_title", reference.source),
        ("citation_publisher", reference.source),
        ("citation_language", reference.language),
        ("citation_public_url", reference.permalink),
        *(("citation_keywords", topic) for topic in topics),
        ("DC.type", "Text"),
        ("DC.title", reference.title),
        *(("DC.creator", author) for author in reference.authors),
        ("DC.date", day),
        ("DC.publisher", reference.source),
        ("DC.language", reference.language),
        ("DC.identifier", reference.permalink),
        ("DC.source", reference.url),
        ("DC.isPartOf", reference.container),
        # Without it, Zotero takes the page for an article in a journal.
        ("z:itemType", "newspaperArticle"),
    ]
    return [(name, content) for name, content in tags if content]


def schema_org(
    reference: Reference,
    *,
    standfirst: str = "",
    updated: OutletTime | None = None,
    topics: Sequence[str] = (),
    updates: Sequence[LiveUpdate] | None = None,
) -> SafeString:
    """Returns the JSON-LD of an article, or of a live page if it has `updates`; safe inside a script element."""
    document: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle" if updates is None else "LiveBlogPosting",
        "headline": reference.title,
        "description": standfirst,
        "author": [
            {"@type": "Organization" if is_organization(author) else "Person", "name": author}
            for author in reference.authors
        ],
        "publisher": {"@type": "Organization", "name": reference.source} if reference.source else None,
        "datePublished": _iso(reference.published),
        "dateModified": _iso(updated),
        "inLanguage": reference.language,
        "keywords": list(topics),
        "url": reference.url,
        "archivedAt": reference.permalink,
        "identifier": {"@type": "PropertyValue", "propertyID": "SHA-256", "value": reference.sha256},
    }
    if updates is not None:
        times = sorted((update.time for update in updates if update.time), key=lambda time: time.at)
        document |= {
            "coverageStartTime": _iso(times[0] if times else None),
            "coverageEndTime": _iso(times[-1] if times else None),
            "liveBlogUpdate": [
                _without_empty(
                    {
                        "@type": "BlogPosting",
                        "headline": update.headline,
                        "datePublished": _iso(update.time),
                        "url": update.permalink,
                    }
                )
                for update in updates
            ],
        }
    return _script_json(_without_empty(document))


def _iso(time: OutletTime | None) -> str:
    if time is None:
        return ""
    return utc_iso(time.at, timespec="seconds") if time.is_exact else time.day


def _without_empty(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}


# Characters that could end or open an element or a comment, and two line ends that older JavaScript does not allow.
_ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


def _script_json(value: object) -> SafeString:
    return mark_safe(json.dumps(value, ensure_ascii=False).translate(_ESCAPES))  # noqa: S308  # escaped here
