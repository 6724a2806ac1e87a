"""Resolves which article an item is a capture of, and the place of the capture among the article's others.

The outlet's id decides, then the address, then likeness. An id or address that is known to name several stories
decides nothing: the item belongs to the article that shows the same story, else to a new article. Reads the record
and writes nothing. Used by `recording`.
"""

from collections import Counter
from dataclasses import dataclass

from .. import formats
from ..addresses import address_key, is_site, whole_key
from ..history import History
from ..items import ArticleItem
from ..models import Article, ArticleVersion, Capture, Source
from . import claims
from .known import Known
from .stories import Likeness, are_different_stories, compare, story_of

# An article without id and address is recognised by two of three: its file, its headline, the words of a section.
_MIN_SHARED_TRAITS = 2

# Any number of articles may have a headline like "Live": of those that share a trait only the newest are compared.
_MAX_CANDIDATES = 1000


@dataclass(frozen=True)
class ArticleCapture:
    """One capture of one article while it is recorded.

    The `article` is not saved yet; a new article has no number. `history` has its other captures. If the capture
    arrives late, `following` is the article's next capture by time; a late capture completes the history first.
    """

    item: ArticleItem
    capture: Capture
    article: Article
    is_new: bool
    history: History
    following: int | None = None

    @property
    def is_latest(self) -> bool:
        return self.following is None

    @property
    def is_excerpt(self) -> bool:
        """Whether this is a part of an article that was received whole: it takes no words or details away."""
        return self.item.partial and self.history.has_whole

    @property
    def replaces_summary(self) -> bool:
        """Whether only summaries of the article were received before, and this is the whole or another summary."""
        is_summary = self.item.partial and len(self.item.sections) == 1
        return not (self.is_new or self.history.has_whole) and (is_summary or not self.item.partial)


def find_by_bytes(item: ArticleItem, known: Known | None = None) -> int | None:
    """Returns the number of the article that has these bytes already, from the same address and source.

    An address or a source that is not known on either side makes no difference. Bytes that name neither may be
    received from several addresses, and are captures of several articles then. An article does not count if it has
    passed on to another story since (see `_find_passed_on`). No query where `known` has no such bytes.
    """
    if known and not known.has_bytes(item):
        return None
    key = address_key(item.url, item.external_id)
    versions = ArticleVersion.objects.filter(capture__sha256=item.sha256).order_by("id")
    rows = list(versions.values_list("article", "url", "external_id", "source_name"))
    passed_on = _find_passed_on(item) if rows else []
    alike = [
        (article, url, source)
        for article, url, external_id, source in rows
        if article not in passed_on and _agree(key, address_key(url, external_id)) and _agree(item.source, source)
    ]
    exact = [row for row in alike if row[1:] == (item.url, item.source)]
    return next((article for article, *_ in (*exact, *alike)), None)


def _agree(name: str, other: str) -> bool:
    return not name or not other or name.casefold() == other.casefold()


def find_article(
    item: ArticleItem, source: Source, *, url_key: str, origin: str, run_id: int, known: Known
) -> Article | None:
    """Returns the article that the item is a capture of; None for a new one. `run_id` is that of the run.

    No query where `known` has nothing of the item.
    """
    if known.has_nothing_of(item, source):
        return None
    if item.is_notice:
        return _find_by_id_alone(item, source)
    if not (item.external_id or url_key):
        return _find_alike(item, origin)
    passed_on = set(_find_passed_on(item))
    by_id = [pk for pk in claims.articles_with_id(item, source) if pk not in passed_on]
    named = _decide("id", item, by_id)
    if named.article and not _is_contradicted(item, named.article, origin, run_id):
        return Article.objects.get(pk=named.article)
    has_id = bool(item.external_id) and not named.is_shared and not by_id
    page = claims.articles_at_page(item, url_key, has_id=has_id).exclude(pk__in=passed_on)
    if not by_id and not page.exists():
        return None
    placed = _decide("address", item, claims.whole_address(page, item))
    if placed.article and has_id and _is_shared_address(item, url_key):
        # Of the articles at the address, this is only the one without an id.
        placed = _Decision(is_shared=True)
    if placed.article and not _is_contradicted(item, placed.article, origin, run_id):
        return Article.objects.get(pk=placed.article)
    candidates = Article.objects.filter(pk__in=by_id) | page
    return _find_same_story(item, claims.articles_to_compare(candidates, item), origin, run_id)


def _find_by_id_alone(item: ArticleItem, source: Source) -> Article | None:
    """Returns the article that a message about its status names. Many such messages name no source."""
    found = claims.articles_with_id(item, source)
    if not found and not item.source:
        found = claims.articles_with_id_anywhere(item)
    return Article.objects.get(pk=found[0]) if len(found) == 1 else None


@dataclass(frozen=True)
class _Decision:
    """What an id or an address says: the article that it names, or that it names several stories."""

    article: int | None = None
    is_shared: bool = False


def _decide(identity: str, item: ArticleItem, articles: list[int]) -> _Decision:
    """Returns what an identity of the item says that these articles have: in the format of the item, else in any."""
    if identity in item.shared:
        return _Decision(is_shared=True)
    if identity == "address" and formats.lists_once(item.reader) and is_site(address_key(item.url)):
        return _Decision(is_shared=True)
    in_format = claims.in_same_format(articles, item)
    found = in_format or articles
    return _Decision(found[0] if len(found) == 1 else None, is_shared=len(in_format) > 1)


def _is_shared_address(item: ArticleItem, url_key: str) -> bool:
    """Whether several articles in the format of the item have its address, whatever their ids."""
    at_address = claims.whole_address(claims.articles_at_page(item, url_key, has_id=False), item)
    return len(claims.in_same_format(at_address, item)) > 1


def _is_contradicted(item: ArticleItem, article: int, origin: str, run_id: int) -> bool:
    """Whether the article shows another story than the item, which has its id or address.

    An identity counts for more than words: they may all have been edited. They decide if the article was received from
    the same document in this run, if the document gives the id or the address of the item to other stories too, and
    if an entry of a feed has another address and another time as well.
    """
    if item.locator == item.document:
        return False  # it is a document of its own
    shown = claims.shown_version(article, item)
    if not shown:
        return False
    listed_once = formats.lists_once(item.reader)
    if claims.is_from_document_of(shown, item, origin=origin, run_id=run_id):
        return are_different_stories(story_of(item), claims.story_of_version(shown), listed_once=listed_once)
    link, shown_link = whole_key(item.url), whole_key(shown.url)
    if not (link and shown_link and link != shown_link):
        return False
    if item.shared & {"id", "address"}:
        return compare(story_of(item), claims.story_of_version(shown)) < Likeness.VERSION
    if not (listed_once and item.published and shown.published and item.published.at != shown.published):
        return False
    return compare(story_of(item), claims.story_of_version(shown)) is Likeness.DIFFERENT


def _find_same_story(item: ArticleItem, articles: list[int], origin: str, run_id: int) -> Article | None:
    """Returns the article that shows the story of the item, though the identities of the item are shared."""
    story, listed_once = story_of(item), formats.lists_once(item.reader)
    scored = [
        (compare(story, shown), version.article_id)
        for version, shown in claims.shown_stories(articles, item)
        if not claims.is_from_document_of(version, item, origin=origin, run_id=run_id)
        or not are_different_stories(story, shown, listed_once=listed_once)
    ]
    best = max(scored, default=(Likeness.DIFFERENT, 0))
    if best[0] is Likeness.SAME:
        return Article.objects.get(pk=best[1])
    # Less than that convinces only if a single article has it: a headline such as "Live" is that of many stories.
    least = Likeness.TITLED if listed_once else Likeness.VERSION
    likely = [pk for likeness, pk in scored if likeness >= least]
    if len(likely) == 1 and not (listed_once and "title" in item.shared):
        return Article.objects.get(pk=likely[0])
    return None


def own_id(item: ArticleItem, source: Source, article: Article, known: Known) -> str:
    """Returns the id of the item if no other article has it; else an empty text. No query for an unknown id."""
    if not item.external_id or "id" in item.shared:
        return ""
    if known.has_id(item, source) and set(claims.articles_with_id(item, source)) - {article.pk}:
        return ""
    return item.external_id


def notes_on_id(item: ArticleItem, article: Article) -> tuple[str, ...]:
    """Returns a note if the id of the item is not its article's own, unless its document shows that already."""
    if not item.external_id or article.external_id or "id" in item.shared:
        return ()
    return (f"its id {item.external_id[:80]!r} is that of another article too; recognised by what else is known",)


def _find_passed_on(item: ArticleItem) -> list[int]:
    """Returns the articles that have the bytes of the item, and have received another story with its identity since.

    Before it was known that the identity is shared, the archive took each story for a version of the one before. Such
    an article keeps its captures and shows its last story; the others become articles of their own when they come
    again. Most items run no query.
    """
    if not item.shared & ({"id"} if item.external_id else {"address", "page"}):
        return []
    story, listed_once = story_of(item), formats.lists_once(item.reader)
    passed_on = []
    received = ArticleVersion.objects.filter(capture__sha256=item.sha256).select_related("capture")
    for version in received.order_by("article_id", "-capture__captured", "-pk"):
        versions = ArticleVersion.objects.filter(claims.same_format(item), article=version.article_id)
        ordered = list(versions.order_by("capture__captured", "pk").values_list("pk", flat=True))
        if version.pk not in ordered or version.pk == ordered[-1]:
            continue
        following = [ordered[ordered.index(version.pk) + 1], ordered[-1]]
        shown = claims.stories_of(list(ArticleVersion.objects.filter(pk__in=following)))
        if "address" not in item.shared and story.link and story.link == shown[following[-1]].link:
            continue
        if all(are_different_stories(story, shown[pk], listed_once=listed_once) for pk in following):
            passed_on.append(version.article_id)
    return passed_on


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
