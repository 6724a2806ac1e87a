"""archive/formats/live/live_page.py and the modules under it. The golden pairs are in tests/data/live_page/."""

import json
from pathlib import Path

import pytest

from archive.formats.live import live_page
from archive.formats.live.entry_containers import DIALECTS, Dialect
from archive.formats.live.selectors import select
from archive.formats.stated_times import read_time
from archive.formats.web.metadata import read_metadata
from archive.formats.web.page import open_page
from archive.items import ArticleItem, Hints
from tests.archive.formats.golden import assert_as_expected, pairs

PAGES = pairs("live_page")


def live_page_in(data: bytes | str) -> ArticleItem | None:
    page = open_page(data if isinstance(data, bytes) else data.encode(), Hints("a.html"))
    return live_page.read_page(page, read_metadata(page))


def read_live(data: bytes | str) -> ArticleItem:
    item = live_page_in(data)
    assert item is not None
    assert item.kind == "live"
    return item


def test_every_golden_page_has_an_expectation_and_every_expectation_a_page() -> None:
    stems = {path.stem for path in PAGES}
    assert len(stems) >= 6
    assert {path.name.removesuffix(".expected.json") for path in PAGES[0].parent.glob("*.json")} == stems


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_golden_page_is_read_as_expected(path: Path) -> None:
    assert_as_expected(read_live(path.read_bytes()), path)


def posting(**fields: object) -> str:
    """A page with nothing but a LiveBlogPosting."""
    record = {"@type": "LiveBlogPosting", "headline": "Fog live", "datePublished": "2024-03-10T06:30:00Z", **fields}
    data = json.dumps(record).replace("</", "<\\/")
    return f'<html><head><script type="application/ld+json">{data}</script></head><body></body></html>'


def update(number: int, **fields: object) -> dict[str, object]:
    return {
        "@type": "BlogPosting",
        "url": f"https://a.example/fog#{number}",
        "articleBody": f"Words {number}.",
        **fields,
    }


def test_updates_alone_keep_their_order() -> None:
    item = read_live(posting(liveBlogUpdate=[update(3), update(2), update(1)]))
    assert [section.key for section in item.sections] == ["3", "2", "1"]


def test_an_id_that_no_database_can_store_is_cleaned() -> None:
    item = read_live(posting(liveBlogUpdate=[update(1, url="\0 https://a.example/fog#\ud8001"), update(2)]))
    assert [section.key for section in item.sections] == ["1", "2"]


def test_references_to_updates_in_a_graph_are_resolved() -> None:
    live = {"@type": "LiveBlogPosting", "headline": "Fog live", "author": {"@id": "#p"}}
    graph = [
        {"@type": "WebPage", "mainEntity": {**live, "liveBlogUpdate": [{"@id": "#u-2"}, {"@id": "#u-1"}]}},
        {"@type": "BlogPosting", "@id": "#u-1", "text": "First."},
        {"@type": "BlogPosting", "@id": "#u-2", "text": "Second.", "author": {"@id": "#p"}},
        {"@type": "Person", "@id": "#p", "name": "Una Pell"},
    ]
    page = f'<script type="application/ld+json">{json.dumps({"@graph": graph})}</script><p>.</p>'
    item = read_live(page)
    assert [(section.text, section.byline) for section in item.sections] == [("Second.", "Una Pell"), ("First.", "")]
    assert item.byline == "Una Pell"


WHOLE = {"@type": "LiveBlogPosting", "@id": "#live", "headline": "Fog live"}
UPDATES = [update(3), update(2), update(1)]
PLAYER = {"@type": "VideoObject", "name": "Watch", "description": "A goat."}


@pytest.mark.parametrize(
    "blocks",
    [
        [{**WHOLE, "liveBlogUpdate": UPDATES}, {**WHOLE, "liveBlogUpdate": UPDATES}],
        [{**WHOLE, "liveBlogUpdate": UPDATES[:2]}, {**WHOLE, "liveBlogUpdate": UPDATES[2:]}],
        [{**WHOLE, "liveBlogUpdate": item} for item in UPDATES],
        [{"@graph": [WHOLE, *({**item, "isPartOf": {"@id": "#live"}} for item in UPDATES)]}],
        [{**WHOLE, "hasPart": UPDATES}],
        [{**WHOLE, "@type": ["Blog", "LiveBlogPosting"], "blogPost": UPDATES}],
        [{**WHOLE, "@type": "NewsArticle", "liveBlogUpdate": UPDATES}],
        [{**WHOLE, "liveBlogUpdate": [PLAYER, *UPDATES]}],
    ],
    ids=["doubled", "halves", "an update each", "parts of", "hasPart", "blogPost", "article", "film"],
)
def test_a_live_blog_is_read_from_one_posting_or_several(blocks: list[object]) -> None:
    scripts = "".join(f'<script type="application/ld+json">{json.dumps(block)}</script>' for block in blocks)
    item = read_live(f"<head>{scripts}</head><body><h1>Fog live</h1></body>")
    assert [(section.key, section.text) for section in item.sections] == [(f"{n}", f"Words {n}.") for n in (3, 2, 1)]


def test_linked_data_that_is_cut_off_is_read_up_to_there() -> None:
    whole = posting(liveBlogUpdate=[update(3), update(2), update(1)])
    item = read_live(whole[: whole.index("Words 1")])
    assert [section.key for section in item.sections] == ["3", "2"]
    assert item.problems[0].startswith("linked data is broken or cut off at character ")


@pytest.mark.parametrize(
    ("body", "paragraphs"),
    [
        ("One.\nTwo.", ("One.", "Two.")),
        ("&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;", ("One.", "Two.")),
        ("A &amp;amp; B &amp;quot;c&amp;quot;", ('A & B "c"',)),
        ("One. <b><a href='x'>Two</a></b>.\nThree.", ("One. Two.", "Three.")),
        ("1 < 2 and 3 > 2", ("1 < 2 and 3 > 2",)),
        ("<p>One.</p><script>x()</script><figure><figcaption>C</figcaption></figure>", ("One.",)),
        (["One.", {"@value": "Two."}], ("One.", "Two.")),
    ],
)
def test_escaped_text_and_markup_in_linked_data_are_read(body: object, paragraphs: tuple[str, ...]) -> None:
    item = read_live(posting(liveBlogUpdate=[update(1, articleBody=body), update(2)]))
    assert item.sections[0].paragraphs == paragraphs


def test_the_time_of_the_page_in_every_update_is_left_out() -> None:
    own = {"datePublished": "2024-03-10T06:30:00Z", "headline": "Fog live"}
    item = read_live(posting(liveBlogUpdate=[update(1, **own), update(2, **own)]))
    assert [(section.published, section.heading) for section in item.sections] == [(None, ""), (None, "")]
    assert "2 of 2 entries have no known time" in item.problems


SHOWN_TIME = '<time datetime="2024-03-10T08:00:00Z">8</time>'
TEXT = "<h1>Bakery reopens</h1><article><p>The bakery of Maren has reopened after two years.</p></article>"
COMMENTS = TEXT + "".join(
    f'<li id="comment-{n}" class="comment-item">{SHOWN_TIME}<p>{"Good. " * 20}</p></li>' for n in range(5)
)
TEASERS = TEXT + "".join(
    f'<div class="live-feed-item" id="t{n}">{SHOWN_TIME}<a href="/{n}">A link</a></div>' for n in range(5)
)
LINKS = TEXT + "".join(
    f'<div class="live-feed-item" id="t{n}">{SHOWN_TIME}<a href="/{n}">{"A headline of a page. " * 5}</a></div>'
    for n in range(5)
)
LAYOUT = TEXT + "".join(f'<div id="block-{name}" class="block"><p>{name}</p></div>' for name in ("menu-2", "help-3"))


STORY = {"type": "story", "headlines": {"basic": "Goats"}, "content_elements": [{"type": "text", "content": "One."}]}
FRONT = f"{TEXT}<script>x.content={json.dumps({'type': 'collection', 'content_elements': [STORY] * 5})}</script>"


LINES = "".join(f"<p><b>+++ 1{n}:07 Fog +++</b><br>{'Words. ' * 20}</p>" for n in range(2))


@pytest.mark.parametrize(
    "page",
    [
        COMMENTS,
        TEASERS,
        LINKS,
        LAYOUT,
        FRONT,
        TEXT + LINES,
        "<p>Nothing at all.</p>",
        posting(),
        posting(liveBlogUpdate=[None, 4, "x", [], {}]),
        posting(headline="", liveBlogUpdate=[update(1)]),
    ],
    ids=[
        "comments",
        "teasers",
        "links",
        "layout",
        "front",
        "two lines",
        "nothing",
        "no updates",
        "empty updates",
        "no headline",
    ],
)
def test_a_page_without_entries_is_no_live_page(page: str) -> None:
    assert live_page_in(page) is None


def entries_of(markup: str) -> list[tuple[str, str, str]]:
    page = f"<h1>Fog live</h1><div>{markup}</div>"
    return [(section.key, section.heading, section.text) for section in read_live(page).sections]


WORDS = "The fog over Lindwick has not lifted since the early morning, and the ferries wait."


@pytest.mark.parametrize(
    "name",
    [
        "live-blog-post",
        "liveticker__item",
        "LiveBlogEntry",
        "c-live-update",
        "live-post",
        "LiveBlogBody-post",
        "liveblogposts-post",
        "LiveBlogPost_container__a1B2c",
        "LiveEntry-sc-1x2y3z4-0",
        "css-1ab2c3-LiveUpdate",
    ],
)
def test_entries_of_an_unknown_system_are_recognised_by_their_class(name: str) -> None:
    markup = "".join(
        f'<div class="{name} x" id="p-{n}">{SHOWN_TIME}<h3>H{n}</h3><p>{WORDS}</p></div>' for n in range(3)
    )
    assert entries_of(markup) == [(f"p-{n}", f"H{n}", WORDS) for n in range(3)]


@pytest.mark.parametrize(
    "name", ["live-blog-posts-list", "LiveBlogPost_headline__a1B2c", "live-entry__body", "delivery-item"]
)
def test_parts_of_entries_and_elements_with_other_names_are_no_entries(name: str) -> None:
    markup = "".join(f'<div class="{name}" id="p-{n}">{SHOWN_TIME}<p>{WORDS}</p></div>' for n in range(3))
    assert live_page_in(f"<h1>Fog live</h1><div>{markup}</div>") is None


def test_a_longer_list_of_links_to_live_pages_does_not_hide_the_entries() -> None:
    links = "".join(f'<div class="live-feed-item" id="x-{n}"><a href="/{n}">Live: a page</a></div>' for n in range(9))
    days = "".join(
        f'<div class="live-blog-block" id="d-{d}">'
        + "".join(f'<div class="live-post" id="p-{d}{n}">{SHOWN_TIME}<p>{WORDS}</p></div>' for n in range(2))
        + "</div>"
        for d in range(2)
    )
    assert entries_of(links + days) == [(f"p-{d}{n}", "", WORDS) for d in range(2) for n in range(2)]


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_every_selector_of_every_dialect_is_valid(dialect: Dialect) -> None:
    root = open_page(b"<p>x</p>", Hints("a")).root
    for selector in (dialect.entry, dialect.heading, dialect.byline, dialect.body, dialect.key_event):
        assert not selector or select(selector, root) == []
    assert dialect.mark or not dialect.entry.startswith((".", "["))


def test_pages_that_are_deep_or_wide_are_read() -> None:
    deep = f"<div class='live-entry' id='a1'>{SHOWN_TIME}" * 1500 + WORDS
    assert live_page_in(f"<h1>Fog live</h1>{deep}") is None
    wide = "".join(f"<p class='live-entry' id='a{n}'>{WORDS}</p>" for n in range(5000))
    assert len(entries_of(wide)) == 5000


def test_lines_about_an_entry_are_not_its_text_and_its_id_may_be_a_word() -> None:
    markup = "".join(
        f"""<article class="live-post" id="{name}"><div><span>14 August 2023 07:01</span></div><h2>{name}</h2>
        <div class="c-ContributorContainer"><span class="c-ContributorName">Una Pell<br>Editor</span></div>
        <p class="contributor-role">Political editor</p><p class="related">{WORDS}</p>
        <div class="share-tools">Share</div><p><strong>{WORDS}</strong></p>
        <figure><figcaption>Fog</figcaption></figure></article>"""
        for name in ("fog-lifts", "fog-stays", "fog-comes")
    )
    item = read_live(f"<h1>Fog live</h1>{markup}")
    assert [section.key for section in item.sections] == ["fog-lifts", "fog-stays", "fog-comes"]
    first = item.sections[0]
    assert (first.paragraphs, first.byline) == ((WORDS, WORDS), "Una Pell")
    assert first.published == read_time("14 August 2023 07:01")


LEAD = "Ferries will not sail before noon, the harbour master told the Gazette at eight."
LIVE_ENTRIES = "".join(
    f'<div class="live-post" id="p-{number}">{SHOWN_TIME}<p>{WORDS} {number}</p></div>' for number in (3, 2, 1)
)


def lead_of(markup: str, head: str = "") -> tuple[str, ...]:
    """The paragraphs of the lead of a page with three entries; none if it has no lead."""
    first, *rest = read_live(f"<head>{head}</head><body>{markup}</body>").sections
    if first.key:
        assert len(rest) == 2
        return ()
    assert [section.key for section in rest] == ["p-3", "p-2", "p-1"]
    assert (first.heading, first.published) == ("", None)
    return first.paragraphs


@pytest.mark.parametrize(
    "markup",
    [
        "<h1>Fog live</h1><main>{lead}{entries}</main>",
        "<main><h1>Fog live</h1>{lead}<article class=live>{entries}</article></main>",
        "<div class=page><h1>Fog live</h1><div class=intro>{lead}</div><div>{entries}</div></div>",
        "<article><header><h1>Fog live</h1>{lead}</header><section>{entries}</section></article>",
    ],
)
@pytest.mark.parametrize(
    ("lead", "expected"),
    [
        (f"<p>{LEAD}</p>", (LEAD,)),
        (f"<p>{LEAD}</p><p>{WORDS}</p>", (LEAD, WORDS)),
        (
            "<ul><li>No ferry sails</li><li>The harbour is closed</li></ul>",
            ("No ferry sails", "The harbour is closed"),
        ),
        (f"<h2>In short</h2><ul><li>No ferry sails</li></ul><p>{LEAD}</p>", ("In short", "No ferry sails", LEAD)),
    ],
)
def test_the_text_above_the_entries_is_a_section_without_id(markup: str, lead: str, expected: tuple[str, ...]) -> None:
    assert lead_of(markup.format(lead=lead, entries=LIVE_ENTRIES)) == expected


@pytest.mark.parametrize(
    "above",
    [
        "",
        "<aside><p>Subscribe to the Gazette, and to nobody else, for the best of the news.</p></aside>",
        "<p>Follow us here</p>",
        "<nav><ul><li><a href=/>Home</a></li></ul></nav>",
        "<figure><img src=a><figcaption>The harbour of Lindwick in the fog.</figcaption></figure>",
        "<h2>Key events</h2><ul><li><a href='#p-3'>Fog lifts</a></li></ul>",
        "<p class=byline>By Una Pell</p><p>10 March 2024, 08:00</p>",
        "<div class=related-links><ul><li><a href=/1>Storm hits the coast</a></li></ul></div>",
        f"<p hidden>{LEAD}</p>",
        # An entry that is pinned above the others.
        f"<p>{WORDS} 2</p>",
    ],
)
def test_a_page_without_a_lead_has_no_section_for_it(above: str) -> None:
    assert lead_of(f"<main><h1>Fog live</h1>{above}{LIVE_ENTRIES}</main>") == ()


def test_the_standfirst_is_not_in_the_lead() -> None:
    head = f'<meta name="description" content="{LEAD}">'
    assert lead_of(f"<main><h1>Fog live</h1><p>{LEAD}</p>{LIVE_ENTRIES}</main>", head) == ()
    assert lead_of(f"<main><h1>Fog live</h1><p>{LEAD}</p><p>Wait.</p>{LIVE_ENTRIES}</main>", head) == ("Wait.",)


def test_the_text_of_a_posting_in_the_linked_data_is_the_lead() -> None:
    updates = [update(2, articleBody=f"{WORDS} Two."), update(1, articleBody=f"{WORDS} One.")]
    found = read_live(posting(articleBody=LEAD, liveBlogUpdate=updates)).sections
    assert (found[0].key, found[0].paragraphs) == ("", (LEAD,))
    # Some content systems write all updates into it.
    found = read_live(posting(articleBody=f"{WORDS} Two. {WORDS} One.", liveBlogUpdate=updates)).sections
    assert [section.key for section in found] == ["2", "1"]
