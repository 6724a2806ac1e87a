"""archive/formats/agency/newsml.py, newsml_g2.py, newsml_1.py, nitf.py: the golden pairs are in tests/data/newsml/."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.formats.input import Limits
from archive.items import ArticleItem, Rejected
from tests.archive.formats.golden import expected_of, pairs, shape
from tests.archive.formats.reading import read, read_article

PAIRS = pairs("newsml")
MANY = next(path for path in PAIRS if path.stem == "message_of_many").read_bytes()

G2 = (
    '<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:g" version="1" xml:lang="en">'
    "<itemMeta>{item}</itemMeta><contentMeta><headline>Head</headline>{content}</contentMeta>"
    "<contentSet>{inline}</contentSet></newsItem>"
)
BODY = "<inlineXML><nitf><body><body.content><p>Words.</p></body.content></body></nitf></inlineXML>"


def g2(*, item: str = "", content: str = "", inline: str = BODY) -> bytes:
    return G2.format(item=item, content=content, inline=inline).encode()


def nitf(docdata: str = "", *, body: str = "<body.content><p>Words.</p></body.content>", status: str = "") -> bytes:
    head = f'<head><title>Head</title><docdata management-status="{status}">{docdata}</docdata></head>'
    return f"<nitf>{head}<body>{body}</body></nitf>".encode()


@pytest.mark.parametrize("path", PAIRS, ids=lambda path: path.stem)
def test_golden_document_is_read_as_expected(path: Path) -> None:
    assert [shape(item) for item in read(path.read_bytes(), path.name)] == expected_of(path)


@pytest.mark.parametrize("path", PAIRS, ids=lambda path: path.stem)
def test_the_evidence_of_a_single_item_is_the_document(path: Path) -> None:
    raw = path.read_bytes()
    items = [item for item in read(raw) if isinstance(item, ArticleItem)]
    assert [item.raw for item in items if not item.locator] == [raw for item in items if not item.locator]
    assert all(item.whole_stream == (item.raw == raw) for item in items)


def test_the_evidence_of_an_item_among_many_is_the_same_in_another_message_and_reads_as_the_item() -> None:
    other = MANY.replace(b'xmlns:unused="x.y"', b'xmlns:more="z"').replace(b"<m:packageItem", b"\n<m:packageItem")
    ours, theirs = ([item for item in read(data) if isinstance(item, ArticleItem)] for data in (MANY, other))
    assert [item.raw for item in ours] == [item.raw for item in theirs]
    for item in ours:
        again = read_article(item.raw)
        assert (again.headline, again.sections, again.external_id) == (item.headline, item.sections, item.external_id)


@pytest.mark.parametrize(
    ("prolog", "encoding"),
    [
        ("", "utf-8"),
        ("\ufeff<?xml version='1.0'?>", "utf-8"),
        ('<?xml version="1.0" encoding="utf-16"?>', "utf-16"),
        ('<?xml version="1.0" encoding="utf-16"?>', "utf-16-le"),
        ('<?xml version="1.0" encoding="utf-16"?>', "utf-16-be"),
        ('<?xml version="1.0" encoding="iso-8859-1"?>', "cp1252"),
        ('<!DOCTYPE nitf SYSTEM "http://nowhere.example/nitf.dtd">\n<!-- ] > -->\n<?pi x?>', "utf-8"),
    ],
)
def test_any_encoding_and_prolog_is_read(prolog: str, encoding: str) -> None:
    text = prolog + nitf(body="<body.content><p>Café — open.</p></body.content>").decode()
    item = read_article(text.encode(encoding))
    assert item.reader == "nitf/1"
    assert item.sections[0].paragraphs == ("Café — open.",)


def test_a_wrong_declaration_is_ignored_with_a_problem() -> None:
    text = '<?xml version="1.0" encoding="utf-8"?>' + nitf(body="<body.content><p>Café.</p></body.content>").decode()
    item = read_article(text.encode("latin-1"))
    assert item.sections[0].paragraphs == ("Café.",)
    assert "declared as UTF-8 but is not" in item.problems[0]


def test_characters_that_xml_forbids_are_removed_with_a_problem() -> None:
    item = read_article(nitf(body="<body.content><p>Wo\x01rds\x1a.</p></body.content>"))
    assert item.sections[0].paragraphs == ("Words.",)
    assert item.problems == ("2 unprintable characters left out",)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"<schema xmlns='http://www.w3.org/2001/XMLSchema'/>", "an XML schema"),
        (b"<conceptItem/>", "a concept"),
        (b"<knowledgeItem/>", "a set of concepts"),
        (b"<planningItem/>", "a plan of coverage"),
        (b"<packageItem/>", "a package"),
        (b"<contentMeta/>", "metadata alone"),
        (b"<newsMessage><itemSet/></newsMessage>", "a `newsmessage` without items in it"),
        (b"<NewsML/>", "a `newsml` without items in it"),
        (b"<NewsML><NewsItem><TopicSet/></NewsItem></NewsML>", "a set of topics"),
        (b"<NewsML><NewsItem/></NewsML>", "a news item without text"),
        (b"<nitf/>", "without words"),
        (g2(item='<itemClass qcode="ninat:video"/>'), "a video: the archive takes text"),
        (g2(inline="<inlineXML><events><event/></events></inlineXML>"), "content is `events`"),
        (g2(inline=""), "without words"),
        (g2(inline='<inlineData encoding="encd:base64">%%</inlineData>'), "without words"),
    ],
)
def test_an_item_that_is_not_text_is_rejected_with_what_it_is(data: bytes, reason: str) -> None:
    (item,) = read(data)
    assert isinstance(item, Rejected), item
    assert reason in item.reason


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (g2(), ("usable", None)),
        (g2(item='<pubStatus uri="http://cv.iptc.org/newscodes/pubstatusg2/withheld"/>'), ("withheld", None)),
        (g2(item='<pubStatus qcode="stat:cancelled"/>'), ("canceled", None)),
        (g2(item="<embargoed>2031-05-04T08:00:00Z</embargoed>"), ("usable", "2031-05-04T08:00:00Z")),
        (g2(item="<embargoed>soon</embargoed>"), ("usable", None)),
        (nitf(status="embargoed"), ("withheld", None)),
        (
            nitf('<date.issue norm="20310504T0700Z"/><date.release norm="20310504T0900Z"/>'),
            ("usable", "2031-05-04T09:00:00Z"),
        ),
        (nitf('<date.issue norm="20310504T0700Z"/><date.release norm="20310504T0700Z"/>'), ("usable", None)),
    ],
)
def test_status_and_embargo_are_read(data: bytes, expected: tuple[str, str | None]) -> None:
    item = read_article(data)
    embargo = item.embargo.at.isoformat().replace("+00:00", "Z") if item.embargo else None
    assert (item.status, embargo) == expected


def component(role: str, words: str) -> str:
    content = f"<ContentItem><DataContent>{words}</DataContent></ContentItem>"
    return f'<NewsComponent><Role FormalName="{role}"/>{content}</NewsComponent>'


@pytest.mark.parametrize(
    ("components", "headline", "paragraphs"),
    [
        (
            component("Title", "Head") + component("Lead", "First.") + component("Body", "<p>Second.</p>"),
            "Head",
            ("First.", "Second."),
        ),
        (component("Part one", "First.") + component("Part two", "Second."), "First.", ("First.", "Second.")),
        ("<BasisForChoice/>" + component("", "English.") + component("", "Deutsch."), "English.", ("English.",)),
        (
            component("Main", "&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;") + component("Caption", "Not this."),
            "One.",
            ("One.", "Two."),
        ),
        (
            component(
                "x",
                "<nitf><body><body.head><hedline><hl1>H</hl1></hedline></body.head><body.content><p>W.</p></body.content></body></nitf>",
            ),
            "H",
            ("W.",),
        ),
    ],
)
def test_components_are_joined_to_a_body_by_their_roles(
    components: str, headline: str, paragraphs: tuple[str, ...]
) -> None:
    item = read_article(f"<NewsML><NewsItem><NewsComponent>{components}</NewsComponent></NewsItem></NewsML>".encode())
    assert (item.headline, item.sections[0].paragraphs) == (headline, paragraphs)


@pytest.mark.parametrize(
    ("inline", "sections"),
    [
        ('<inlineXML><p xmlns="http://www.w3.org/1999/xhtml" class="subhead">Part</p></inlineXML>', [("Part", ())]),
        (
            "<inlineXML><story><p>One.</p><h2>Part</h2><p>Two.</p></story></inlineXML>",
            [("", ("One.",)), ("Part", ("Two.",))],
        ),
        ('<inlineData contenttype="text/html">&lt;p>One.&lt;/p></inlineData>', [("", ("One.",))]),
        ('<inlineData encoding="encd:base64">V29yZHMu</inlineData>', [("", ("Words.",))]),
        ("<inlineData>Cut.</inlineData><inlineData>Longer words.</inlineData>", [("", ("Longer words.",))]),
    ],
)
def test_inline_text_is_read_in_any_markup(inline: str, sections: list[tuple[str, tuple[str, ...]]]) -> None:
    assert [(section.heading, section.paragraphs) for section in read_article(g2(inline=inline)).sections] == sections


@pytest.mark.parametrize(
    ("docdata", "published"),
    [
        ('<date.issue norm="20310504T0700Z"/>', "2031-05-04T07:00:00+00:00"),
        ('<date.release norm="20310504T0800Z"/>', "2031-05-04T08:00:00+00:00"),
        ('<date.issue norm=""/>', "2031-05-03T00:00:00+00:00"),
    ],
)
def test_the_day_in_a_dateline_is_the_last_resort_for_the_time(docdata: str, published: str) -> None:
    dateline = '<body.head><dateline>Quay, <story.date norm="20310503">3 May</story.date></dateline></body.head>'
    item = read_article(nitf(docdata, body=f"{dateline}<body.content><p>Words.</p></body.content>"))
    assert item.published is not None
    assert item.published.at.isoformat() == published
    assert item.sections[0].paragraphs == ("Quay, 3 May", "Words.")


def test_an_embargo_that_cannot_be_read_is_a_problem() -> None:
    assert "embargo (embargoed) 'soon' is no date" in read_article(g2(item="<embargoed>soon</embargoed>")).problems[0]


def test_a_truncated_message_gives_its_whole_items_and_the_line() -> None:
    cut = MANY.index(b"Low water was")
    *whole, last = read(MANY[:cut])
    assert [item.locator for item in whole] == [f"item {number}" for number in range(1, 6)]
    assert isinstance(last, Rejected)
    assert last.locator.startswith("line ")
    assert "not well-formed XML" in last.reason
    assert "what follows was not read" in last.reason


def test_a_truncated_item_is_not_read_as_a_whole_item() -> None:
    for path in PAIRS:
        raw = path.read_bytes()
        whole = {item.raw for item in read(raw) if isinstance(item, ArticleItem)}
        for end in range(0, len(raw) - 20, 97):
            for item in read(raw[:end]):
                assert not isinstance(item, ArticleItem) or item.raw in whole


BOMB = '<!DOCTYPE nitf [<!ENTITY a "{a}">{more}]><nitf><body><body.content><p{inside}</p></body.content></body></nitf>'


@pytest.mark.parametrize(
    "data",
    [
        BOMB.format(
            a="lol" * 10,
            more="".join(
                f'<!ENTITY {b} "{"&" + a + ";"}{("&" + a + ";") * 9}">'
                for a, b in zip("abcdefgh", "bcdefghi", strict=True)
            ),
            inside=">&i;",
        ),
        BOMB.format(
            a="lol" * 10,
            more="".join(
                f'<!ENTITY {b} "{("&" + a + ";") * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
            ),
            inside=' x="&i;">',
        ),
        BOMB.format(a="x" * 100_000, more="", inside=">" + "&a;" * 10_000),
        BOMB.format(a="x", more='<!ENTITY b SYSTEM "file:///etc/passwd">', inside=">&b;"),
        BOMB.format(a="x", more='<!ENTITY % c SYSTEM "http://nowhere.example/c"> %c;', inside=">"),
        BOMB.format(a="&a;", more="", inside=">&a;"),
    ],
    ids=["laughs", "laughs in an attribute", "quadratic", "external", "parameter", "itself"],
)
def test_a_document_that_declares_entities_is_refused(data: str) -> None:
    started = time.monotonic()
    items = read(data.encode())
    assert all(isinstance(item, Rejected) for item in items)
    assert items
    assert "root:" not in str(items)
    assert time.monotonic() - started < 5


def test_an_inclusion_is_not_resolved() -> None:
    inside = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
    item = read_article(nitf(body=f"<body.content><p>Words.{inside}</p></body.content>"))
    assert item.sections[0].paragraphs == ("Words.",)


@pytest.mark.parametrize(
    "data",
    [
        b"<nitf>" + b"<body>" * 300_000,
        b"<nitf>" + b"<p>" * 5_000 + b"x" + b"</p>" * 5_000 + b"</nitf>",
        b"<NewsML>" + b"<NewsItem><NewsComponent>" * 3_000,
        b"<nitf " + b"".join(b'a%d="x" ' % number for number in range(50_000)),
        b"<nitf><body>" + b"<p/>" * 1_000_001,
        b'<nitf a="' + b"x" * 12_000_000 + b'"/>',
        b"<nitf><body><p>" + b"x" * 11_000_000 + b"</p></body></nitf>",
    ],
    ids=["open", "deep", "deep items", "attributes", "tags", "attribute", "text"],
)
def test_deep_or_huge_documents_are_rejected_with_a_reason(data: bytes) -> None:
    started = time.monotonic()
    items = read(data)
    assert items
    assert all(isinstance(item, Rejected) and item.reason for item in items)
    assert time.monotonic() - started < 20


@pytest.mark.slow
@pytest.mark.parametrize(
    "data",
    [
        g2(content="<headline>x</headline>" * 100_000 + '<headline role="sub">y</headline>' * 100_000),
        g2(content="<description>" + "x" * 50 + "</description>" + "<description>y</description>" * 100_000),
        g2().replace(b"</newsItem>", b"<contentMeta><headline>x</headline></contentMeta>" * 100_000 + b"</newsItem>"),
        b"<NewsML><NewsItem>" + component("Title", "x").encode() * 20_000 + b"</NewsItem></NewsML>",
        nitf(body="<header><h1>x</h1>" * 100 + "<p>x</p>" * 20_000 + "</header>" * 100),
    ],
    ids=["headlines", "descriptions", "metadata", "components", "headers"],
)
def test_endless_repetition_takes_bounded_time(data: bytes) -> None:
    started = time.monotonic()
    assert len(read(data)) == 1
    assert time.monotonic() - started < 20


def test_a_document_beyond_the_limit_is_rejected() -> None:
    (item,) = read(nitf(), limits=Limits(max_document_bytes=50))
    assert isinstance(item, Rejected)
    assert "longer than" in item.reason


@pytest.mark.parametrize(
    ("id_string", "key", "expected"),
    [
        ("k-1_47", "k-1", "k-1"),
        ("k-1:2", "k-1", "k-1"),
        ("k-12", "k-1", "k-12"),
        ("k-1_a", "k-1", "k-1_a"),
        ("other", "k-1", "other"),
        ("x", "", "x"),
    ],
)
def test_the_id_of_a_document_is_the_same_in_each_version(id_string: str, key: str, expected: str) -> None:
    assert read_article(nitf(f'<doc-id id-string="{id_string}"/><du-key key="{key}"/>')).external_id == expected


@given(st.integers(0, len(MANY) - 1), st.binary(min_size=1, max_size=4))
def test_no_change_of_bytes_makes_reading_fail(at: int, replacement: bytes) -> None:
    items = read(MANY[:at] + replacement + MANY[at + len(replacement) :])
    assert items
    assert all(isinstance(item, ArticleItem) or item.reason for item in items)
