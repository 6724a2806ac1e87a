"""search/exports/markdown.py: what is text stays text."""

import json
import re
from collections.abc import Callable

import pytest

from archive.models import Article, Section
from search.exports.markdown import escape_markdown
from search.exports.reading import one_line

from .reading_tools import DIFFICULT_PARAGRAPHS, LONG_PARAGRAPH, LONG_WORD


def without_backslashes(text: str) -> str:
    """Returns the text that a reader of CommonMark shows (section 2.4)."""
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text)


@pytest.mark.parametrize(
    ("line", "written"),
    [
        ("plain, with 100% (of it) - and more + a.b!", "plain, with 100% (of it) - and more + a.b!"),
        ("*a* _b_ `c` ~d~", r"\*a\* \_b\_ \`c\` \~d\~"),
        ("# a #b", r"\# a \#b"),
        ("- a - b", r"\- a - b"),
        ("-5 degrees", "-5 degrees"),
        ("---", r"\---"),
        ("- - -", r"\- - -"),
        ("+ a", r"\+ a"),
        ("1. a 2. b", r"1\. a 2. b"),
        ("12) a", r"12\) a"),
        ("1.5 million", "1.5 million"),
        ("2024.", r"2024\."),
        ("> a", r"\> a"),
        ("a | b", r"a \| b"),
        ("=", r"\="),
        ("== a == b=c", r"\=\= a \=\= b=c"),
        ("%%a%% 5%", r"\%\%a\%\% 5%"),
        ("[a](b) [^1] [[c]] ![d](e)", r"\[a\](b) \[^1\] \[\[c\]\] !\[d\](e)".replace("[^", r"[\^")),
        ("<b> &amp; &#65; & c", r"\<b\> \&amp; \&#65; & c".replace("&#", r"&\#")),
        ("$5 \\ \\*", r"\$5 \\ \\\*"),
    ],
)
def test_signs_with_a_meaning_have_a_backslash(line: str, written: str) -> None:
    assert escape_markdown(line) == written
    assert without_backslashes(written) == line


@pytest.mark.parametrize(
    ("line", "written"),
    [
        ("See https://a.example/x_y~z#p.", "See <https://a.example/x_y~z#p>."),
        ("(https://a.example/Up_(film)), *", r"(<https://a.example/Up_(film)>), \*"),
        ("<HTTPS://a_b.example>", r"\<<HTTPS://a_b.example>\>"),
        ("https://a.example/plain", "https://a.example/plain"),
        ("https://a.example/?a_b&copy;c", r"https://a.example/?a\_b\&copy;c"),
        ("https://a.example/_ü", r"https://a.example/\_ü"),
        ("https://* and ://_", r"https://\* and ://\_"),
    ],
)
def test_addresses_have_no_backslash_which_readers_would_take_for_a_part_of_them(line: str, written: str) -> None:
    assert escape_markdown(line) == written


@pytest.mark.django_db
@pytest.mark.parametrize("unit", ["section", "article"])
def test_all_words_are_in_the_file(difficult: None, written: Callable[..., str], unit: str) -> None:
    lines = written("md", unit=unit).split("\n")
    shown = [without_backslashes(line) for line in lines]
    for section in Section.objects.select_related("current"):
        assert set(filter(None, map(one_line, section.paragraphs))) <= set(shown)
        if section.heading:
            assert f"### {without_isolates(section.heading)}" in map(without_isolates, shown)
    joined = "".join(re.sub(r"\s", "", line) for line in shown)
    for paragraph in (*DIFFICULT_PARAGRAPHS, LONG_PARAGRAPH, LONG_WORD):
        assert re.sub(r"\s", "", one_line(paragraph)) in joined
    headings = [line for line in lines if line.startswith("## ")]
    assert len(headings) == Article.objects.count()
    assert [line for line in lines if re.match(r"#{1,6} |[-+] |\d+[.)] |    |```|~~~|<(?!https?://)", line)] == [
        line for line in lines if re.match("#{1,3} ", line)
    ]


def without_isolates(text: str) -> str:
    return re.sub("[\u2066-\u2069]", "", one_line(text))


@pytest.mark.django_db
def test_front_matter_says_what_the_file_is(difficult: None, written: Callable[..., str]) -> None:
    text = written("md", 'ferry NOT "x: #y"', first=2)
    start, matter, _ = re.split("^---\n", text, maxsplit=2, flags=re.MULTILINE)
    assert not start
    values = {name: json.loads(value) for name, _, value in (line.partition(": ") for line in matter.splitlines())}
    assert values["search"] == 'ferry NOT "x: #y"'
    assert values["title"] == 'ferry NOT "x: #y" – Cuttings'
    assert values["content"] == "2 sections, the first 2 of the result; full text"
    assert {"read_as", "filters", "order", "archive", "address", "made"} <= set(values)
    assert '\n# Search: ferry NOT "x: \\#y"\n' in text


@pytest.mark.django_db
def test_rows_are_cited_with_links(difficult: None, written: Callable[..., str]) -> None:
    Article.objects.filter(kind="live").update(note="A <correction> & *more*")
    text = written("md")
    for section in Section.objects.all():
        assert f"\n> <https://archive.example/sections/{section.pk}/?version=1>\n" in text
    assert "\n<https://a.example/live?a=1&b=(2)>\n" in text
    assert "\n> Note: A \\<correction\\> & \\*more\\*\n" in text


@pytest.mark.django_db
def test_file_without_rows_says_so(difficult: None, written: Callable[..., str]) -> None:
    assert written("md", "zebra").endswith("\nNothing in the archive matches.\n")
