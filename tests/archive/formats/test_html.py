"""archive/formats/html.py and web/article_body.py: a web page read as an article, or the reason why it is none."""

import codecs
import gzip
import logging
import time
from pathlib import Path
from typing import Any

import pytest
import trafilatura
from lxml import etree

from archive.formats import html
from archive.formats.input import DEFAULT_LIMITS
from archive.formats.markup import parse_html
from archive.formats.web import copy_for_library
from archive.items import ArticleItem, Item, Rejected, as_json
from archive.times import parse_moment
from tests.archive.formats import reading
from tests.archive.formats.golden import expected_of, pairs

PAGES = pairs("html")
FIELDS = "headline standfirst source id url byline language published updated topics problems".split()

TEXT = (
    "The first ferry to Lindwick left Tollen at half past seven, four days after the storm closed the harbour.",
    "The harbour master counts the waves each morning, and on this one, she said, there had been few of them.",
    "Two boats will run each day until the pier has been mended, the council of the island told the Courier.",
)


def page(*body: str, head: str = "<title>Ferry to Lindwick runs again</title>") -> bytes:
    return f"<!DOCTYPE html><html><head>{head}</head><body>{''.join(body)}</body></html>".encode()


def paragraphs(texts: tuple[str, ...] = TEXT) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def read(data: bytes, name: str = "a.html", **hints: Any) -> Item:
    return reading.read_one(data, name, **hints)


def read_article(data: bytes, name: str = "a.html", **hints: Any) -> ArticleItem:
    item = reading.read_article(data, name, **hints)
    assert item.reader == html.READER
    assert item.raw == data
    return item


def read_reason(data: bytes, name: str = "a.html") -> str:
    item = read(data, name)
    assert isinstance(item, Rejected), item
    return item.reason


def shape(item: ArticleItem) -> dict[str, object]:
    found = as_json(item)
    sections = [{"heading": section.heading, "paragraphs": list(section.paragraphs)} for section in item.sections]
    return {**{name: found[name] for name in FIELDS}, "sections": sections}


@pytest.mark.parametrize(
    ("markup", "note"),
    [
        ('<script src="https://v.24liveblog.com/24.js"></script>', "loads from 24liveblog are not in the page"),
        ('<div class="arena-liveblog" data-event="a"></div>', "loads from Arena are not in the page"),
        (
            '<script type="application/ld+json">'
            '{"@type": "LiveBlogPosting", "headline": "Ferries sail again"}</script>',
            "calls itself a live blog and has no entries",
        ),
    ],
)
def test_a_live_page_without_its_entries_is_read_with_a_note(markup: str, note: str) -> None:
    text = "<p>The first ferry left the quay at noon, the harbour master said on Monday, and it was full.</p>" * 2
    item = reading.read_article(f"<h1>Ferries sail again</h1>{markup}{text}", "a.html")
    assert item.kind == "article"
    assert any(note in problem for problem in item.problems)


def test_every_golden_page_has_an_expectation_and_every_expectation_a_page() -> None:
    assert len(PAGES) >= 4
    expectations = {path.name.removesuffix(".expected.json") for path in PAGES[0].parent.glob("*.json")}
    assert expectations == {path.stem for path in PAGES}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_golden_page_is_read_as_expected(path: Path) -> None:
    item = read_article(path.read_bytes())
    assert shape(item) == expected_of(path)
    assert item.whole_stream
    assert item.media_type == "text/html"
    assert read(gzip.compress(path.read_bytes())) == item


@pytest.mark.parametrize(
    ("encoding", "declared", "text"),
    [
        ("utf-8", "utf-8", "Zoë’s café in Łódź is open again — after the storm, „at last“, she said."),
        ("cp1252", "iso-8859-1", "Zoë’s café in Malmö is open again — after the storm, “at last”, she said."),
        ("cp1251", "windows-1251", "Первый паром ушёл из Толлена в субботу в половине восьмого утра, после бури."),
        ("koi8_r", "koi8-r", "Первый паром ушёл из Толлена в субботу в половине восьмого утра, после бури."),
        ("gb18030", "gb2312", "第一班渡轮于星期六早上七点半离开托伦，距离暴风雨关闭港口已有四天，船上有九十人。"),
        ("shift_jis", "shift_jis", "土曜日の朝七時半、嵐で港が閉ざされてから四日ぶりに、最初の渡し船がトレンを出た。"),
        ("euc_kr", "euc-kr", "토요일 아침 일곱 시 반, 폭풍으로 항구가 닫힌 지 나흘 만에 첫 배가 톨렌을 떠났다."),
        (
            "cp1256",
            "windows-1256",
            "غادرت أول عبّارة ميناء تولن صباح السبت بعد أربعة أيام من العاصفة التي أغلقت الميناء.",
        ),
    ],
)
def test_pages_in_old_encodings_are_read(encoding: str, declared: str, text: str) -> None:
    body = "".join(f"<p>{text} {number}.</p>" for number in range(9))

    def words(head: str, **hints: Any) -> set[str]:
        data = page(body, head=head + "<title>x</title>").decode().encode(encoding)
        item = read_article(data, **hints)
        assert item.problems == ("the page gives no time of publication",)
        return {part.removesuffix(f" {number}.") for number, part in enumerate(item.sections[0].paragraphs)}

    assert words(f'<meta charset="{declared}">') == {text}
    assert words("", charset=declared) == {text}


@pytest.mark.parametrize(
    ("data", "charset", "note"),
    [
        (page("<p>Zoë’s café.</p>", paragraphs()), "iso-8859-1", "declared as CP1252 but is not; read as UTF-8"),
        (
            page("<p>Zoë’s café.</p>", paragraphs(), head="<meta charset=gbk><title>x</title>"),
            "",
            "declared as GB18030",
        ),
        (
            page("<p>Zoë’s café.</p>", paragraphs(), head="<meta charset=utf-8><title>x</title>")
            .decode()
            .encode("cp1252"),
            "",
            "declared as UTF-8 but is not",
        ),
    ],
    ids=["header", "declaration", "not UTF-8"],
)
def test_a_wrong_charset_is_corrected_with_a_note(data: bytes, charset: str, note: str) -> None:
    item = read_article(data, charset=charset)
    assert item.sections[0].paragraphs[0] == "Zoë’s café."
    assert note in item.problems[0]


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE], ids=["little-endian", "big-endian"])
def test_utf_16_is_recognised_by_its_byte_order_mark(mark: bytes) -> None:
    encoding = "utf-16-le" if mark == codecs.BOM_UTF16_LE else "utf-16-be"
    data = mark + page("<p>Zoë’s café.</p>", paragraphs()).decode().encode(encoding)
    assert read_article(data, name="").sections[0].paragraphs[0] == "Zoë’s café."


def test_the_charset_of_the_http_header_is_kept_in_the_media_type() -> None:
    assert read_article(page(paragraphs()), charset="utf-8").media_type == "text/html; charset=utf-8"


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"<!DOCTYPE html>", ""),
        (b"<!doctype HTML PUBLIC '-//W3C//DTD XHTML 1.0'>", ""),
        (b"\xef\xbb\xbf\r\n<html>", ""),
        (b"<!-- <rss> -->\n<!-- x --> <HTML lang=en>", ""),
        (b"<?xml version='1.0'?>\n<!DOCTYPE html PUBLIC 'x'>", ""),
        (b"<?xml version='1.0'?><!-- x --><html xmlns='http://www.w3.org/1999/xhtml'>", ""),
        (b"<div class='x'>", ""),
        (b"<p>Words.", ""),
        (b"<br/>", ""),
        ("<html>".encode("utf-16"), ""),
        ("<html>".encode("utf-16-le"), ""),
        (b"Warning: nothing\n<html>", "a.html"),
        (b"Warning: nothing\n<html>", "a.HTM.gz"),
    ],
)
def test_pages_and_fragments_are_html(head: bytes, name: str) -> None:
    assert html.sniff(head, name)


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"", "a.html"),
        (b"Words and <b>words</b>.", ""),
        (b"Words.", "a.html"),
        (b"<?xml version='1.0'?><rss><channel><title>x</title>", ""),
        (b"<?xml version='1.0'?><body><p>", ""),
        (b"<rss version='2.0'>", ""),
        (b"<feed xmlns='http://www.w3.org/2005/Atom'>", ""),
        (b"<nitf><head>", ""),
        (b"<newsItem>", ""),
        (b"<NewsML>", ""),
        (b"<!-- never closed <html>", ""),
        (b'{"a": "<html>"}', ""),
    ],
)
def test_other_markup_and_text_are_not_html(head: bytes, name: str) -> None:
    assert not html.sniff(head, name)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (page(head="<title>x</title>"), "no article in the page"),
        (page("<script>let x = '<p>word</p>'</script>", head=""), "no article in the page"),
        (
            page("<h1>404 Not Found</h1><p>We looked everywhere and found nothing at all.</p>"),
            "a log-in or a notice, headed '404 Not Found'",
        ),
        (page(paragraphs(), head="<title>404 - Page not found</title>"), "headed '404 - Page not found'"),
        (page(paragraphs(), head="<title>Just a moment...</title>"), "headed 'Just a moment'"),
        (page("<p>Short.</p>"), "characters of text are too few"),
        (
            page(
                *(
                    f"<p>News number {n} of the harbour of Tollen today, and more of it than yesterday</p>"
                    for n in range(9)
                )
            ),
            "a list of links",
        ),
        (b"<html>" + b"<div>" * 5_000, "nested more than 2,000 levels deep"),
        (b"<html>" + b"x" * DEFAULT_LIMITS.max_document_bytes, "longer than 32 MiB"),
        (page("<p>word.</p>" * 60_000), "more than 50,000 elements"),
        (page("<p>" + "word. " * 1_400_000), "more than 8,000,000 characters"),
    ],
)
def test_a_page_without_an_article_is_rejected_with_the_reason(data: bytes, reason: str) -> None:
    assert reason in read_reason(data)


def test_a_page_on_which_a_library_fails_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise IndexError("out of its depth")

    monkeypatch.setattr("trafilatura.bare_extraction", broken)
    assert read_reason(page(paragraphs())) == (
        "the page cannot be read: IndexError: out of its depth; save its text instead"
    )


def test_the_libraries_log_and_print_nothing(caplog: pytest.LogCaptureFixture, capfd: Any) -> None:
    with caplog.at_level(logging.WARNING):
        read(page("<p>Short.</p>"))
        read(b"<html><body><p>")
    assert caplog.records == []
    assert capfd.readouterr() == ("", "")


@pytest.mark.slow
@pytest.mark.parametrize(
    "data",
    [
        b"<html><p>" + TEXT[0].encode() * 3,
        page(paragraphs())[:-40],
        page("<div>" * 1_500, paragraphs()),
        page("<table>" * 200, paragraphs()),
        page("<b><i><a href=x>" * 300, paragraphs()),
        page("<p>" + "<span>word </span>" * 20_000 + ".</p>"),
        page("<p>word.</p>" * 20_000),
        page("<p class='caption related promo'>" * 3_000, "word. " * 3_000),
        page("<time datetime='x'>", "<h1>" * 3_000, paragraphs()),
        page("<!--" * 9_000, paragraphs()),
        page("&" * 100_000, paragraphs()),
        page("<ul>" + "<li><a href=x>word</a>" * 20_000),
        b"<html>" + bytes(range(256)) * 400,
        page("<div itemscope itemtype='http://schema.org/Article'>" * 900, "<b itemprop=headline>x"),
        page(head='<script type="application/ld+json">' + "[" * 100_000),
        page(head='<script type="application/ld+json">{"@graph":[' + '{"@type":"Article"},' * 9_000 + "{}]}"),
        page("<div class=live-entry id=a1>" + "<time datetime=2025-06-02>" * 1_500) * 3,
        page(
            *(f"<div class=live-entry id=a{n}>Updated{'[' * 60_000}8<time>1:30</time><p>word</div>" for n in range(3))
        ),
    ],
    ids=range(18),
)
def test_a_page_made_to_break_readers_is_read_in_bounded_time(data: bytes) -> None:
    begun = time.process_time()
    item = read(data)
    assert isinstance(item, ArticleItem) or item.reason
    # Bounded, not fast: an honest page takes a hundredth of this.
    assert time.process_time() - begun < 20


def test_text_outside_paragraphs_is_read_once_and_in_order() -> None:
    item = read_article(page("<div>" + "<br><br>".join(TEXT) + "</div>"))
    assert item.sections[0].paragraphs == TEXT


def test_a_heading_above_paragraphs_is_kept_and_above_links_left_out() -> None:
    links = "<ul><li><a href=/a>One thing</a><li><a href=/b>Another thing</a></ul>"
    later = paragraphs(tuple(text.replace("the", "a") for text in TEXT))
    item = read_article(
        page("<h1>Ferry</h1>", paragraphs(), "<h2>What broke</h2>", later, "<h2>Most read</h2>", links)
    )
    assert [(section.heading, len(section.paragraphs)) for section in item.sections] == [("", 3), ("What broke", 3)]


@pytest.mark.parametrize(
    "unseen",
    [
        "<script>document.write('Lindwick')</script>",
        "<style>p { color: teal }</style>",
        "<svg><title>A wave</title><path d='M0 0'></path><style>path { fill: teal }</style></svg>",
    ],
)
def test_removing_invisible_elements_keeps_the_words_beside_them(unseen: str) -> None:
    start, end = TEXT[0].split(", ")
    body = f"<article><p>{unseen}{start}, {unseen}{end}</p>{paragraphs(TEXT[1:])}</article>"
    assert [section.paragraphs for section in read_article(page(body)).sections] == [TEXT]


def test_a_brief_of_two_sentences_is_an_article() -> None:
    item = read_article(page("<h1>Harbour closed</h1><p>The harbour is closed until further notice.</p><p>", TEXT[0]))
    assert len(item.sections[0].paragraphs) == 2


def test_a_table_is_read_row_by_row() -> None:
    rows = "<table><tr><th>Boat</th><th>Leaves</th></tr><tr><td>Hen</td><td>Half past seven</td></tr></table>"
    item = read_article(
        page(
            "<article>",
            paragraphs(),
            rows,
            paragraphs(("And that is all there is to say of it, she said.",)),
            "</article>",
        )
    )
    assert item.sections[0].paragraphs[3:5] == ("Boat | Leaves", "Hen | Half past seven")


@pytest.mark.parametrize(
    ("line", "day", "precision"),
    [
        ("<p>4 марта 2025</p>", "2025-03-04", "day"),
        ("<span>Publié le 4 mars 2025 à 18h05</span>", "2025-03-04T18:05", "minute"),
        ("<p>Обновлено 4 марта 2025</p>", "", ""),
    ],
)
def test_a_written_day_under_the_headline_is_the_day_of_publication(line: str, day: str, precision: str) -> None:
    item = read_article(page("<h1>Ferry to Lindwick runs again</h1>", line, paragraphs()))
    found = item.published and (item.published.at.isoformat()[: len(day)], item.published.precision)
    assert found == ((day, precision) if day else None)


def test_a_date_in_the_hints_is_preferred_to_a_written_day() -> None:
    hint = parse_moment("2025-03-05T10:00:00Z")
    item = read(page("<h1>Ferry to Lindwick runs again</h1><p>4 March 2025</p>", paragraphs()), published=hint)
    assert isinstance(item, ArticleItem)
    assert item.published == hint


def test_paragraphs_in_a_table_cell_are_not_a_row() -> None:
    cell = f"<tr><td width=150><a href=/>Home</a><td>{'<br><br>'.join(TEXT)}"
    assert read_article(page("<table>", cell, "</table>")).sections[0].paragraphs == TEXT


def read_without(monkeypatch: pytest.MonkeyPatch, dropped: str, *body: str) -> tuple[str, ...]:
    """The paragraphs of a page of which trafilatura drops one."""
    extract: Any = trafilatura.bare_extraction

    def dropping(tree: Any, **options: Any) -> Any:
        found = extract(tree, **options)
        for element in [part for part in found.body.iter("p") if dropped in "".join(part.itertext())]:
            element.getparent().remove(element)
        return found

    monkeypatch.setattr(trafilatura, "bare_extraction", dropping)
    return read_article(page(*body)).sections[0].paragraphs


LATER = tuple(text.upper() for text in TEXT)


@pytest.mark.parametrize(
    ("dropped", "body", "count"),
    [
        ("A pier is dear", "<div class=b>A pier is dear.</div>", 7),
        # A label in a box is not restored.
        ("A pier is dear", "<div class=b>A pier is dear</div>", 6),
        # A paragraph need not be in a box like those of the article; a sentence in a box of its own must be.
        ("A pier is dear", "<div class=lead><div class=other><p>A pier is dear.</p></div></div>", 7),
        ("A pier is dear", "<div class=lead><div class=other>A pier is dear.</div></div>", 6),
    ],
)
def test_a_dropped_paragraph_is_restored_where_the_article_is(
    monkeypatch: pytest.MonkeyPatch, dropped: str, body: str, count: int
) -> None:
    def boxes(texts: tuple[str, ...]) -> str:
        if "class=b>" in body:
            return "".join(f"<div class=b>{text}</div>" for text in texts)
        return "".join(f"<div class=text><p>{text}</p></div>" for text in texts)

    found = read_without(monkeypatch, dropped, "<div class=story>", boxes(TEXT), body, boxes(LATER), "</div>")
    assert len(found) == count
    assert (dropped + "." in found) == (count == 7)


def test_a_mark_after_the_last_sentence_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    last = "And that is all there is to say of the ferry until the council has found the money for it. ♦"
    found = read_without(monkeypatch, "the money", "<article>", paragraphs((*TEXT, last)), "</article>")
    assert found == (*TEXT, last)


@pytest.mark.parametrize("attribute", ["content", "title", "data-x"])
def test_attributes_that_libraries_take_quadratic_time_for_are_kept_from_them(attribute: str) -> None:
    long = f'<meta name="description" {attribute}="{"<!--" * 500}"><meta name="x" {attribute}="short">'
    copied = copy_for_library(parse_html(f"<html><head>{long}</head><body>{paragraphs()}</body></html>"))
    assert [element.get(attribute) for element in copied.iter("meta")] == ["", "short"]
    assert len(etree.tostring(copied)) < 1_500
