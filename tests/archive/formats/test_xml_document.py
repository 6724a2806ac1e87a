"""archive/formats/xml_document.py: the name of the root, characters and lines."""

import pytest

from archive.formats.input import DEFAULT_LIMITS
from archive.formats.markup import MarkupError, words_of
from archive.formats.xml_document import open_xml, root_name
from archive.items import Hints


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"<nitf>", "nitf"),
        (b"  \n<NITF version='3'/>", "nitf"),
        (b"\xef\xbb\xbf<ns0:newsItem xmlns:ns0='x'>", "newsitem"),
        (b"<?xml version='1.0'?><!-- <rss> --><?x y?><a.b-c>", "a.b-c"),
        (b"<!DOCTYPE html><html>", "html"),
        (b"<!DOCTYPE nitf SYSTEM 'a.dtd' [<!ENTITY x 'y'>]><nitf>", "nitf"),
        (b"<!DOCTYPE nitf [<!ENTITY x 'y'>", "nitf"),
        ("<é>".encode(), "é"),
        ("<nitf>".encode("utf-16"), "nitf"),
        ("<nitf>".encode("utf-16-le"), "nitf"),
        ("<nitf>".encode("utf-16-be"), "nitf"),
        (b"", ""),
        (b"plain", ""),
        (b"<!-- open", ""),
        (b"<?open", ""),
        (b"< nitf>", ""),
        (b"<1>", ""),
        (b"<>", ""),
    ],
)
def test_the_name_of_the_root_is_read_from_the_beginning(head: bytes, name: str) -> None:
    assert root_name(head) == name


@pytest.mark.parametrize("part", [b"<!---->", b"<??>", b"<!DOCTYPE a>", b"<!DOCTYPE a [", b"\n", b"<a" * 9, b"<!--"])
def test_finding_the_root_is_fast_whatever_precedes_it(part: bytes) -> None:
    assert root_name((part * 64_000)[: 64 * 1024]) in ("", "a")


def test_named_characters_of_html_are_resolved_and_those_of_xml_are_left_to_the_parser() -> None:
    data = b"<a>caf&eacute;&nbsp;&mdash; &amp;amp; &LT;b&AMP;<![CDATA[&lt;]]></a>"
    document = open_xml(data, Hints("a"), DEFAULT_LIMITS)
    assert words_of(document.root) == "café — &amp; <b&&lt;"


def test_lines_keep_their_numbers_of_the_file() -> None:
    data = b"\n<?xml version='1.0'\n?>\n<a>\r\n<b></a>"
    document = open_xml(data, Hints("a"), DEFAULT_LIMITS)
    assert document.line == 5
    assert "not well-formed XML" in document.damage


@pytest.mark.parametrize("data", [b"", b"   ", b"no markup", b"<?xml version='1.0'?>"])
def test_a_document_without_an_element_is_refused(data: bytes) -> None:
    with pytest.raises(MarkupError):
        open_xml(data, Hints("a"), DEFAULT_LIMITS)
