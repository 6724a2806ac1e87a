"""When a capture changes what the archive shows of a section: `Section.changed`, by which feeds are ordered.

It is the archive's own clock: a page of 2003 that is taken in today is new today. A section changes with its version,
with being gone, withdrawn or back; that of an ordinary article also with the values of the article, such as its
headline. The sections of a live page do not: each new headline of the page would make all of its old entries new. What
curators change is in `curation.edits`. Used by `recording`.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from ..models import Article, Section, mark_changed

# What is shown of a section beside its version.
_STATE = ("current_id", "gone_id", "withdrawn")


@contextmanager
def marking_changes(article: Article) -> Iterator[None]:
    """Marks the sections of an article that the block changes. Three queries; none for a new article.

    New sections are marked where they are created.
    """
    if article.pk is None:
        yield
        return
    before = _states(article)
    yield
    after = _states(article)
    changed = [pk for pk, state in after.items() if pk in before and state != before[pk]]
    if changed:
        mark_changed(Section.objects.filter(pk__in=changed))


def mark_all_changed(article: Article) -> None:
    """Marks the sections of an article whose own values changed, unless it is a live page. One query."""
    if article.kind != Article.Kind.LIVE:
        mark_changed(article.sections.all())


def _states(article: Article) -> dict[int, tuple[object, ...]]:
    return {pk: state for pk, *state in article.sections.values_list("pk", *_STATE)}
