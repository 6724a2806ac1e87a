"""Marks the items whose id or address their own document gives to other stories too. Pure; used by `recording`.

A document may be too long to be in memory, so that it is read ahead only so far. Of stories that lie further apart,
the later is recognised while it is recorded (see `identity`). Knows nothing of the record.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from ..addresses import address_key, part_of, whole_key
from ..formats import lists_once
from ..items import ArticleItem, Item
from .stories import Story, are_different_stories, story_of

# How far a document is read ahead. Feeds and most files are shorter; items take several times their bytes.
_MAX_AHEAD_BYTES = 16 * 2**20
_MAX_AHEAD_ITEMS = 20_000

# What an item has in common with another: the kind and the value.
_Trait = tuple[str, ...]


def mark_shared(items: Iterable[Item]) -> Iterator[Item]:
    """Yields the items in order, with `shared` set and a note on each that its id or address does not identify.

    Reads each document ahead, up to a limit. Where reading fails, yields what was read before.
    """
    window = _Window()
    try:
        for item in items:
            if isinstance(item, ArticleItem) and window.is_of_another_document(item):
                yield from window.drain()
                window = _Window()
            window.add(item)
            yield from window.overflow()
    except Exception:
        yield from window.drain()
        raise
    yield from window.drain()


@dataclass
class _Group:
    """The items in the window with a trait in common: how many, the last, and whether it is not theirs alone."""

    count: int = 0
    last: Story | None = None
    is_shared: bool = False


@dataclass
class _Window:
    """The items of a document that were read and not yielded yet, with their traits."""

    waiting: deque[tuple[Item, dict[str, _Trait]]] = field(default_factory=deque)
    groups: dict[_Trait, _Group] = field(default_factory=dict)
    size_bytes: int = 0
    document: ArticleItem | None = None

    def is_of_another_document(self, item: ArticleItem) -> bool:
        first = self.document
        return first is not None and (first.document, first.reader) != (item.document, item.reader)

    def add(self, item: Item) -> None:
        traits: dict[str, _Trait] = {}
        if isinstance(item, ArticleItem):
            self.document = self.document or item
            self.size_bytes += len(item.raw)
            story = story_of(item)
            traits = _traits(item, story)
            for name, trait in traits.items():
                self._join(name, trait, story, listed_once=lists_once(item.reader))
        self.waiting.append((item, traits))

    def _join(self, name: str, trait: _Trait, story: Story, *, listed_once: bool) -> None:
        group = self.groups.setdefault(trait, _Group())
        group.count += 1
        if group.last and not group.is_shared:
            if name == "page":
                group.is_shared = story.link != group.last.link
            else:
                group.is_shared = are_different_stories(story, group.last, listed_once=listed_once)
        # Once the answer is known, no words are needed.
        group.last = None if group.is_shared else story

    def overflow(self) -> Iterator[Item]:
        """Yields the first items if more are waiting than may be in memory."""
        while self.size_bytes > _MAX_AHEAD_BYTES or len(self.waiting) > _MAX_AHEAD_ITEMS:
            yield self._next()

    def drain(self) -> Iterator[Item]:
        """Yields all items that are waiting."""
        while self.waiting:
            yield self._next()

    def _next(self) -> Item:
        item, traits = self.waiting.popleft()
        if not isinstance(item, ArticleItem):
            return item
        self.size_bytes -= len(item.raw)
        shared = frozenset(name for name, trait in traits.items() if self.groups[trait].is_shared)
        for trait in traits.values():
            self._leave(trait)
        if not shared:
            return item
        note = _note(item, shared)
        problems = (*item.problems, note) if note else item.problems
        return replace(item, shared=shared, problems=problems)

    def _leave(self, trait: _Trait) -> None:
        group = self.groups[trait]
        group.count -= 1
        if not group.count and not group.is_shared:
            del self.groups[trait]


def _traits(item: ArticleItem, story: Story) -> dict[str, _Trait]:
    """Returns what may identify an item, by kind."""
    published = story.published.at.isoformat() if story.published else ""
    traits: dict[str, _Trait] = {"title": ("title", item.source, story.headline, story.link, published)}
    if item.external_id:
        traits["id"] = ("id", item.source, item.external_id)
    if story.link:
        traits["address"] = ("address", story.link)
        traits["page"] = ("page", address_key(item.url))
    return traits


def _note(item: ArticleItem, shared: frozenset[str]) -> str:
    """Returns the note on an item that its id or its address does not identify; empty if the other one does."""
    if item.external_id and "id" not in shared:
        return ""
    whole, part = whole_key(item.url), part_of(item.url)
    names = [f"its id {item.external_id[:80]!r}"] if item.external_id else []
    if "address" in shared:
        names.append("its address")
    elif not item.external_id and "page" in shared and part:
        return f"its page is that of other stories of the same document too; recognised by the part {part[:80]!r}"
    if not names or shared <= {"title", "page"}:
        return ""
    by = "its address" if whole and "address" not in shared else "its headline and time"
    return f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'} not its own; recognised by {by}"
