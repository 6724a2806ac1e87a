"""Resolves which article an item is a capture of, and the place of the capture among the article's others.

The outlet's id decides, then the address, then likeness. Reads the record and writes nothing. Used by `recording`.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from .. import formats
from ..items import ArticleItem
from ..models import Article, ArticleVersion, Capture, Source
from .addresses import address_key

# An article without id and address is recognised by two of three: its file, its headline, the words of a section.
_MIN_SHARED_TRAITS = 2

# Any number of articles may have a headline like "Live": of those that share a trait only the newest are compared.
_MAX_CANDIDATES = 1000


@dataclass(frozen=True)
class ArticleCapture:
    """One capture of one article while it is recorded.

    The `article` is not saved yet; a new article has no number. If the capture arrives late, `next_capture` is the
    article's next capture by time; a late capture completes the history and leaves what is current. `follows_whole`
    says that the archive has already received the whole article, not only a part of it.
    """

    item: ArticleItem
    capture: Capture
    article: Article
    is_new: bool
    next_capture: Capture | None = None
    follows_whole: bool = False

    @property
    def is_latest(self) -> bool:
        return self.next_capture is None

    @property
    def is_excerpt(self) -> bool:
        """Whether this is a part of an article that was received whole: it takes no words or details away."""
        return self.item.partial and self.follows_whole

    @property
    def completes_summary(self) -> bool:
        """Whether the article is received whole for the first time, after parts of it."""
        return not (self.is_new or self.follows_whole or self.item.partial)


def resolve_article(
    item: ArticleItem, capture: Capture, source: Source, *, origin: str, captured: datetime
) -> ArticleCapture:
    """Returns the capture with its article: one of the record, or a new one.

    `origin` is the path or address of the file, `captured` the time at which it was captured.
    """
    url_key = address_key(item.url, item.external_id)
    article = find_article(item, source, url_key=url_key, origin=origin)
    if article is None:
        article = Article(source=source, headline=item.headline, external_id=item.external_id, url_key=url_key)
        return ArticleCapture(item, capture, article, is_new=True)
    article.url_key = article.url_key or url_key
    article.external_id = article.external_id or item.external_id
    return ArticleCapture(
        item,
        capture,
        article,
        is_new=False,
        next_capture=article.captures.filter(captured__gt=captured).order_by("captured", "id").first(),
        follows_whole=article.versions.filter(partial=False).exists(),
    )


def find_article(item: ArticleItem, source: Source, *, url_key: str, origin: str) -> Article | None:
    """Returns the article that the item is a capture of; None for a new one."""
    found = _find_by_id(item, source) or _find_by_address(item, url_key)
    if found or item.external_id or url_key:
        return found
    return _find_alike(item, origin)


def _find_by_id(item: ArticleItem, source: Source) -> Article | None:
    if not item.external_id:
        return None
    articles = Article.objects.order_by("id")
    found = articles.filter(source=source, external_id=item.external_id).first()
    # A curator may have given the article another source, and another format another id; its versions keep both as
    # received.
    return found or articles.filter(versions__external_id=item.external_id, versions__source_name=item.source).first()


def _find_by_address(item: ArticleItem, url_key: str) -> Article | None:
    if not url_key:
        return None
    # Two ids at one address: from one format, they are two articles, because feeds link many entries to a home page;
    # from two formats, they are one article, because a feed and a page each have ids of their own.
    others = ArticleVersion.objects.none()
    if item.external_id:
        same_format = Q()
        for beginning in formats.recorded_readers(item.reader):
            same_format |= Q(capture__reader__startswith=beginning)
        others = ArticleVersion.objects.filter(same_format, article__url_key=url_key)
        others = others.exclude(external_id__in=["", item.external_id])
    articles = Article.objects.filter(url_key=url_key).exclude(pk__in=others.values("article"))
    return articles.order_by("id").first()


def _find_alike(item: ArticleItem, origin: str) -> Article | None:
    """Returns the newest article without id and address that shares enough traits with the item."""
    nameless = Article.objects.filter(external_id="", url_key="")
    if item.source:
        nameless = nameless.filter(versions__source_name__in=["", item.source])
    hashes = [section.words_sha256 for section in item.sections]
    traits = {
        "file": nameless.filter(captures__origin=origin) if item.whole_stream else nameless.none(),
        "headline": nameless.filter(versions__headline=item.headline),
        "section": nameless.filter(sections__versions__words_sha256__in=hashes),
    }
    shared: Counter[int] = Counter()
    for articles in traits.values():
        shared.update(articles.order_by("-pk").values_list("pk", flat=True).distinct()[:_MAX_CANDIDATES])
    alike = [pk for pk, count in shared.items() if count >= _MIN_SHARED_TRAITS]
    return Article.objects.get(pk=max(alike)) if alike else None
