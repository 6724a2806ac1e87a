"""Articles that name no source: which of them lie at the addresses of a source, and may get it.

Ingest gives the source to pages that come after its addresses were entered (`names.source_at`); these came before.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from ..hosts import nearest_host
from ..models import UNKNOWN_SOURCE, Article, ArticleVersion, Source, SourceHost
from .names import BY_ADDRESS


@dataclass(frozen=True)
class UnnamedPages:
    """The numbers of the articles that a source can be given to; and of those it cannot, by the reason."""

    ids: tuple[int, ...]
    refused: dict[str, tuple[int, ...]]


_CURATED = "a curator has set the source of the article"
_SAME_ID = "another article of the source has the same id of the outlet"


def articles_without_source() -> QuerySet[Article]:
    """Returns the articles of the unknown source, without those in the trash."""
    return Article.objects.filter(source__name=UNKNOWN_SOURCE, trashed=None)


def pages_of(source: Source) -> UnnamedPages:
    """Returns the articles that name no source and lie at an address of this one. Four queries.

    The address of a page is that which it states, or else those that it was received from; its source is that of the
    nearest host. An article whose source is known by another address counts, if an address of this one is nearer.
    """
    hosts = dict(SourceHost.objects.values_list("host", "source"))
    own = [host for host, pk in hosts.items() if pk == source.pk]
    if not own:
        return UnnamedPages((), {})
    versions = ArticleVersion.objects.filter(_under("capture__address_key", own), article=OuterRef("pk"))
    nameless = Article.objects.filter(Q(source__name=UNKNOWN_SOURCE) | ~Q(source_rule=""), trashed=None)
    found = nameless.exclude(source=source).filter(_under("url_key", own) | Exists(versions)).order_by("pk")
    rows = list(found.values_list("pk", "url_key", "external_id", "curated_fields"))
    received = ArticleVersion.objects.filter(article__in=found.values("pk")).exclude(capture__address_key="")
    keys: dict[int, list[str]] = {}
    for article, key in received.order_by("-capture__captured", "-pk").values_list("article", "capture__address_key"):
        keys.setdefault(article, []).append(key)
    used = set(source.articles.exclude(external_id="").values_list("external_id", flat=True))
    ids: list[int] = []
    refused: dict[str, list[int]] = {}
    for pk, url_key, external_id, curated in rows:
        nearest = next(filter(None, (nearest_host(key, hosts) for key in (url_key, *keys.get(pk, ())))), "")
        if hosts.get(nearest) != source.pk:
            continue
        if "source" in curated:
            refused.setdefault(_CURATED, []).append(pk)
        elif external_id and external_id in used:
            refused.setdefault(_SAME_ID, []).append(pk)
        else:
            ids.append(pk)
            used |= {external_id}
    return UnnamedPages(tuple(ids), {reason: tuple(of_reason) for reason, of_reason in refused.items()})


def _under(field: str, hosts: Iterable[str]) -> Q:
    """Returns a condition that every address under these hosts meets, and perhaps some others."""
    condition = Q()
    for host in hosts:
        condition |= Q(**{f"{field}__startswith": host}) | Q(**{f"{field}__contains": f".{host}"})
    return condition


def give_source(source: Source, ids: Iterable[int]) -> list[int]:
    """Gives articles a source as known by its address, as ingest would; returns those that got it.

    An article that has got another source meanwhile keeps it. Call it in the transaction of the operation.
    """
    wanted = set(ids) & set(pages_of(source).ids)
    Article.objects.filter(pk__in=wanted).update(source=source, source_rule=BY_ADDRESS)
    return sorted(wanted)
