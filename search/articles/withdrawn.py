"""What readers see of what the archive has withdrawn: the tombstone of an article or section, the register.

A headline or heading is shown where each withdrawal in force allows it, and where nothing else hides it. No HTML.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from django.db.models import BigIntegerField

from archive.curation import find_kin
from archive.models import Article, DeletedNumber, Section, Withdrawal, has_usable_words, in_force


@dataclass(frozen=True)
class Tombstone:
    """An article or section that the archive has withdrawn or deleted: the withdrawals in force, the latest first.

    `headline` and `heading` are empty where readers may not see them, and where there are none.
    """

    withdrawals: tuple[Withdrawal, ...]
    noun: str
    headline: str = ""
    heading: str = ""
    article: Article | None = None
    deleted: datetime | None = None

    @property
    def status(self) -> HTTPStatus:
        """Unavailable for legal reasons (RFC 7725) if one of the withdrawals has such reasons, else gone."""
        by_law = any(row.by_law for row in self.withdrawals)
        return HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS if by_law else HTTPStatus.GONE


def find_withdrawals(section_ids: Iterable[int], *, now: datetime) -> dict[int, Withdrawal]:
    """Returns the latest withdrawal in force of each of these sections by itself, or of what shares words with it.

    Two queries.
    """
    kin = find_kin(section_ids)
    rows = Withdrawal.objects.filter(in_force(now), section__in=set().union(*kin.values())).order_by("at", "pk")
    latest = {row.section_id: row for row in rows}
    by_kin = {pk: [latest[other] for other in others if other in latest] for pk, others in kin.items()}
    return {pk: max(found, key=lambda row: (row.at, row.pk)) for pk, found in by_kin.items() if found}


def find_article_withdrawal(article: Article, *, now: datetime) -> Withdrawal | None:
    """Returns the latest withdrawal in force of a whole article, for users who see it all the same.

    No query for an article that is open.
    """
    if not article.is_closed(now):
        return None
    return Withdrawal.objects.filter(in_force(now), article=article.pk, section=None).first()


def find_article_tombstone(article_id: int, *, now: datetime) -> Tombstone | None:
    """Returns the tombstone of an article that is withdrawn; None for any other. Two queries.

    An article that readers would not see anyway has none. One that was deleted keeps its tombstone.
    """
    if article_id > BigIntegerField.MAX_BIGINT:
        return None
    article = Article.objects.filter(pk=article_id).first()
    if article and (article.is_hidden_anyway(now) or not article.is_closed(now)):
        return None
    rows = tuple(Withdrawal.objects.filter(in_force(now), article=article_id, section=None))
    if article is None:
        return _tombstone_of_deleted(rows, DeletedNumber.Kind.ARTICLE, article_id)
    if not rows:
        # It is another address of an article, and closed with that.
        return find_article_tombstone(article.same_as_id, now=now) if article.same_as_id else None
    noun = "live page" if article.kind == Article.Kind.LIVE else "article"
    return Tombstone(rows, noun, article.headline if _allow(rows) else "")


def find_section_tombstone(section_id: int, *, now: datetime) -> Tombstone | None:
    """Returns the tombstone of a section that is withdrawn, alone or with its article; None for any other.

    Four queries.
    """
    if section_id > BigIntegerField.MAX_BIGINT:
        return None
    sections = Section.objects.filter(has_usable_words(now)).select_related("article__source", "current")
    section = sections.filter(pk=section_id, current__isnull=False).first()
    if section is None:
        if Section.objects.filter(pk=section_id).exists():
            return None
        rows = tuple(Withdrawal.objects.filter(in_force(now), section=section_id))
        return _tombstone_of_deleted(rows, DeletedNumber.Kind.SECTION, section_id)
    article = section.article
    if article.is_hidden_anyway(now) or not (section.is_closed(now) or article.is_closed(now)):
        return None
    addresses = [article.pk, article.same_as_id] if article.same_as_id else [article.pk]
    of_article = Withdrawal.objects.filter(in_force(now), article__in=addresses)
    kin = find_kin([section_id])[section_id]
    rows = tuple(row for row in of_article if row.section_id is None or row.section_id in kin)
    whole = [row for row in rows if row.section_id is None]
    if not rows or (article.is_closed(now) and not whole):
        # It is closed with the article that its own is another address of, for what is not withdrawn there as a whole.
        return None
    noun = "entry" if article.kind == Article.Kind.LIVE else "section"
    return Tombstone(
        rows,
        noun,
        headline=article.headline if _allow(whole) else "",
        heading=section.heading if _allow(rows) else "",
        article=None if whole else article,
    )


def _tombstone_of_deleted(rows: tuple[Withdrawal, ...], kind: DeletedNumber.Kind, number: int) -> Tombstone | None:
    """Returns the tombstone of what was deleted for good; None if there never was an article or section like it."""
    deleted = DeletedNumber.objects.filter(kind=kind, number=number).first()
    return Tombstone(rows, kind.value, deleted=deleted.at if deleted else None) if deleted or rows else None


def _allow(rows: Iterable[Withdrawal]) -> bool:
    return all(row.headline_shown for row in rows)


# --- the register ---


@dataclass(frozen=True)
class RegisterRow:
    """A withdrawal as the register lists it: what is withdrawn, as far as this reader may know it.

    `headline` and `heading` are empty where the reader may not see them. `address` leads to the page of what was
    withdrawn, or to its tombstone; it is empty where that was deleted, or is hidden anyway.
    """

    withdrawal: Withdrawal
    headline: str
    heading: str
    address: str
    is_in_force: bool


def list_register(rows: Sequence[Withdrawal], *, now: datetime, sees_all: bool) -> list[RegisterRow]:
    """Returns withdrawals as the register lists them. Five queries."""
    articles = Article.objects.in_bulk({row.article_id for row in rows})
    usable = Section.objects.filter(has_usable_words(now), current__isnull=False).select_related("current")
    sections = usable.in_bulk({row.section_id for row in rows if row.section_id})
    kin = find_kin(sections)
    applying: defaultdict[tuple[int, int | None], list[Withdrawal]] = defaultdict(list)
    for row in Withdrawal.objects.filter(in_force(now), article__in=articles):
        for number in kin.get(row.section_id, [row.section_id]) if row.section_id else [None]:
            applying[row.article_id, number].append(row)
    listed = []
    for row in rows:
        article, section = articles.get(row.article_id), sections.get(row.section_id or 0)
        if article is None or (row.section_id and section is None) or (article.is_hidden_anyway(now) and not sees_all):
            listed.append(RegisterRow(row, "", "", "", row.is_in_force(now)))
            continue
        listed.append(_register_row(row, article, section, applying, now=now, sees_all=sees_all))
    return listed


def _register_row(
    row: Withdrawal,
    article: Article,
    section: Section | None,
    applying: Mapping[tuple[int, int | None], Collection[Withdrawal]],
    *,
    now: datetime,
    sees_all: bool,
) -> RegisterRow:
    whole = applying.get((article.pk, None), ())
    of_section = applying.get((article.pk, section.pk), ()) if section else ()
    # Closed without a withdrawal of its own, it is another address of an article that is hidden.
    allows = _allow(whole) and (bool(whole) or not article.is_closed(now))
    headline = article.headline if sees_all or allows else ""
    heading = section.heading if section and (sees_all or (allows and _allow(of_section))) else ""
    # The address of an article has words of its headline.
    address = section.get_absolute_url() if section else article.address_for(headline)
    return RegisterRow(row, headline, heading, address, row.is_in_force(now))
