"""Why two packages differ, as far as the packages themselves say. Pure; no archive."""

from collections.abc import Collection
from dataclasses import dataclass

from ..listing import ListedSection, Listing
from .comparing import ChangedArticle, Reasons


@dataclass(frozen=True)
class ListingReasons:
    """The reasons that two listings with values of their articles have in them."""

    before: Listing
    after: Listing

    def of_added(self, sections: Collection[ListedSection]) -> Reasons:
        return {section.section: (self._of_added(section),) for section in sections}

    def of_gone(self, sections: Collection[ListedSection]) -> Reasons:
        return {section.section: (self._of_gone(section),) for section in sections}

    def of_versions(self, pairs: Collection[tuple[ListedSection, ListedSection]]) -> Reasons:
        return {new.section: (_of_version(old, new),) for old, new in pairs}

    def of_entries(self, pairs: Collection[tuple[ListedSection, ListedSection]]) -> Reasons:
        # Listings know when a section was changed, and not what of it.
        return {}

    def of_articles(self, articles: Collection[ChangedArticle]) -> Reasons:
        return {article.article: tuple(self._of_article(article)) for article in articles}

    def _of_added(self, section: ListedSection) -> str:
        if section.changed is None or section.changed <= self.before.made:
            return "It matches now, or is shown again."
        return "New in the archive." if section.version == 1 else "Changed in the archive; it matches now."

    def _of_gone(self, section: ListedSection) -> str:
        article = self.after.articles.get(section.article)
        if article and article.state == "withdrawn":
            return "Withdrawn by its outlet."
        if section.section in self.after.sections or (article and article.state == "missing"):
            return "Not shown any more, or no longer in the result."
        return "It no longer matches, or is not shown any more."

    def _of_article(self, article: ChangedArticle) -> list[str]:
        listed = [self.before.articles[article.article], self.after.articles[article.article]]
        by_curators = {name for known in listed for name in known.curated}
        edited = [name for name in article.fields if name in by_curators]
        received = [name for name in article.fields if name not in by_curators]
        reasons = {"Edited by a curator": edited, "New capture, or a source or topic was edited": received}
        return [f"{reason}: {', '.join(fields)}." for reason, fields in reasons.items() if fields]


def _of_version(old: ListedSection, new: ListedSection) -> str:
    differs = "words" if old.words_sha256 != new.words_sha256 else "byline, time or note"
    return f"New capture: {differs} (version {old.version}, now {new.version})."
