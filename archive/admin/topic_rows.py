"""The tree of topics as HTML: lists in lists, folded by `details`. For `archive.admin.topics` only.

Written here because a template takes several times as long for a thousand topics.
"""

from html import escape

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from ..topic_tree import TopicCounts, TopicTree

# A page has so many topics at most; deeper ones are on the pages of their broader topics.
MAX_TOPICS_ON_PAGE = 2000
# What is under a topic is unfolded where it has few; so is a tree that is small as a whole.
_MAX_UNFOLDED = 30


def write_tree(tree: TopicTree, counts: TopicCounts, *, root: int | None, may_change: bool) -> SafeString:
    """Writes the topics under one, or all, with their counts. O(topics)."""
    return mark_safe(_TreeWriter(tree, counts, root, may_change).write())  # noqa: S308


class _TreeWriter:
    def __init__(self, tree: TopicTree, counts: TopicCounts, root: int | None, may_change: bool) -> None:
        self._tree, self._counts, self._root, self._may_change = tree, counts, root, may_change
        self._change = reverse("admin:archive_topic_change", args=[0]).split("0")
        self._list = reverse("admin:archive_article_changelist")
        self._page = reverse("admin:archive_topic_tree")
        self._move = reverse("admin:archive_topic_move")
        self._max_level, shown = self._find_depth()
        self._unfolded = shown <= _MAX_UNFOLDED

    def _find_depth(self) -> tuple[int, int]:
        """Returns how many levels fit on the page, at least one, and the number of topics on them."""
        level, shown, depth = list(self._tree.narrower.get(self._root, ())), 0, 0
        while level and (not depth or shown + len(level) <= MAX_TOPICS_ON_PAGE):
            shown, depth = shown + len(level), depth + 1
            level = [under for pk in level for under in self._tree.narrower.get(pk, ())]
        return depth, shown

    def write(self) -> str:
        topics = self._tree.narrower.get(self._root, ())
        if not topics:
            return ""
        head = '<div class="topic topic-head"><span>Topic</span><span>With narrower</span><span>Alone</span></div>'
        return f'{head}<ul class="topic-tree">{"".join(self._item(pk, 1) for pk in topics)}</ul>'

    def _item(self, pk: int, level: int) -> str:
        narrower = self._tree.narrower.get(pk, ())
        row = self._row(pk)
        if not narrower:
            return f"<li>{row}</li>"
        if level >= self._max_level:
            total = sum(1 for _ in self._tree.under(pk)) - 1
            return f'<li>{row}<a class="more" href="{self._page}?under={pk}">{total:,} under it</a></li>'
        items = "".join(self._item(under, level + 1) for under in narrower)
        is_open = " open" if self._unfolded else ""
        # Beside the row: a screen reader does not reach links within a summary.
        label = f'<span class="visually-hidden">Narrower topics of {escape(self._tree.names[pk])}</span>'
        return f"<li>{row}<details{is_open}><summary>{label}</summary><ul>{items}</ul></details></li>"

    def _row(self, pk: int) -> str:
        name = escape(self._tree.names[pk])
        filed, together = self._counts.filed.get(pk, 0), self._counts.with_narrower.get(pk, 0)
        numbers = self._number(pk, together, "under", "with narrower topics") if together else ""
        if filed != together:
            numbers += (
                self._number(pk, filed, "filed", "filed under it alone")
                if filed
                else '<span class="alone">0<span class="visually-hidden"> filed under it alone</span></span>'
            )
        move = (
            f'<a class="move" href="{self._move}?topic={pk}">Move<span class="visually-hidden"> {name}</span></a>'
            if self._may_change
            else ""
        )
        link = f'<a class="name" href="{self._change[0]}{pk}{self._change[1]}"><bdi>{name}</bdi></a>'
        return f'<div class="topic">{link}{numbers}{move}</div>'

    def _number(self, pk: int, count: int, parameter: str, what: str) -> str:
        css = "together" if parameter == "under" else "alone"
        articles = "article" if count == 1 else "articles"
        return (
            f'<a class="{css}" href="{self._list}?{parameter}={pk}">{count:,}'
            f'<span class="visually-hidden"> {articles} {what}</span></a>'
        )
