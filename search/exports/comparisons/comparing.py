"""What differs between two listings of one question: sections that were added, changed or are gone, and why.

A section changes by what is its own: its version, what a curator set of it, and whether it is on its page or
withdrawn. What changes of its article, such as a headline that a curator edits, is reported once for the article. The
reasons come from whoever knows them: `listing_reasons` from two packages alone, `archive_reasons` from the record.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from ..listing import ARTICLE_VALUES, ListedArticle, ListedSection, Listing

Kind = Literal["added", "changed", "gone"]
Reasons = Mapping[int, tuple[str, ...]]

_STATE_REASONS = {
    "shown": "On its page again.",
    "gone": "No longer on its page.",
    "withdrawn": "Withdrawn by its outlet.",
}


@dataclass(frozen=True, slots=True)
class ChangedSection:
    """A section before and after; it has no `before` where it was added, and no `after` where it is gone."""

    before: ListedSection | None
    after: ListedSection | None
    reasons: tuple[str, ...] = ()

    @property
    def current(self) -> ListedSection:
        """The section as it is listed last."""
        section = self.after or self.before
        assert section is not None  # noqa: S101  # one of both is there
        return section


@dataclass(frozen=True, slots=True)
class ChangedArticle:
    """An article of which something changed that all of its sections share. `fields` are empty where not known.

    `sections` counts those of its sections that are listed after.
    """

    article: int
    fields: tuple[str, ...]
    sections: int
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """All that differs. `same` counts the sections that are as before; `reordered` says that they follow otherwise."""

    added: Sequence[ChangedSection]
    changed: Sequence[ChangedSection]
    gone: Sequence[ChangedSection]
    articles: Sequence[ChangedArticle]
    same: int
    reordered: bool

    @property
    def has_changes(self) -> bool:
        """Whether anything of the content differs; the order is none of it."""
        return bool(self.added or self.changed or self.gone or self.articles)


class ReasonSource(Protocol):
    """Knows why listings differ. Each method returns the reasons by number of the section or article."""

    def of_added(self, sections: Collection[ListedSection]) -> Reasons: ...

    def of_gone(self, sections: Collection[ListedSection]) -> Reasons: ...

    def of_versions(self, pairs: Collection[tuple[ListedSection, ListedSection]]) -> Reasons:
        """Returns why sections have another version."""

    def of_entries(self, pairs: Collection[tuple[ListedSection, ListedSection]]) -> Reasons:
        """Returns which sections differ by what is their own, though their version is the same."""

    def of_articles(self, articles: Collection[ChangedArticle]) -> Reasons:
        """Returns why articles differ; of one without fields that does not differ after all, nothing."""


def compare(before: Listing, after: Listing, source: ReasonSource) -> Comparison:
    """Returns what differs between two listings."""
    old, new = _present(before), _present(after)
    added = [section for number, section in new.items() if number not in old]
    gone = [section for number, section in old.items() if number not in new]
    common = [number for number in old if number in new]
    # Listings share what is the same: of most sections there is no pair.
    pairs = [(old[number], new[number]) for number in common if old[number] is not new[number]]
    versions = source.of_versions([(first, last) for first, last in pairs if first.version != last.version])
    touched = [(first, last) for first, last in pairs if first.changed != last.changed]
    entries = source.of_entries([(first, last) for first, last in touched if first.version == last.version])
    changed = []
    for first, last in pairs:
        reasons = versions.get(last.section, ()) or entries.get(last.section, ())
        if first.state != last.state:
            reasons = (*reasons, _STATE_REASONS[last.state])
        if reasons or first.version != last.version:
            changed.append(ChangedSection(first, last, reasons))
    articles = _changed_articles(before, after, pairs, {section.current.section for section in changed})
    why_added, why_gone, why_articles = source.of_added(added), source.of_gone(gone), source.of_articles(articles)
    return Comparison(
        [ChangedSection(None, section, why_added.get(section.section, ())) for section in added],
        changed,
        [ChangedSection(section, None, why_gone.get(section.section, ())) for section in gone],
        [
            _with_reasons(article, why_articles)
            for article in articles
            if article.fields or article.article in why_articles
        ],
        same=len(common) - len(changed),
        reordered=common != [number for number in new if number in old],
    )


def _present(listing: Listing) -> Mapping[int, ListedSection]:
    if all(section.state != "missing" for section in listing.sections.values()):
        return listing.sections
    return {number: section for number, section in listing.sections.items() if section.state != "missing"}


def _changed_articles(
    before: Listing,
    after: Listing,
    pairs: Iterable[tuple[ListedSection, ListedSection]],
    changed: Collection[int],
) -> list[ChangedArticle]:
    """Returns the articles whose values differ; where they are not listed, those that the archive changed."""
    counts = Counter(section.article for section in after.sections.values())
    if before.has_all_values and after.has_all_values:
        found = ((number, before.articles.get(number), article) for number, article in after.articles.items())
        fields = {number: _differing(old, article) for number, old, article in found if old}
        return [ChangedArticle(number, names, counts[number]) for number, names in fields.items() if names]
    touched: defaultdict[int, int] = defaultdict(int)
    for first, last in pairs:
        if first.changed != last.changed and last.section not in changed:
            touched[last.article] += 1
    return [ChangedArticle(number, (), count) for number, count in touched.items()]


def _differing(before: ListedArticle, after: ListedArticle) -> tuple[str, ...]:
    if not before.values or not after.values:
        return ()
    return tuple(name for name in ARTICLE_VALUES if before.values.get(name) != after.values.get(name))


def _with_reasons(article: ChangedArticle, reasons: Reasons) -> ChangedArticle:
    return ChangedArticle(article.article, article.fields, article.sections, reasons.get(article.article, ()))
