"""What the record has of the documents of a batch: a few queries for all, so that most documents ask none themselves.

Most documents that come in are new: the record has neither their bytes nor their id nor their address. `identity` asks
here first, and asks the record only where there may be something. Used by `recording`, within one transaction that
waited to write.
"""

from collections.abc import Iterable, Sequence

from django.db.models import Model

from ..addresses import address_key, whole_key
from ..batches import in_parts
from ..curation import Names
from ..items import ArticleItem, Hints
from ..models import Article, ArticleVersion, Capture, Source, WaitingRevisit


class Known:
    """The bytes, ids and addresses of a batch that the record may have; and the names of its sources and topics."""

    def __init__(self, documents: Sequence[tuple[ArticleItem, Hints]], *, has_records: bool) -> None:
        """Looks up the traits of items. Nine queries at most, one for each thing that some of the items have.

        `has_records` says that records or revisits of web archives end in the batch.
        """
        items = [item for item, _ in documents]
        self.names = Names(
            {item.source for item in items if item.source},
            {
                address
                for item, hints in documents
                if not item.source
                for address in (item.url, item.address, hints.url, address_key(item.address or hints.url))
            },
            {topic for item in items for topic in item.topics},
        )
        self._bytes: set[str] = _stored(Capture, "sha256", {item.sha256 for item in items})
        self._pages: set[str] = _stored(Article, "url_key", {key for item in items for key in _page_keys(item)})
        self._received_ids: set[tuple[str, str]] = set()
        self._own_ids: set[tuple[int, str]] = set()
        if ids := {item.external_id for item in items if item.external_id}:
            self._load_ids(ids, documents)
        self._may_have_waiting = has_records and WaitingRevisit.objects.exists()

    def _load_ids(self, ids: set[str], documents: Sequence[tuple[ArticleItem, Hints]]) -> None:
        found = (self.source_of(item, hints)[0] for item, hints in documents if item.external_id)
        sources = {source.pk for source in found if source}
        for some in in_parts(sorted(ids)):
            versions = ArticleVersion.objects.filter(external_id__in=some).order_by()
            self._received_ids.update(versions.values_list("source_name", "external_id").distinct())
            articles = Article.objects.filter(source__in=sources, external_id__in=some).order_by()
            self._own_ids.update(articles.values_list("source_id", "external_id"))

    def source_of(self, item: ArticleItem, hints: Hints) -> tuple[Source | None, bool]:
        """Returns the source of an item as far as there is one yet, and whether its address says it."""
        if not item.source and (found := self.names.source_at(item.url, item.address or hints.url)):
            return found, True
        return self.names.known_source(item.source), False

    def has_bytes(self, item: ArticleItem) -> bool:
        """Whether the record may have a capture of these bytes."""
        return item.sha256 in self._bytes

    def has_id(self, item: ArticleItem, source: Source | None) -> bool:
        """Whether the record may have an article of the source with the id of the item."""
        if not item.external_id:
            return False
        is_own = source is not None and (source.pk, item.external_id) in self._own_ids
        return is_own or (item.source, item.external_id) in self._received_ids

    def has_page(self, item: ArticleItem) -> bool:
        """Whether the record may have an article at the page of the item."""
        return not self._pages.isdisjoint(_page_keys(item))

    def has_nothing_of(self, item: ArticleItem, source: Source | None) -> bool:
        """Whether the item is of a new article, as surely as its bytes, its id and its address say it.

        What has neither id nor address, or is a message about another article, is known by more than that.
        """
        if item.is_notice or not (item.external_id or _page_keys(item)):
            return False
        return not (self.has_bytes(item) or self.has_id(item, source) or self.has_page(item))

    def forget_names(self) -> None:
        """Has each name looked up again: what was created may have been rolled back."""
        self.names = Names()

    @property
    def may_have_waiting(self) -> bool:
        """Whether revisits may wait for the record of a web archive."""
        return self._may_have_waiting

    def add_waiting(self) -> None:
        """Notes that a revisit waits."""
        self._may_have_waiting = True

    def add(self, item: ArticleItem) -> None:
        """Notes an item that is recorded, or is to be asked for in any case."""
        self._bytes.add(item.sha256)
        self._pages.update(_page_keys(item))
        self._received_ids.add((item.source, item.external_id))

    def add_article(self, article: Article) -> None:
        """Notes what an article has now that was changed or is new."""
        self._own_ids.add((article.source_id, article.external_id))
        self._pages.add(article.url_key)


def _page_keys(item: ArticleItem) -> set[str]:
    """Returns the keys of the addresses at which `claims.articles_at_page` looks for the article of an item."""
    keys = {address_key(item.url, item.external_id), address_key(item.url), whole_key(item.url)}
    return keys - {""}


def _stored(model: type[Model], column: str, values: Iterable[str]) -> set[str]:
    """Returns those of these values that a column has. A query for each 5,000."""
    found: set[str] = set()
    for some in in_parts(sorted(values)):
        rows = model._default_manager.filter(**{f"{column}__in": some}).order_by()
        found.update(rows.values_list(column, flat=True))
    return found
