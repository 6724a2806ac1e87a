"""What the archive has of an address: its articles with their captures, or what there is nearest to it.

For a query that is nothing but an address. The articles are those of the answer, so of what may not be shown to
readers nothing is said, not even that it exists.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from archive.models import Article, Capture, shown_versions

from ..fields import SITE
from ..query import Address, Node, Word
from ..text import host_of, is_domain, read_address
from .answers import Answer
from .corrections import CountedQuestion, count_questions
from .question import Question

# A home page or a feed has many articles: the page of results lists them.
_MAX_LISTED_ARTICLES = 3
# Of the addresses that an address begins with, so many are offered: the longest, and the shortest.
_MAX_NEARBY = 3


@dataclass(frozen=True)
class ArticleAtAddress:
    """An article that was received from an address: how many captures it has, and the times of the first and last."""

    article: Article
    url: str
    captures: int
    first: datetime
    last: datetime


@dataclass(frozen=True)
class AddressAdvice:
    """What there is of an address: `articles` of `total` in all; and `nearby`, which finds its host and parts of it.

    A name of a host that may be meant as a word is `is_host`: nothing is said of it but what there is nearby.
    """

    address: str
    articles: Sequence[ArticleAtAddress]
    total: int
    nearby: Sequence[CountedQuestion]
    is_host: bool = False


def address_advice(answer: Answer, *, now: datetime) -> AddressAdvice | None:
    """Returns what there is of the address that a query asks for; None if it asks for more than an address.

    Two database queries, and a search for each question that is offered. Raises QueryLimitError.
    """
    tree = answer.parsed_query.as_written
    if host := _host_in(tree):
        site = count_questions(answer, [_offer(answer, host, f"{SITE.name}:{host}")], now=now)
        return AddressAdvice(host, (), 0, site, is_host=True) if site else None
    if not isinstance(tree, Address) or answer.question.page > 1:
        return None
    if not answer.total and answer.index.count(tree):
        return None  # the filters leave nothing of it
    if (answer.total and not tree.whole) or not (answer.total or is_domain(host_of(tree.text))):
        return None
    offers = [_offer(answer, text, query) for text, query in _nearby(tree.text)]
    nearby: list[CountedQuestion] = []
    for offer in count_questions(answer, offers, now=now):
        # A shorter beginning that finds no more says nothing new.
        if offer.total > (nearby[-1].total if nearby else answer.total):
            nearby.append(offer)
    if len(nearby) > _MAX_NEARBY:
        nearby = [*nearby[: _MAX_NEARBY - 1], nearby[-1]]
    rows = {row.article.pk: (row.article, row.url) for row in answer.rows}
    listed = list(rows.values())[:_MAX_LISTED_ARTICLES]
    received = _count_captures([article for article, _ in listed], now)
    articles = [
        ArticleAtAddress(article, url, *received[article.pk]) for article, url in listed if article.pk in received
    ]
    return AddressAdvice(tree.text, articles, answer.articles, nearby)


def _host_in(tree: Node) -> str:
    """Returns the host that a query may mean, if it is a single word that may name one."""
    is_name = isinstance(tree, Word) and tree.field is None and is_domain(tree.text)
    return read_address(tree.text) if isinstance(tree, Word) and is_name else ""


def _nearby(address: str) -> Iterator[tuple[str, str]]:
    """Yields shorter and shorter beginnings of an address, each with its query; the host is the last."""
    host = host_of(address)
    path, mark, _ = address.partition("?")
    if mark and path.rstrip("/") != host:
        yield path, f"url:{path}"
    while (path := path.rpartition("/")[0]) and path != host and path.startswith(host):
        yield path, f"url:{path}"
    if is_domain(host):
        yield host, f"{SITE.name}:{host}"


def _offer(answer: Answer, text: str, query: str) -> tuple[str, Question]:
    return text, answer.question.with_query(query)


def _count_captures(articles: Sequence[Article], now: datetime) -> Mapping[int, tuple[int, datetime, datetime]]:
    """Returns the number of captures of articles that every reader may see, and the times of the first and the last.

    A capture of the same words as before counts too. Two queries.
    """
    versions = shown_versions(now).filter(article__in=articles).order_by()
    times: defaultdict[int, dict[int, datetime]] = defaultdict(dict)
    articles_of: defaultdict[int, list[int]] = defaultdict(list)
    for article, capture, captured in versions.values_list("article", "capture", "capture__captured"):
        times[article][capture] = captured
        articles_of[capture].append(article)
    repeats = Capture.objects.filter(repeats__in=versions.values("capture"), article_versions=None).order_by()
    for capture, repeated, captured in repeats.values_list("pk", "repeats", "captured"):
        for article in articles_of[repeated or 0]:
            times[article][capture] = captured
    return {pk: (len(of), min(of.values()), max(of.values())) for pk, of in times.items()}
