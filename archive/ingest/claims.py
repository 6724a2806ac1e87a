"""Which articles of the record an identity names, and which story each of them shows. Used by `identity`.

The record itself says whether an identity is shared: its versions keep the id and the address of each capture as
received, so an identity that names several articles in one format is none. Writes nothing.
"""

from collections.abc import Collection, Iterable, Sequence

from django.db.models import OuterRef, Q, QuerySet, Subquery

from .. import formats
from ..addresses import address_key, part_of, whole_key
from ..items import ArticleItem
from ..models import Article, ArticleVersion, Placement, Section, Source
from .stories import Story, stated_time, telling_ids

# Any number of articles may claim one identity, such as the address of a site: only the newest are compared.
_MAX_COMPARED = 200


def same_format(item: ArticleItem, path: str = "capture__reader") -> Q:
    """Returns the condition that a version was read by a reader of the item's format; `path` leads to the reader."""
    condition = Q()
    for beginning in formats.recorded_readers(item.reader):
        condition |= Q(**{f"{path}__startswith": beginning})
    return condition


def articles_with_id(item: ArticleItem, source: Source) -> list[int]:
    """Returns the articles of the source with the id of the item, the newest first."""
    if not item.external_id:
        return []
    own = Article.objects.filter(source=source, external_id=item.external_id).values_list("pk", flat=True)
    # A curator may have given the article another source, and another format another id; its versions keep both as
    # received.
    received = ArticleVersion.objects.filter(external_id=item.external_id, source_name=item.source)
    articles = received.order_by("-article_id").values_list("article", flat=True).distinct()
    return sorted({*own, *articles[:_MAX_COMPARED]}, reverse=True)


def articles_with_id_anywhere(item: ArticleItem) -> list[int]:
    """Returns the articles of any source with the id of the item, the newest first."""
    received = ArticleVersion.objects.filter(external_id=item.external_id)
    return list(received.order_by("-article_id").values_list("article", flat=True).distinct()[:_MAX_COMPARED])


def articles_at_page(item: ArticleItem, url_key: str, *, has_id: bool) -> QuerySet[Article]:
    """Returns the articles at the page of the item, any part of it. `has_id` says that the id of the item decides.

    Two ids at one address: from one format, they are two articles, because feeds link many entries to a home page;
    from two formats, they are one article, because a feed and a page each have ids of their own.
    """
    if not url_key:
        return Article.objects.none()
    articles = Article.objects.filter(url_key__in={url_key, address_key(item.url), whole_key(item.url)})
    if not has_id:
        return articles
    others = ArticleVersion.objects.filter(same_format(item), article__in=articles.values("pk"))
    return articles.exclude(pk__in=others.exclude(external_id__in=["", item.external_id]).values("article"))


def whole_address(articles: QuerySet[Article], item: ArticleItem) -> list[int]:
    """Returns those of the articles at a page that had the whole address of the item, the newest first."""
    part = part_of(item.url)
    versions = ArticleVersion.objects.filter(article__in=articles.values("pk"))
    parted = versions.filter(url__contains="#")
    found = set(_newest(parted.filter(url__endswith=f"#{part}") if part else versions.exclude(url__contains="#")))
    # Fragments that name no part: the address is that of the page.
    urls = parted.order_by("-pk").values_list("article", "url")[:_MAX_COMPARED]
    found |= {article for article, url in urls if part_of(url) == part}
    return sorted(found, reverse=True)


def _newest(versions: QuerySet[ArticleVersion]) -> Iterable[int]:
    return versions.order_by("-article_id").values_list("article", flat=True).distinct()[:_MAX_COMPARED]


def in_same_format(articles: Collection[int], item: ArticleItem) -> list[int]:
    """Returns those of the articles that were received in the format of the item."""
    if not articles:
        return []
    versions = ArticleVersion.objects.filter(same_format(item), article__in=articles)
    return list(versions.order_by("article_id").values_list("article", flat=True).distinct())


def shown_stories(articles: Collection[int], item: ArticleItem) -> list[tuple[ArticleVersion, Story]]:
    """Returns the latest version of each article with its story: in the format of the item where there is one.

    Three queries.
    """
    versions = _latest_first().filter(article=OuterRef("pk"))
    latest = Article.objects.filter(pk__in=articles).annotate(
        in_format=Subquery(versions.filter(same_format(item)).values("pk")[:1]),
        in_any=Subquery(versions.values("pk")[:1]),
    )
    chosen = [in_format or in_any for in_format, in_any in latest.values_list("in_format", "in_any")]
    shown = list(ArticleVersion.objects.filter(pk__in=chosen).select_related("capture"))
    stories = stories_of(shown)
    return [(version, stories[version.pk]) for version in shown]


def shown_version(article: int, item: ArticleItem) -> ArticleVersion | None:
    """Returns the latest version of an article, in the format of the item where there is one. One query, or two."""
    versions = _latest_first().filter(article=article).select_related("capture")
    return versions.filter(same_format(item)).first() or versions.first()


def _latest_first() -> QuerySet[ArticleVersion]:
    return ArticleVersion.objects.order_by("-capture__captured", "-id")


def is_from_document_of(version: ArticleVersion, item: ArticleItem, *, origin: str, run_id: int) -> bool:
    """Whether a version was received from the document of the item, in this run."""
    capture = version.capture
    if (capture.run_id, capture.origin) != (run_id, origin) or capture.locator == item.locator:
        return False
    return not item.document or capture.locator.startswith(item.document + ": ")


def story_of_version(version: ArticleVersion) -> Story:
    """Returns the story of a version. One query."""
    return stories_of([version])[version.pk]


def stories_of(versions: Sequence[ArticleVersion]) -> dict[int, Story]:
    """Returns version -> its story. One query."""
    lines: dict[int, list[str]] = {version.pk: [] for version in versions}
    keys: dict[int, list[str]] = {version.pk: [] for version in versions}
    placements = Placement.objects.filter(article_version__in=list(lines)).select_related("version", "section")
    for placement in placements.order_by("article_version_id", "position"):
        words = placement.version or placement
        lines[placement.article_version_id] += (words.heading, words.text)
        if placement.section:
            keys[placement.article_version_id].append(placement.section.key)
    return {version.pk: _story(version, lines[version.pk], keys[version.pk]) for version in versions}


def _story(version: ArticleVersion, lines: Iterable[str], keys: Iterable[str]) -> Story:
    published = version.published
    return Story(
        title=version.headline,
        lines=tuple(lines),
        external_id=version.external_id,
        link=whole_key(version.url),
        published=stated_time(published, version.published_precision, version.published_rule) if published else None,
        updated=version.updated,
        section_ids=telling_ids(keys),
    )


def articles_to_compare(articles: QuerySet[Article], item: ArticleItem) -> list[int]:
    """Returns the newest of the articles, and those that have had the headline or the words of the item."""
    hashes = [section.words_sha256 for section in item.sections]
    sections = Section.objects.filter(versions__words_sha256__in=hashes, article__in=articles.values("pk"))
    versions = ArticleVersion.objects.filter(article__in=articles.values("pk"))
    found = {
        *articles.order_by("-pk").values_list("pk", flat=True)[:_MAX_COMPARED],
        *sections.order_by("-article_id").values_list("article", flat=True)[:_MAX_COMPARED],
        *_newest(versions.filter(headline=item.headline)),
    }
    return sorted(found, reverse=True)
