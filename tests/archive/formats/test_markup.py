"""archive/formats/markup.py: parsing, and headings and paragraphs."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.formats.markup import blocks, local_name, parse_html, parse_xml, plain, unescape


def test_elements_can_be_left_out_by_a_function() -> None:
    root = parse_html("<div><p>One <i class='x'>two</i> three.</p><div class='x'><p>Four.</p></div>Five.</div>")
    found = blocks(root, left_out=lambda element: element.get("class") == "x")
    assert [block.text for block in found] == ["One three.", "Five."]


def test_a_block_that_is_left_out_separates_paragraphs() -> None:
    root = parse_html("<div>One.<figure><p>Caption</p></figure>Two.</div>")
    found = blocks(root, left_out=lambda element: local_name(element) == "figure")
    assert [block.text for block in found] == ["One.", "Two."]


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<title>T</title><article><h1>A</h1><p>B</p></article>", ["A", "B"]),
        ("<title>T</title><main><p>A</p></main><p>B</p>", ["A", "B"]),
        ("<title>T</title><meta name=x><section><p>A</p></section><link rel=y><p>B</p>", ["A", "B"]),
        ("<head><title>T</title></head><body><article><p>A</p></article></body>", ["A"]),
    ],
    ids=["no body tag", "body begun later", "metadata in between", "body tag"],
)
def test_what_no_head_may_have_begins_the_body(html: str, words: list[str]) -> None:
    root = parse_html(f"<!doctype html><html>{html}</html>")
    assert [element.tag for element in root] == ["head", "body"]
    assert root.findtext("head/title") == "T"
    assert [block.text for block in blocks(root[1])] == words


@pytest.mark.parametrize("recover", [False, True])
@pytest.mark.parametrize(
    ("reference", "character"),
    [
        ("&#55357;&#56832;", "😀"),
        ("&#xD83D;&#xde00;", "😀"),
        ("&#x0d83d;", "\ufffd"),
        ("&#xDE00;&#xD83D;", "\ufffd\ufffd"),
        ("&#0;", "\ufffd"),
        ("&#x00;", "\ufffd"),
        ("&#55000;", chr(55000)),
        ("&#57999;", chr(57999)),
    ],
)
def test_a_reference_to_an_invalid_character_is_replaced(reference: str, character: str, recover: bool) -> None:
    root = parse_xml(f"<a b='x{reference}y'>x{reference}y</a>".encode(), recover=recover)
    assert (root.text, root.get("b")) == (f"x{character}y", f"x{character}y")


@pytest.mark.parametrize("given_text", [None, "", " ", "\n \t"])
def test_missing_text_is_empty(given_text: str | None) -> None:
    assert plain(given_text) == ""


@given(st.text(st.sampled_from("ab .é\u00a0\u2003\u200b\ufeff\t\n\r\x00\x85\x92\u2028\ud800")))
def test_clean_text_gives_the_same_words_by_the_fast_path(text: str) -> None:
    # A letter that is none of the printable forces the long way.
    assert plain(text + "\x00") == plain(text)
    assert not re.search(r"[\s\u200b\ufeff]", plain(text).replace(" ", ""))


_REFERENCES = (
    "& &amp; &amp &#x26; &#38 &quot; &quot &#39; &#39 &#x23; &#35; &#59; &#113; &nbsp; &lt; &lt &gt &#1; &foo; "
)
_REFERENCES += "&#x2019; &rsquo &hellip; &#0; &#128; &NotEqualTilde; ; # 39; #39; amp; quot; p; x"


@given(st.lists(st.sampled_from(_REFERENCES.split())))
def test_references_are_resolved_as_in_python(parts: list[str]) -> None:
    text = "".join(parts)
    assert unescape(text) == html.unescape(text)
