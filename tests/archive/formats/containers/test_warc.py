"""archive/formats/containers/warc.py and transfer.py: web archives. The golden pairs are in tests/data/warc/."""

import base64
import gzip
import hashlib
import io
import json
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive import formats
from archive.formats import Format
from archive.formats.containers import warc
from archive.formats.containers.members import Member, Part, Skipped
from archive.formats.faults import FAULT
from archive.formats.input import transfer
from archive.formats.input.limits import DEFAULT_LIMITS, Limits
from archive.items import ArticleItem, Hints, Item, PageGone, Rejected, Revisit
from tests.archive.formats.reading import read
from tests.paths import DATA as TEST_DATA

DATA = TEST_DATA / "warc"
GOLDEN = sorted(path for path in DATA.iterdir() if path.suffix != ".json")

PAGE = b"<!doctype html><html><body><h1>Quay closed</h1><p>The quay of Marbeck is closed.</p></body></html>"


def record(body: bytes, *headers: str, uri: str = "http://courier.example/a", sort: str = "response") -> bytes:
    length = (
        "" if any(header.startswith("Content-Length") for header in headers) else f"Content-Length: {len(body)}\r\n"
    )
    lines = [
        "WARC/1.1",
        f"WARC-Type: {sort}",
        f"WARC-Target-URI: {uri}",
        "WARC-Date: 2025-06-02T08:15:00.25Z",
        "Content-Type: application/http",
        *headers,
    ]
    return ("\r\n".join(lines) + "\r\n" + length + "\r\n").encode() + body + b"\r\n\r\n"


def http(body: bytes, *headers: str, status: str = "200 OK", media_type: str = "text/html") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {media_type}", *headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def members(data: bytes, limits: Limits = DEFAULT_LIMITS) -> list[Part]:
    return list(warc.open_records(io.BytesIO(data), Hints("a.warc"), limits))


def shape(member: Part) -> object:
    if isinstance(member, Skipped):
        return {"skipped": member.kind}
    if isinstance(member, PageGone):
        return {"gone": member.address, "status": member.status}
    if isinstance(member, Revisit):
        return {"revisit": member.address, "digest": member.payload_digest}
    if isinstance(member, Rejected):
        return {"rejected": member.locator, "reason": member.reason}
    assert isinstance(member, Member)
    captured = member.hints.captured
    return {
        "locator": member.locator,
        "url": member.hints.url,
        "captured": captured.at.isoformat().replace("+00:00", "Z") if captured else None,
        "charset": member.hints.charset,
        "payload": member.stream.read().decode(member.hints.charset or "utf-8"),
        "problems": list(member.problems),
        "truncated": member.truncated,
        "ambiguous_type": member.ambiguous_type,
    }


def payload(data: bytes) -> bytes:
    (member,) = members(data)
    assert isinstance(member, Member), member
    return member.stream.read()


def reason(data: bytes) -> str:
    (member,) = members(data)
    assert isinstance(member, Rejected), member
    return member.reason


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """A format that takes any HTML, so that what is tested is the way to it."""

    def read_page(raw: bytes, hints: Hints, limits: Limits) -> Iterator[Item]:
        yield ArticleItem(hints.url, (), raw, "text/html", "page/1")

    page = Format("page", "pages", lambda head, name: head.lstrip().startswith(b"<"), read_page)
    monkeypatch.setattr(formats, "FORMATS", (page, *formats.FORMATS))


def headlines(items: list[Item]) -> list[str]:
    return [item.headline for item in items if isinstance(item, ArticleItem)]


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.name)
def test_golden_archive_is_read_as_expected(path: Path) -> None:
    expected = json.loads(path.with_name(path.name + ".expected.json").read_text(encoding="utf-8"))
    assert [shape(member) for member in members(path.read_bytes())] == expected


def test_there_are_golden_archives_of_both_kinds() -> None:
    assert {path.suffix for path in GOLDEN} == {".warc", ".arc"}


@pytest.mark.usefixtures("pages")
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.name)
def test_an_archive_packed_as_a_whole_is_read_like_an_unpacked_archive(path: Path, pack) -> None:
    items = read(pack(path.read_bytes()), path.name)
    assert items == read(path.read_bytes(), "no name at all")
    assert len(headlines(items)) >= 2


@pytest.mark.usefixtures("pages")
def test_time_of_capture_and_address_come_from_the_record() -> None:
    (item,) = read(record(http(PAGE)))
    assert isinstance(item, ArticleItem)
    assert item.captured is not None
    assert item.captured.at.isoformat() == "2025-06-02T08:15:00.250000+00:00"
    assert item.locator == "record 1, http://courier.example/a"
    assert item.raw == PAGE
    assert not item.whole_stream


@pytest.mark.usefixtures("pages")
def test_damage_costs_only_the_records_in_the_damaged_member() -> None:
    packed = [
        bytearray(
            gzip.compress(
                record(http(PAGE * 50 + hashlib.sha256(b"%d" % n).hexdigest().encode()), uri=f"http://a/{n}")
            )
        )
        for n in range(6)
    ]
    packed[2][60:90] = b"\xff" * 30
    items = read(b"".join(packed))
    assert headlines(items) == [f"http://a/{n}" for n in (0, 1, 3, 4, 5)]
    assert ["gzip data is damaged" in item.reason for item in items if isinstance(item, Rejected)] == [True]


@pytest.mark.usefixtures("pages")
def test_the_first_member_may_be_the_damaged_one() -> None:
    packed = [bytearray(gzip.compress(record(http(PAGE), uri=f"http://a/{n}"))) for n in range(3)]
    packed[0][12:40] = b"\xff" * 28
    assert headlines(read(b"".join(packed))) == ["http://a/1", "http://a/2"]


@pytest.mark.usefixtures("pages")
def test_records_that_are_not_documents_are_counted_in_one_note() -> None:
    data = record(http(PAGE)) + record(http(b"x", media_type="image/png")) * 3 + record(http(b"", status="404 No"))
    _, gone, note = read(data + record(http(b'{"a": 1}', media_type="application/json")))
    assert isinstance(gone, PageGone)
    assert not isinstance(note, ArticleItem)
    assert (
        note.reason == "left out, because they are not documents: image/png (3), status 404 (1), application/json (1)"
    )


@pytest.mark.usefixtures("pages")
@pytest.mark.parametrize(
    "block", [b"", b"\r\n", b"\r\n\r\n", b"\n", b"\x00", b"HTTP/", b"HTTP/1.1\r\n", b" \r\nX: y\r\n\r\n"]
)
@pytest.mark.parametrize("sort", ["response", "resource", "revisit", "conversion"])
def test_a_record_with_an_empty_or_broken_block_loses_no_other(block: bytes, sort: str) -> None:
    empty = record(block, uri="http://a/empty", sort=sort)
    assert headlines(read(empty + record(http(PAGE), uri="http://a/1") + empty)) == ["http://a/1"]


def test_an_archive_without_documents_is_rejected_with_its_content() -> None:
    assert read(record(http(b"x", media_type="image/png"))) == [Rejected("", "no document in it, but image/png (1)")]
    (item,) = read(record(b"GET / HTTP/1.1\r\n\r\n", sort="request"))
    assert item == Rejected("", "none of its 1 records is a response")


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "md5"])
@pytest.mark.parametrize("spell", [base64.b32encode, base64.b64encode, lambda digest: digest.hex().encode()])
def test_a_digest_that_does_not_match_is_a_problem(algorithm: str, spell) -> None:
    body = http(PAGE)
    digest = spell(hashlib.new(algorithm, body, usedforsecurity=False).digest()).decode()
    for block, problems in ((body, 0), (body.replace(b"closed", b"opened"), 1)):
        (member,) = members(record(block, f"WARC-Block-Digest: {algorithm}:{digest}"))
        assert isinstance(member, Member)
        assert len(member.problems) == problems


def test_records_written_by_a_library_return_their_payload() -> None:
    file = io.BytesIO()
    writer = WARCWriter(file, gzip=True)
    headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=koi8-r")], protocol="HTTP/1.0")
    for number in range(3):
        uri = f"http://courier.example/{number}"
        written = writer.create_warc_record(uri, "response", io.BytesIO(PAGE), length=len(PAGE), http_headers=headers)
        writer.write_record(written)
    found = members(gzip.decompress(file.getvalue()))
    assert [member.hints.charset for member in found if isinstance(member, Member)] == ["koi8-r"] * 3
    assert all(isinstance(member, Member) and not member.problems for member in found)


def deflated(data: bytes, bits: int) -> bytes:
    packer = zlib.compressobj(wbits=bits)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (PAGE, ["Content-Encoding: identity"]),
        (gzip.compress(PAGE), ["Content-Encoding: gzip"]),
        (gzip.compress(PAGE), ["content-encoding: X-GZIP"]),
        (deflated(PAGE, 15), ["Content-Encoding: deflate"]),
        (deflated(PAGE, -15), ["Content-Encoding: deflate"]),
        (gzip.compress(deflated(PAGE, 15)), ["Content-Encoding: deflate, gzip"]),
        (PAGE, ["Content-Encoding: gzip"]),
        (PAGE, ["Content-Encoding: deflate"]),
        (PAGE, ["Content-Encoding: zstd"]),
        (PAGE, ["Transfer-Encoding: chunked"]),
        (
            b"5;a=b\r\n" + PAGE[:5] + b"\r\n" + b"%X\r\n" % (len(PAGE) - 5) + PAGE[5:] + b"\r\n0\r\n\r\n",
            ["Transfer-Encoding: chunked"],
        ),
        (b"%x\n" % len(PAGE) + PAGE + b"\n0\n", ["Transfer-Encoding: chunked"]),
    ],
)
def test_codings_of_http_are_undone_if_they_were_applied(body: bytes, headers: list[str]) -> None:
    data = record(http(body, *headers))
    assert payload(data) == PAGE
    (member,) = members(data)
    assert isinstance(member, Member)
    assert (member.problems, member.truncated) == ((), False)


@pytest.mark.parametrize(
    ("body", "headers", "problem"),
    [
        (gzip.compress(PAGE)[:-4], ["Content-Encoding: gzip"], "packed as gzip and damaged"),
        (b"5\r\n<html\r\nzz\r\n>", ["Transfer-Encoding: chunked"], "chunks are broken after 5 bytes"),
        (b"5\r\n<html\r\n5\r\n>", ["Transfer-Encoding: chunked"], "chunks are broken after 6 bytes"),
    ],
)
def test_a_truncated_payload_is_marked_as_truncated(body: bytes, headers: list[str], problem: str) -> None:
    (member,) = members(record(http(body, *headers)))
    assert isinstance(member, Member)
    assert member.truncated
    assert problem in member.problems[0]
    assert member.stream.read().startswith(b"<")


@pytest.mark.parametrize(
    ("body", "headers", "problem"),
    [
        (b"\x00\x01", ["Content-Encoding: zstd"], "packed as 'zstd', which the archive does not unpack"),
        (b"\x00\x01", ["Content-Encoding: deflate"], "packed as deflate and damaged"),
        (b"\x1f\x8b\x08\x00", ["Content-Encoding: gzip"], "packed as gzip and damaged"),
        (gzip.compress(b" " * 3_000_000), ["Content-Encoding: gzip"], "unpacks to more than 1,048,576 bytes"),
        (deflated(b" " * 3_000_000, 15), ["Content-Encoding: deflate"], "unpacks to more than 1,048,576 bytes"),
        (gzip.compress(gzip.compress(b" " * 30_000_000)), ["Content-Encoding: gzip, gzip"], "unpacks to more than"),
    ],
)
def test_a_payload_that_cannot_be_decoded_is_rejected_with_the_reason(
    body: bytes, headers: list[str], problem: str
) -> None:
    assert problem in reason(record(http(body, *headers)))


def test_brotli_is_unpacked_if_its_package_is_installed() -> None:
    brotli = pytest.importorskip("brotli", reason="the package brotli is an extra")
    assert payload(record(http(brotli.compress(PAGE), "Content-Encoding: br"))) == PAGE
    assert payload(record(http(PAGE, "Content-Encoding: br"))) == PAGE
    assert "packed as br and damaged" in reason(record(http(b"\x00\xff\xff\xff", "Content-Encoding: br")))
    bomb = brotli.compress(b" " * 50_000_000)
    assert "unpacks to more than" in reason(record(http(bomb, "Content-Encoding: br")))


def test_brotli_is_refused_with_the_cure_if_its_package_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, "brotli", None)
    assert "pip install" in reason(record(http(b"\x0b\x02", "Content-Encoding: br")))


@pytest.mark.parametrize(
    ("media_type", "kind"),
    [
        ("text/html", "page"),
        ("TEXT/HTML; Charset=UTF-8", "page"),
        ("application/xhtml+xml", "page"),
        ("", "page"),
        ("rubbish", "page"),
        ("application/rss+xml", "perhaps"),
        ("text/xml", "perhaps"),
        ("application/vnd.iptc.g2.newsitem+xml", "perhaps"),
        ("application/json", "perhaps"),
        ("image/svg+xml", "skipped"),
        ("text/plain", "skipped"),
        ("text/javascript", "skipped"),
        ("video/mp4", "skipped"),
    ],
)
def test_media_types_distinguish_pages_possible_documents_and_the_rest(media_type: str, kind: str) -> None:
    (member,) = members(record(http(PAGE, media_type=media_type)))
    found = (
        "skipped"
        if isinstance(member, Skipped)
        else "perhaps"
        if isinstance(member, Member) and member.ambiguous_type
        else "page"
    )
    assert found == kind


@pytest.mark.parametrize("media_type", ["text/html", "video/mp4"])
def test_a_record_that_is_too_long_is_skipped(media_type: str) -> None:
    data = record(http(b"x" * 3_000_000, media_type=media_type)) + record(http(PAGE))
    first, *rest = members(data, Limits(max_document_bytes=100_000))
    assert isinstance(first, Skipped if media_type == "video/mp4" else Rejected)
    assert [type(member) for member in rest] == [Member]


@pytest.mark.usefixtures("pages")
def test_characters_of_headers_that_cannot_be_stored_are_escaped() -> None:
    (item,) = read(record(http(PAGE, media_type="text/html; charset=u\x00tf"), uri="http://courier.exa\x00mple/a"))
    assert isinstance(item, ArticleItem)
    assert item.locator == "record 1, http://courier.exa\\x00mple/a"
    assert "\x00" not in item.url + item.media_type


def test_a_record_in_segments_is_rejected_with_the_cure() -> None:
    assert "join them" in reason(record(http(PAGE), "WARC-Segment-Number: 1"))


def test_a_response_that_the_crawler_truncated_is_kept_as_truncated() -> None:
    (member,) = members(record(http(PAGE), "WARC-Truncated: length"))
    assert isinstance(member, Member)
    assert member.truncated
    assert member.problems == ("the crawler cut it off (length)",)


def test_lengths_that_cover_the_next_record_take_bounded_time() -> None:
    length = f"Content-Length: {DEFAULT_LIMITS.max_document_bytes}"
    data = b"".join(record(http(PAGE), length) for _ in range(3_000))
    found = members(data)
    assert found
    assert len(found) <= 3_000


@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=8), st.integers(0, 40))
def test_no_damage_makes_reading_fail(at: int, bytes_put: bytes, cut: int) -> None:
    for path in GOLDEN:
        data = path.read_bytes()
        at %= len(data)
        for broken in (data[:at] + bytes_put + data[at + cut :], data[:at]):
            for member in members(broken):
                assert isinstance(member, Member | Skipped) or member.reason


@pytest.mark.usefixtures("pages")
@pytest.mark.parametrize("function", ["classify", "unpack", "digest_problem", "payload_sha1", "_read_header"])
@pytest.mark.parametrize("error", [ZeroDivisionError, RecursionError, MemoryError])
def test_a_record_that_the_archive_fails_on_costs_no_other(
    function: str, error: type[Exception], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    works, calls = getattr(warc, function), iter(range(3))

    def fail_on_the_second(*values: object) -> object:
        if next(calls) == 1:
            raise error
        return works(*values)

    monkeypatch.setattr(warc, function, fail_on_the_second)
    data = b"".join(record(http(PAGE), uri=f"http://courier.example/{name}") for name in "abc")
    first, rejected, last = formats.read(io.BytesIO(data), Hints("a.warc"))
    assert [item.address for item in (first, last) if isinstance(item, ArticleItem)] == [
        "http://courier.example/a",
        "http://courier.example/c",
    ]
    assert isinstance(rejected, Rejected)
    assert rejected.locator.startswith("record 2, ")
    assert rejected.reason.startswith(f"{FAULT} {error.__name__} at archive.formats.containers.warc:")
    assert [entry.name for entry in caplog.records] == ["archive.formats.faults"]


def test_a_fault_between_records_ends_the_archive(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> tuple[bytes, int]:
        raise ZeroDivisionError

    monkeypatch.setattr(warc._Source, "next_record", fail)
    with pytest.raises(ZeroDivisionError):
        members(record(http(PAGE)))
