"""From which addresses the articles of the record were received, and what an address names.

An article has the address that it states, those that its versions stated, and those that its captures came from.
Search indexes them, the admin looks them up.
"""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils import timezone

from .addresses import address_key, is_address, whole_key
from .models import Article, Capture, shown_versions


def load_address_keys(articles: Iterable[Article]) -> dict[int, set[str]]:
    """Returns the keys of the addresses of articles, by article, of what every reader may see. Two queries."""
    keys: defaultdict[int, set[str]] = defaultdict(set)
    for article in articles:
        keys[article.pk].add(address_key(article.url))
    versions = shown_versions(timezone.now()).filter(article__in=list(keys)).order_by()
    by_capture = defaultdict(set)
    for article_id, url, external_id, capture, key in versions.values_list(
        "article", "url", "external_id", "capture", "capture__address_key"
    ):
        keys[article_id] |= {address_key(url, external_id), key}
        by_capture[capture].add(article_id)
    repeats = Capture.objects.filter(repeats__in=versions.values("capture")).exclude(address_key="").order_by()
    for repeated, key in repeats.values_list("repeats", "address_key").distinct():
        for article_id in by_capture[repeated or 0]:
            keys[article_id].add(key)
    return {article: of_article - {""} for article, of_article in keys.items()}


def keys_of(text: str) -> set[str]:
    """Returns the keys by which the record may know an address; none for a text that is no address."""
    address = text.strip()
    if not is_address(address):
        return set()
    url = address if "://" in address else f"https://{address}"
    return {address_key(url), whole_key(url)}


def articles_at(keys: Iterable[str]) -> QuerySet[Article]:
    """Returns the articles that have stated one of these addresses first, or have a capture from there.

    For users who see everything: what is withheld is among them.
    """
    return Article.objects.filter(Q(url_key__in=keys) | Q(captures__address_key__in=keys))
