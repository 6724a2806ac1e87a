"""archive/formats/unsupported.py: unsupported files are recognised, and no supported document is."""

import pytest

from archive.formats.unsupported import unsupported_reason
from archive.items import ArticleItem, Rejected
from tests.archive.formats.reading import read_one
from tests.conftest import SEED

MHTML = b"""From: <Saved by Browser>
Snapshot-Content-Location: https://courier.example/fire
Subject: =?utf-8?Q?Fire?=
Content-Type: multipart/related;
\ttype="text/html"; boundary="----x"
MIME-Version: 1.0

------x
Content-Type: text/html

<html><body><p>A fire broke out.</p></body></html>
------x--
"""
MAIL = b"""Received: from a.example by b.example\r
\tfor <desk@courier.example>\r
Subject: Fire\r
\r
A fire broke out.\r
"""


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n", "a PDF;"),
        (b"{\\rtf1\\ansi Fire\\par A fire.}", "rich text"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"A fire. " * 99, "office program"),
        (b"bplist00" + b"A fire. " * 99, "Safari"),
        (b"BZh91AY&SY" + b"A fire. " * 99, "bzip2"),
        (b"\xfd7zXZ\x00" + b"A fire. " * 99, "xz"),
        (b"\x28\xb5\x2f\xfd" + b"A fire. " * 99, "zstd"),
        (b"7z\xbc\xaf\x27\x1c" + b"A fire. " * 99, "7z"),
        (b"Rar!\x1a\x07" + b"A fire. " * 99, "rar"),
        (b"fire.txt".ljust(257, b"\0") + b"ustar\x0000" + b"\0" * 248 + b"Fire\nA fire.\n", "tar"),
        (MHTML, "MHTML"),
        (MHTML.replace(b"\n", b"\r\n"), "MHTML"),
        (MAIL, "a mail"),
    ],
)
def test_an_unsupported_file_is_rejected_with_what_it_is(data: bytes, what: str) -> None:
    item = read_one(data)
    assert isinstance(item, Rejected)
    assert what in item.reason
    assert ";" in item.reason


@pytest.mark.parametrize(
    "text",
    [
        "From: our correspondent in Marbeck\nSubject: the fire\nA fire broke out. Nobody was hurt.\n",
        "Fire\nMIME-Version: 1.0 is what the header said.\n",
    ],
)
def test_text_that_looks_like_it_is_read(text: str) -> None:
    assert isinstance(read_one(text), ArticleItem)


def test_no_document_of_a_format_is_unsupported() -> None:
    data = SEED.parent.parent / "tests" / "data"
    files = [path for path in data.rglob("*") if path.is_file()]
    assert len(files) > 50
    assert [path for path in files if unsupported_reason(path.read_bytes()[:65536])] == []


def test_a_long_header_without_an_end_is_checked_fast() -> None:
    assert unsupported_reason(b"a-a:" * 16_000 + b"\n") == ""
    assert unsupported_reason(b"ab: c\n" * 10_000) == ""
