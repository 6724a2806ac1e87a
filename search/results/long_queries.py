"""Long queries behind short addresses: `?query=<digest>` stands for a text that no address could carry.

An address of results is repeated in every link of its page, and a server accepts only so much of it. A longer query is
stored under a digest of its text. Equal texts thus have one address, and a link can be written before its text is
stored. Anybody who may search may store one, so their number is bounded: those that were last used longest ago are
dropped. `question` turns digests and texts into each other; views only call `keep_queries`.
"""

import hashlib
import re
from collections.abc import Iterable
from datetime import timedelta

from django.db import OperationalError
from django.http import Http404
from django.utils import timezone

from ..errors import SearchError
from ..models import LongQuery
from ..query import MAX_QUERY_CHARS

# In a longer address people see no query any more. A page of results repeats it some 150 times.
MAX_ADDRESS_QUERY_CHARS = 500
# 160 MB if each has 8,000 characters of four bytes. A newsroom writes some dozens a day.
MAX_LONG_QUERIES = 5_000
# So often, at most, reading a query writes that it was used.
_USE_INTERVAL = timedelta(days=1)
_DIGEST_CHARS = 32
_DIGEST = re.compile(f"[0-9a-f]{{{_DIGEST_CHARS}}}")


class UnknownQueryError(SearchError, Http404):
    """An address of a long query that is not stored: it was dropped, or the address is incomplete."""

    def __init__(self, digest: str) -> None:
        super().__init__(f"No search is stored under {digest[:_DIGEST_CHARS]}.")
        self.cure = (
            "Searches with a long query are kept until many others were asked for later. "
            "Write the query into the search box again; its address will be the same."
        )


def digest_of(text: str) -> str:
    """Returns the digest under which a query is stored."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGEST_CHARS]


def is_long(text: str) -> bool:
    """Whether a query is written into addresses as its digest."""
    return len(text) > MAX_ADDRESS_QUERY_CHARS


def find_query(digest: str) -> str:
    """Returns the text of a long query. One query, once a day also a write. Raises UnknownQueryError."""
    digest = digest.lower()
    stored = LongQuery.objects.filter(pk=digest).first() if _DIGEST.fullmatch(digest) else None
    if stored is None:
        raise UnknownQueryError(digest)
    if timezone.now() - stored.last_used > _USE_INTERVAL:
        _mark_used(stored)
    return stored.text


def keep_queries(texts: Iterable[str]) -> None:
    """Stores those of the queries that are long, and drops those that were not used for longest beyond the limit.

    Texts longer than a query may be are not stored. One or two queries, three where one is new.
    """
    digests = {digest_of(text): text for text in texts if MAX_ADDRESS_QUERY_CHARS < len(text) <= MAX_QUERY_CHARS}
    if not digests:
        return
    new = digests.keys() - set(LongQuery.objects.filter(pk__in=digests).values_list("pk", flat=True))
    if not new:
        return
    now = timezone.now()
    LongQuery.objects.bulk_create(
        [LongQuery(digest=digest, text=digests[digest], last_used=now) for digest in sorted(new)],
        ignore_conflicts=True,
    )
    oldest = LongQuery.objects.order_by("-last_used", "pk").values_list("pk", flat=True)[MAX_LONG_QUERIES:]
    LongQuery.objects.filter(pk__in=list(oldest)).delete()


def _mark_used(stored: LongQuery) -> None:
    try:
        LongQuery.objects.filter(pk=stored.pk).update(last_used=timezone.now())
    except OperationalError:
        # The archive can only be read, or is busy: the query is answered all the same, and marked the next time.
        return
