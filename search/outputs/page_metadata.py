"""What a page says of itself to other tools: tags that reference managers read, and schema.org for machines. No ORM.

Highwire's `citation_*` tags and Dublin Core are what Zotero and Google Scholar read. The outlet's words are the
outlet's: schema.org describes the article as published, and `archivedAt` says where it is kept.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from .citations import Reference, date_parts, iso_date

Tag = tuple[str, str]


@dataclass(frozen=True)
class Update:
    """One entry of a live page, for schema.org."""

    headline: str
    permalink: str
    published: datetime | None
    precision: str


def head_tags(reference: Reference, topics: Iterable[str] = ()) -> list[Tag]:
    """Returns the names and contents of the meta tags of a page on which this is read. O(topics)."""
    published, precision = reference.published, reference.precision
    slashed = "/".join(f"{part:02d}" for part in date_parts(published, precision)) if published else ""
    dashed = iso_date(published, precision) if published else ""
    tags = [
        ("citation_title", reference.title),
        *(("citation_author", author) for author in reference.authors),
        ("citation_publication_date", slashed),
        ("citation_journal_title", reference.source),
        ("citation_publisher", reference.source),
        ("citation_language", reference.language),
        ("citation_public_url", reference.permalink),
        *(("citation_keywords", topic) for topic in topics),
        ("DC.type", "Text"),
        ("DC.title", reference.title),
        *(("DC.creator", author) for author in reference.authors),
        ("DC.date", dashed),
        ("DC.publisher", reference.source),
        ("DC.language", reference.language),
        ("DC.identifier", reference.permalink),
        ("DC.source", reference.url),
        ("DC.isPartOf", reference.container),
        # Without it Zotero takes what has these tags for an article of a journal.
        ("z:itemType", "newspaperArticle"),
    ]
    return [(name, content) for name, content in tags if content]


def schema_org(
    reference: Reference,
    *,
    standfirst: str = "",
    updated: datetime | None = None,
    topics: Sequence[str] = (),
    updates: Sequence[Update] | None = None,
) -> SafeString:
    """Returns the JSON-LD of an article, of a live page where `updates` are given; safe within a script element."""
    described: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle" if updates is None else "LiveBlogPosting",
        "headline": reference.title,
        "description": standfirst,
        "author": [{"@type": "Person", "name": author} for author in reference.authors],
        "publisher": {"@type": "Organization", "name": reference.source} if reference.source else None,
        "datePublished": _iso(reference.published, reference.precision),
        "dateModified": _iso(updated, "second"),
        "inLanguage": reference.language,
        "keywords": list(topics),
        "url": reference.url,
        "archivedAt": reference.permalink,
        "identifier": {"@type": "PropertyValue", "propertyID": "SHA-256", "value": reference.sha256},
    }
    if updates is not None:
        times = [update.published for update in updates if update.published]
        described |= {
            "coverageStartTime": _iso(min(times, default=None), "second"),
            "coverageEndTime": _iso(max(times, default=None), "second"),
            "liveBlogUpdate": [
                _filled(
                    {
                        "@type": "BlogPosting",
                        "headline": update.headline,
                        "datePublished": _iso(update.published, update.precision),
                        "url": update.permalink,
                    }
                )
                for update in updates
            ],
        }
    return _script_json(_filled(described))


def _iso(moment: datetime | None, precision: str) -> str:
    if moment is None:
        return ""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}" if precision in ("minute", "second") else iso_date(moment, precision)


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}


# What could end or open an element or a comment, and the two line ends that JSON allows and JavaScript did not.
_ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


def _script_json(value: object) -> SafeString:
    return mark_safe(json.dumps(value, ensure_ascii=False).translate(_ESCAPES))  # noqa: S308  # escaped just here
