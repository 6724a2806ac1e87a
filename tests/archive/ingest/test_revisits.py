"""Revisits of web archives, and pages that are gone at their address."""

import gzip
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from hashlib import sha1
from pathlib import Path
from typing import Any

import pytest

from archive.ingest.recording import Outcome
from archive.models import AddressGone, Article, Capture, IngestRun, Problem, Section, WaitingRevisit

pytestmark = pytest.mark.django_db

URL = "https://courier.example/mill"
SAME_PAYLOAD = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"

Take = Callable[..., list[Outcome]]


@pytest.fixture
def take(ingest_file: Callable[..., list[Outcome]], tmp_path: Path) -> Take:
    """Ingests a web archive of these records."""

    def run(*records: bytes, name: str = "a.warc") -> list[Outcome]:
        path = tmp_path / name
        path.write_bytes(b"".join(records))
        return ingest_file(path)

    return run


def warc_record(kind: str, day: int, block: bytes, url: str, headers: Sequence[str]) -> bytes:
    lines = ("WARC/1.1", f"WARC-Type: {kind}", f"WARC-Target-URI: {url}", f"WARC-Date: {_date(day)}")
    head = (*lines, "Content-Type: application/http", *headers, f"Content-Length: {len(block)}")
    return "\r\n".join(head).encode() + b"\r\n\r\n" + block + b"\r\n\r\n"


def _date(day: int) -> str:
    return f"2025-06-{day:02}T10:00:00Z"


def response(
    day: int,
    payload: bytes,
    *headers: str,
    url: str = URL,
    media_type: str = "text/html",
    coding: str = "",
    status: str = "200 OK",
) -> bytes:
    http = [f"HTTP/1.1 {status}", f"Content-Type: {media_type}"] + ([f"Content-Encoding: {coding}"] if coding else [])
    block = "\r\n".join(http).encode() + b"\r\n\r\n" + payload
    return warc_record("response", day, block, url, headers)


def revisit(
    day: int,
    *,
    digest: str = "",
    refers_to: int | None = None,
    url: str = URL,
    refers_to_url: str = "",
    profile: str = "",
) -> bytes:
    """A revisit of the record of the day `refers_to`, or of any with this digest."""
    headers = [f"WARC-Profile: {profile or (SAME_PAYLOAD if digest else NOT_MODIFIED)}"]
    headers += [f"WARC-Payload-Digest: {digest}"] if digest else []
    if refers_to:
        headers += [f"WARC-Refers-To-Target-URI: {refers_to_url or URL}", f"WARC-Refers-To-Date: {_date(refers_to)}"]
    block = b"HTTP/1.1 200 OK\r\n\r\n" if digest else b"HTTP/1.1 304 Not Modified\r\n\r\n"
    return warc_record("revisit", day, block, url, headers)


def page(words: str) -> bytes:
    text = (
        f"<p>The old mill on the river {words}, the town hall of Brunholt said on Monday. Nobody was hurt.</p>"
        "<p>Two crews from the next valley came over the pass at noon, and the road along the river stays shut.</p>"
    )
    published = '<meta property="article:published_time" content="2025-06-01T08:00:00Z">'
    head = f"<!doctype html><html><head><title>Mill {words}</title>{published}</head>"
    return f"{head}<body><article><h1>Mill {words}</h1>{text}</article></body></html>".encode()


def digest_of(payload: bytes) -> str:
    return f"sha1:{sha1(payload, usedforsecurity=False).hexdigest()}"


BURNS, STANDS = page("burns"), page("stands")


def days(**article: Any) -> list[int]:
    """Returns the days at which an article was received."""
    captures = Capture.objects.filter(pk__in=_captures_of(Article.objects.get(**article)))
    return [capture.captured.day for capture in captures.order_by("captured", "id")]


def _captures_of(article: Article) -> list[int]:
    versions = Capture.objects.filter(articles=article)
    return [
        *versions.values_list("pk", flat=True),
        *Capture.objects.filter(repeats__in=versions).values_list("pk", flat=True),
    ]


WAYS = {
    "digest and reference": {"digest": "sha1:AAAA", "refers_to": 1},
    "digest": {"digest": "sha1:AAAA"},
    "reference": {"refers_to": 1},
    "reference, payload the same": {"refers_to": 1, "profile": SAME_PAYLOAD},
    "address alone": {},
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_revisit_is_a_capture_of_what_it_refers_to(take: Take, way: dict[str, Any]) -> None:
    first = response(1, BURNS, "WARC-Payload-Digest: sha1:AAAA")
    take(first, revisit(2, **way))
    assert days() == [1, 2]
    assert Capture.objects.latest("captured").repeats == Capture.objects.earliest("captured")
    assert not Problem.objects.filter(reason__contains="revisit").exists()


@pytest.mark.parametrize("way", list(WAYS.values())[:3], ids=list(WAYS)[:3])
def test_words_that_return_by_a_revisit_stand_again(take: Take, way: dict[str, Any]) -> None:
    records = response(1, BURNS, "WARC-Payload-Digest: sha1:AAAA"), response(3, STANDS), revisit(4, **way)
    take(*records)
    assert Article.objects.get().headline == "Mill burns"
    counts = Capture.objects.count(), Problem.objects.count()
    assert {outcome.status for outcome in take(*records)} == {"unchanged"}
    assert (Capture.objects.count(), Problem.objects.count()) == counts


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("files", [1, 2])
def test_a_revisit_waits_for_a_record_that_comes_later(take: Take, way: dict[str, Any], files: int) -> None:
    first = response(1, BURNS, "WARC-Payload-Digest: sha1:AAAA")
    if files == 1:
        take(revisit(2, **way), first)
    else:
        take(revisit(2, **way))
        assert Problem.objects.get().reason.startswith("a revisit of a payload that the archive does not have")
        take(first, name="b.warc")
    assert days() == [1, 2]
    assert not WaitingRevisit.objects.exists()
    assert Problem.objects.get().reason.startswith("a revisit; its payload was received later, in run")
    assert Capture.objects.latest("captured").origin == Problem.objects.get().origin


def test_a_revisit_whose_payload_never_comes_is_one_problem(take: Take) -> None:
    for _ in range(2):
        (outcome,) = take(revisit(2, digest="sha1:AAAA", refers_to=1))
        assert outcome.status == "noted"
    assert Problem.objects.count() == WaitingRevisit.objects.count() == 1
    assert not Capture.objects.exists()


def test_a_digest_that_contradicts_the_reference_keeps_the_revisit_waiting(take: Take) -> None:
    first = response(1, BURNS, "WARC-Payload-Digest: sha1:AAAA")
    for records in ([first, revisit(2, digest="sha1:BBBB", refers_to=1)], [first], [first]):
        take(*records)
    take(revisit(3, digest="sha1:CCCC", refers_to=4))
    take(response(4, STANDS, "WARC-Payload-Digest: sha1:DDDD"))
    assert days() == [1, 4]
    assert Problem.objects.count() == WaitingRevisit.objects.count() == 2
    assert not Problem.objects.filter(reason__contains="received later").exists()


def test_digests_of_other_algorithms_and_spellings_agree(take: Take) -> None:
    take(response(1, BURNS), revisit(2, digest=digest_of(BURNS)))  # hexadecimal, and computed by the archive
    take(revisit(3, digest="sha256:BBBB", refers_to=1))
    upper = digest_of(BURNS).replace("sha1", "SHA-1").upper()
    take(revisit(4, digest=upper))
    assert days() == [1, 2, 3, 4]


@pytest.mark.parametrize("forward", [True, False])
def test_a_revisit_may_refer_to_a_revisit(take: Take, forward: bool) -> None:
    records = [response(1, BURNS), revisit(2, refers_to=1), revisit(3, refers_to=2), revisit(4, refers_to=3)]
    for number, record in enumerate(records if forward else reversed(records)):
        take(record, name=f"{number}.warc")
    assert days() == [1, 2, 3, 4]
    assert not WaitingRevisit.objects.exists()


def test_a_packed_payload_is_known_by_its_digest_as_it_was_sent(take: Take) -> None:
    packed = gzip.compress(BURNS, mtime=0)
    take(response(1, packed, coding="gzip"), revisit(2, digest=digest_of(packed)))
    assert days() == [1, 2]
    assert {capture.path.read_bytes() for capture in Capture.objects.all()} == {BURNS}


def test_a_reference_may_leave_out_the_fraction_of_the_second(take: Take) -> None:
    precise = response(1, BURNS).replace(b"T10:00:00Z", b"T10:00:00.250Z")
    take(precise, revisit(2, refers_to=1))
    take(revisit(6, refers_to=5))
    take(precise.replace(b"2025-06-01", b"2025-06-05"))
    assert days() == [1, 2, 5, 6]


ENTRY = "<item><title>{0}</title><guid>{0}</guid><description>News of {0} in short.</description></item>"
FEED = (
    f"<rss version='2.0'><channel><title>Courier</title>{ENTRY.format('mill')}{ENTRY.format('quay')}</channel></rss>"
)


@pytest.mark.parametrize("waits", [True, False])
def test_a_revisit_of_a_feed_is_a_capture_of_each_entry(take: Take, waits: bool) -> None:
    feed = response(1, FEED.encode(), url=URL + "/rss", media_type="application/rss+xml")
    again = revisit(2, digest=digest_of(FEED.encode()), url=URL + "/rss")
    take(*([again, feed] if waits else [feed, again]))
    assert [days(headline=name) for name in ("mill", "quay")] == [[1, 2], [1, 2]]
    assert not WaitingRevisit.objects.exists()


def test_a_payload_at_another_address_belongs_there_too(take: Take) -> None:
    elsewhere = "https://herald.example/mill"
    take(response(1, BURNS), revisit(2, digest=digest_of(BURNS), url=elsewhere, refers_to=1))
    assert days(url=URL) == [1]
    assert days(url=elsewhere) == [2]


def test_equivalent_addresses_are_one(take: Take) -> None:
    take(response(1, BURNS), revisit(2, url="http://www.courier.example/mill/?utm_source=feed"))
    assert days() == [1, 2]


# --- pages that are gone ---


def gone(day: int, status: str = "404 Not Found", url: str = URL) -> bytes:
    return response(day, b"<h1>Not found</h1>", url=url, status=status)


@pytest.mark.parametrize("status", ["404 Not Found", "410 Gone"])
def test_a_page_that_is_gone_leaves_a_mark_on_its_article(take: Take, status: str) -> None:
    take(response(1, BURNS))
    outcome = next(outcome for outcome in take(gone(2, status)) if outcome.article_id)
    assert (outcome.status, outcome.article_id) == ("noted", Article.objects.get().pk)
    mark = AddressGone.objects.get()
    assert (mark.status, mark.captured) == (int(status[:3]), datetime(2025, 6, 2, 10, tzinfo=UTC))
    assert Problem.objects.get(article__isnull=False).reason == f"gone at its address (status {status[:3]})"
    assert Section.objects.get().gone is None
    problems = Problem.objects.filter(article__isnull=False).count()
    take(gone(2, status))
    assert (AddressGone.objects.count(), Problem.objects.filter(article__isnull=False).count()) == (1, problems)


def test_an_answer_for_an_address_that_is_not_known_waits_for_its_article(take: Take) -> None:
    take(gone(2))
    assert AddressGone.objects.get().address_key == "courier.example/mill"
    take(response(1, BURNS))
    assert Article.objects.get().url_key == AddressGone.objects.get().address_key


def test_the_article_is_known_by_the_address_of_its_bytes_too(take: Take) -> None:
    canonical = page("burns").replace(
        b"<title>", b"<link rel='canonical' href='https://courier.example/2025/mill'><title>"
    )
    take(response(1, canonical, url=URL + "?id=7"))
    assert Article.objects.get().url == "https://courier.example/2025/mill"
    take(gone(2, url=URL + "?id=7"))
    assert Problem.objects.filter(article__isnull=False).count() == 1


def test_other_answers_and_other_documents_say_nothing_of_a_page(take: Take) -> None:
    take(response(1, BURNS), gone(2, "500 Error"), gone(3, "403 Forbidden"))
    take(response(4, b"x", status="404 Not Found", media_type="image/png"))
    assert not AddressGone.objects.exists()
    assert IngestRun.objects.count() == 2
