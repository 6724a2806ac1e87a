"""archive/formats/feeds/feed.py, feed_xml.py. Golden pairs are in tests/data/feed/; feedparser is the oracle."""

import calendar
import io
import json
from pathlib import Path
from typing import Any

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.formats.feeds import feed
from archive.items import ArticleItem, Item, Note, Rejected, as_json
from tests.archive.formats.reading import read, read_as
from tests.paths import DATA as TEST_DATA

DATA = TEST_DATA / "feed"
GOLDEN = sorted(path for path in DATA.iterdir() if not path.name.endswith(".expected.json"))
SHOWN = "locator headline standfirst source id url byline language published updated topics partial problems".split()


def article(data: bytes | str, **hints: Any) -> ArticleItem:
    (item,) = read(data, **hints)
    assert isinstance(item, ArticleItem), item
    return item


def rss(*items: str, head: str = "<title>Courier</title>") -> str:
    return f'<rss version="2.0"><channel>{head}{"".join(f"<item>{item}</item>" for item in items)}</channel></rss>'


def atom(*entries: str, head: str = "<title>Courier</title>") -> str:
    elements = "".join(f"<entry>{entry}</entry>" for entry in entries)
    return f'<feed xmlns="http://www.w3.org/2005/Atom">{head}{elements}</feed>'


def shape(item: Item) -> dict[str, object]:
    if not isinstance(item, ArticleItem):
        return {type(item).__name__.lower(): item.locator, "reason": item.reason}
    fields = as_json(item)
    sections = [[section.heading, *section.paragraphs] for section in item.sections]
    return {name: fields[name] for name in SHOWN} | {"sections": sections}


def paragraphs(item: ArticleItem) -> list[str]:
    return [paragraph for section in item.sections for paragraph in section.paragraphs]


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.name)
def test_golden_feed_is_read_as_expected(path: Path) -> None:
    expected = json.loads(path.with_name(path.name + ".expected.json").read_text(encoding="utf-8"))
    assert [shape(item) for item in read(path.read_bytes())] == expected


@pytest.mark.parametrize("path", [path for path in GOLDEN if path.stem == "harbour" and path.suffix != ".json"])
def test_the_oracle_finds_the_same_entries(path: Path) -> None:
    parsed = feedparser.parse(io.BytesIO(path.read_bytes()))
    items = [item for item in read(path.read_bytes()) if not isinstance(item, Note)]
    assert len(items) == len(parsed.entries)
    for item, entry in zip(items, parsed.entries, strict=True):
        if isinstance(item, Rejected):
            continue
        expected = {
            calendar.timegm(time) for key in ("published_parsed", "updated_parsed") if (time := dict.get(entry, key))
        }
        assert {int(moment.at.timestamp()) for moment in (item.published, item.updated) if moment} == expected
        assert entry.get("link", "") in item.url
        assert {tag.label or tag.term for tag in entry.get("tags", [])} == set(item.topics)


@pytest.mark.parametrize("pretty", ["", "\n<!-- fetched at noon -->\n"])
def test_an_entry_that_did_not_change_has_the_same_bytes_in_another_fetch(pretty: str) -> None:
    entry = "<title>Quay</title><description>Closed.</description>"
    first = article(rss(entry))
    later = read(
        f'<?xml version="1.0"?>{pretty}'
        + rss("<title>New</title><description>One.</description>", entry).replace(
            "<rss", '<rss xmlns:media="http://search.yahoo.com/mrss/"'
        )
    )
    assert isinstance(later[1], ArticleItem)
    assert later[1].sha256 == first.sha256
    assert first.raw == f"<item>{entry}</item>".encode()


def test_the_evidence_of_a_json_entry_has_sorted_keys() -> None:
    entry = {"id": "1", "content_text": "Closed.", "title": "Quay ü"}
    feeds = [
        json.dumps({"version": "https://jsonfeed.org/version/1", "items": [dict(order)]}, ensure_ascii=ascii_only)
        for order, ascii_only in ((list(entry.items()), True), (list(entry.items())[::-1], False))
    ]
    first, second = (article(data) for data in feeds)
    assert first.sha256 == second.sha256
    assert json.loads(first.raw) == entry


@pytest.mark.parametrize(
    ("content", "summary", "body", "standfirst", "partial"),
    [
        ("<p>One.</p><p>Two.</p>", "", ["One.", "Two."], "", False),
        ("<p>One.</p><p>Two.</p>", "A summary.", ["One.", "Two."], "A summary.", False),
        ("<p>One is this.</p><p>Two.</p>", "One is […]", ["One is this.", "Two."], "", False),
        ("<p>One.</p><p>Two.</p>", "<p>One.</p>", ["One.", "Two."], "", False),
        ("<p>One.</p>", "One. Two is longer.", ["One. Two is longer."], "", False),
        ("", "A summary.", ["A summary."], "", True),
        ("<p>One. [...]</p>", "", ["One. [...]"], "", True),
        ("<p>One.</p><p>The post <a>X</a> appeared first on <a>Y</a>.</p>", "", ["One."], "", False),
        ("<p>One.</p><p><a>Continue reading Quay closed →</a></p>", "", ["One."], "", False),
        ("<p>Read more books, the mayor said.</p>", "", ["Read more books, the mayor said."], "", False),
    ],
)
def test_the_fuller_text_is_the_body(
    content: str, summary: str, body: list[str], standfirst: str, partial: bool
) -> None:
    item = article(
        json.dumps(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "items": [{"id": "1", "title": "Quay", "content_html": content, "summary": summary}],
            }
        )
    )
    assert (paragraphs(item), item.standfirst, item.partial) == (body, standfirst, partial)


@pytest.mark.parametrize(
    ("guid", "link", "url", "identity"),
    [
        ("<guid>https://a.example/1</guid>", "", "https://a.example/1", ""),
        ("<guid>https://a.example/1</guid>", "<link>https://www.a.example/x?y=1</link>", "https://a.example/1", ""),
        ("<guid>https://a.example/?p=1</guid>", "<link>https://a.example/quay</link>", "https://a.example/quay", ""),
        (
            "<guid isPermaLink='false'>https://a.example/1</guid>",
            "<link>https://a.example/1/</link>",
            "https://a.example/1/",
            "",
        ),
        ("<guid isPermaLink='false'>7</guid>", "<link>https://a.example/1</link>", "https://a.example/1", "7"),
        ("<guid>7</guid>", "<link>/1</link>", "https://courier.example/1", "7"),
        ("", "<link>1</link>", "https://courier.example/news/1", ""),
        ("<guid>7</guid>", "<link>http://[broken</link>", "", "7"),
    ],
)
def test_ids_and_addresses(guid: str, link: str, url: str, identity: str) -> None:
    head = "<title>Courier</title><link>https://courier.example/news/</link>"
    item = article(rss(f"<title>Quay</title><description>Closed.</description>{guid}{link}", head=head))
    assert (item.url, item.external_id) == (url, identity)


def test_entries_of_one_address_keep_their_ids() -> None:
    items = read(
        rss(
            *(
                f"<title>{n}</title><description>x</description><link>http://a.example/live#{n}</link><guid>{n}</guid>"
                for n in (1, 2)
            )
        )
    )
    assert [item.external_id for item in items if isinstance(item, ArticleItem)] == ["1", "2"]


def test_hints_give_the_source_and_the_base_that_a_feed_lacks() -> None:
    item = article(
        rss("<title>Quay</title><description>Closed.</description><link>quay</link>"),
        source="Marbeck Courier",
        url="https://courier.example/feed/",
    )
    assert (item.source, item.url) == ("Marbeck Courier", "https://courier.example/feed/quay")


@pytest.mark.parametrize(
    ("title", "headline"),
    [
        ("AT&amp;T", "AT&T"),
        ("AT&T & more", "AT&T & more"),
        ("a &lt; b &gt; c", "a < b > c"),
        ("&lt;b&gt;Bold&lt;/b&gt; move", "Bold move"),
        ("Caf&eacute; &amp;eacute; &#233;", "Café é é"),
        ("<![CDATA[Quay & <i>crane</i>]]>", "Quay & crane"),
        ("\n Quay\n closed ", "Quay closed"),
    ],
)
def test_titles_of_rss_may_be_markup(title: str, headline: str) -> None:
    assert article(rss(f"<title>{title}</title><description>x</description>")).headline == headline


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ('<content type="text">a &lt;b&gt;</content>', "a <b>"),
        ('<content type="html">a &lt;b&gt;c&lt;/b&gt;</content>', "a c"),
        ('<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">a <b>c</b></div></content>', "a c"),
        ('<content type="application/xhtml+xml"><x:p xmlns:x="http://www.w3.org/1999/xhtml">a</x:p></content>', "a"),
        ('<content type="html"><p xmlns="http://www.w3.org/1999/xhtml">not escaped</p></content>', "not escaped"),
        ('<content type="image/png">iVBORw0KGgo=</content><summary>a picture</summary>', "a picture"),
        ('<content mode="base64" type="text/html">YWJj</content><summary>packed</summary>', "packed"),
    ],
)
def test_types_of_text_in_atom(content: str, found: str) -> None:
    assert paragraphs(article(atom(f"<title>Quay</title>{content}"))) == [found]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (
            '<!DOCTYPE rss [<!ENTITY a "b"><!ENTITY c "&a;&a;">]>'
            + rss("<title>&c;</title><description>&c;</description>"),
            "entities of its own",
        ),
        (
            '<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + rss("<title>&a;</title>"),
            "entities of its own",
        ),
        ("<rss version='2.0'></rss>", "without entries"),
        ("<rss version='2.0'", "without entries"),
        ('{"version": "https://jsonfeed.org/version/1.1"}', "`items` is a null"),
        ('{"version": "https://jsonfeed.org/version/1.1", "items": [', "not JSON"),
        ('{"version": "https://jsonfeed.org/version/1.1", "items": ' + "[" * 100_000, "nested too deeply"),
    ],
)
def test_a_feed_that_cannot_be_read_is_rejected_with_the_reason(data: str, reason: str) -> None:
    items = read(data)
    assert isinstance(items[-1], Rejected)
    assert reason in items[-1].reason
    assert not any(isinstance(item, ArticleItem) for item in items)


def test_an_emoji_as_two_surrogates_is_one_character() -> None:
    item = article(rss("<title>Quay &#55357;&#56832; closed</title><description>A &#xD83D; ferry.</description>"))
    assert item.headline == "Quay 😀 closed"
    assert paragraphs(item) == ["A \ufffd ferry."]


def test_a_doctype_without_entities_is_ignored() -> None:
    doctype = (
        '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd">'
    )
    assert (
        article(doctype + rss("<title>Quay</title><description>Closed&nbsp;today.</description>")).headline == "Quay"
    )


@pytest.mark.parametrize(
    ("head", "known"),
    [
        (b"<rss version='0.91'>", True),
        (b"\xef\xbb\xbf\n<?xml version='1.0'?>\n<!-- a > b --><?xml-stylesheet href='a'?><rss>", True),
        (b"PHP Warning: x\n<?xml version='1.0'?><rss>", True),
        ("\ufeff<?xml version='1.0' encoding='utf-16'?><rss>".encode("utf-16-le"), True),
        (b"<feed xmlns='http://www.w3.org/2005/Atom'>", True),
        (b"<atom:feed xmlns:atom='http://www.w3.org/2005/Atom'>", True),
        (b"<feed xmlns='urn:other'>", False),
        (b"<rdf:RDF xmlns:rdf='x' xmlns='http://purl.org/rss/1.0/'>", True),
        (b"<rdf:RDF xmlns:rdf='x' xmlns:foaf='http://xmlns.com/foaf/0.1/'>", False),
        (b"<html><rss>", False),
        (b"<newsItem><rss>", False),
        (b"Words about <rss> elements", False),
        (b'{"version": "https:\\/\\/jsonfeed.org\\/version\\/1"', True),
        (b'{"version": "1.0", "items": []', False),
        (b"<!" * 30_000, False),
        (b"<!--" * 15_000, False),
    ],
)
def test_a_feed_is_recognised_by_its_first_element(head: bytes, known: bool) -> None:
    assert feed.sniff(head, "") is known


@pytest.mark.slow
@pytest.mark.parametrize(
    "data",
    [
        rss(f"<title>x</title><author>{'a' * 300_000}</author><description>x</description>"),
        rss("".join(f"<category>{n}</category>" for n in range(20_000)) + "<description>x</description>"),
        rss("<title>x</title>" + "<![CDATA[" * 40_000),
        rss("<description>" * 40_000),
        rss("<title>x</title><description>" + "&lt;div&gt;" * 100_000 + "</description>"),
        atom("<title>x</title><content type='xhtml'>" + "<div>" * 200_000),
        rss(*["<title>x</title>"] * 20_000),
        rss("<title>" + "&amp" * 200_000 + "</title>"),
    ],
    ids=["author", "categories", "cdata", "open tags", "deep html", "deep xhtml", "items", "ampersands"],
)
def test_documents_that_take_quadratic_readers_minutes_are_read(data: str) -> None:
    assert read(data)


@given(st.sampled_from(GOLDEN), st.integers(0, 6_000), st.binary(max_size=8), st.integers(0, 40))
def test_no_damage_makes_reading_fail(path: Path, at: int, replacement: bytes, cut: int) -> None:
    data = path.read_bytes()
    at %= len(data)
    for item in read_as("feed", data[:at] + replacement + data[at + cut :]):
        assert isinstance(item, ArticleItem) or item.reason
        if isinstance(item, ArticleItem):
            assert item.headline
            assert any(section.text or section.heading for section in item.sections)


@pytest.mark.parametrize(
    ("data", "headline"),
    [
        (rss("<title>Use the &lt;title> tag</title><description>x</description>"), "Use the <title> tag"),
        (rss("<title><![CDATA[<NHK特集> 洪水]]></title><description>x</description>"), "<NHK特集> 洪水"),
        (rss("<title>&lt;b&gt;Big&lt;/b&gt; news</title><description>x</description>"), "Big news"),
        (rss("<title>R&amp;amp;D</title><description>x</description>"), "R&D"),
        (atom("<title>Use &lt;b&gt;it&lt;/b&gt;</title><summary>x</summary>"), "Use <b>it</b>"),
        (atom("<title type='html'>Use &lt;b&gt;it</title><summary>x</summary>"), "Use it"),
        (
            atom(
                "<title type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>The <b>&lt;title></b> tag</div></title>"
                "<summary>x</summary>"
            ),
            "The <title> tag",
        ),
        (
            json.dumps(
                {
                    "version": "https://jsonfeed.org/version/1.1",
                    "items": [{"id": "1", "title": "Kim <gives in> &amp; leaves", "content_text": "x"}],
                }
            ),
            "Kim <gives in> & leaves",
        ),
    ],
)
def test_a_title_keeps_its_words_in_angle_brackets(data: str, headline: str) -> None:
    assert article(data).headline == headline


def test_names_and_categories_keep_their_words_too() -> None:
    found = article(
        rss(
            "<title>x</title><description>x</description><author>Ada &lt;ada@a.example&gt;</author>"
            "<category>Q&amp;amp;A</category><category>The &lt;title&gt; tag</category>"
        )
    )
    assert (found.byline, found.topics) == ("Ada <ada@a.example>", ("Q&A", "The <title> tag"))


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_a_feed_in_utf_16_without_a_mark_is_read(encoding: str) -> None:
    data = "<?xml version='1.0'?>" + rss("<title>Zoë’s Fähre</title><description>Ruht.</description>")
    (found,) = read(data.encode(encoding))
    assert isinstance(found, ArticleItem)
    assert found.headline == "Zoë’s Fähre"


@pytest.mark.parametrize("attribute", ["a{0}", "xmlns:a{0}"])
def test_an_entry_with_many_attributes_is_read_and_has_its_own_bytes(attribute: str) -> None:
    attributes = " ".join(f'{attribute.format(number)}="{number}"' for number in range(500))
    entries = "".join(
        f"<item {attributes}><title>Boats {day}</title><description>All nine came back.</description></item>"
        for day in (1, 2)
    )
    items = read(f"<rss version='2.0'><channel><title>Courier</title>{entries}</channel></rss>", "a.rss")
    articles = [item for item in items if isinstance(item, ArticleItem)]
    assert [item.headline for item in articles] == ["Boats 1", "Boats 2"]
    assert articles[0].raw != articles[1].raw
    assert b"Boats 1" in articles[0].raw
