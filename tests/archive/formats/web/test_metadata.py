"""archive/formats/web/metadata.py and places.py: what a page says about itself, and which place is preferred."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.formats.web.metadata import PRECEDENCE, Metadata, read_metadata
from archive.formats.web.page import open_page
from archive.items import Hints

HEADLINE = "Ferry to Lindwick runs again after storm"


def metadata(head: str = "", body: str = "<p>Words.</p>", *, url: str = "", html: str = "<html>") -> Metadata:
    page = f"<!DOCTYPE html>{html}<head>{head}</head><body>{body}</body></html>"
    return read_metadata(open_page(page.encode(), Hints("a.html", url=url)))


def linked(**values: Any) -> str:
    record = {"@context": "https://schema.org", "@type": "NewsArticle", **values}
    return f'<script type="application/ld+json">{json.dumps(record)}</script>'


SIGNS = {"sailthru__date": ".", "sailthru__title": "."}


def meta(**values: str) -> str:
    return "".join(
        f'<meta name="{name.replace("__", SIGNS.get(name, ":"))}" content="{value}">' for name, value in values.items()
    )


def test_a_page_without_statements_has_no_metadata() -> None:
    assert metadata() == Metadata()


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (linked(headline=HEADLINE), ""),
        (linked(headline="Ferry runs &amp;#8211; storm"), f"<h1>{HEADLINE}</h1>" + meta(og__title=HEADLINE)),
        (meta(og__title=f"{HEADLINE} | Example Courier", og__site_name="Example Courier"), ""),
        (meta(og__title=f"{HEADLINE} – Courier News", og__site_name="The Courier"), ""),
        (
            f"<title>Example Courier: {HEADLINE}</title>" + meta(og__site_name="Example Courier"),
            f"<h1>{HEADLINE}</h1>",
        ),
        (f"<title>{HEADLINE} - Example Courier</title>", f"<h1>Example Courier</h1><h1>{HEADLINE}</h1>"),
        (meta(twitter__title="Ferry to…", sailthru__title=HEADLINE), ""),
        (f"<title>{HEADLINE} - News</title>", "<h1>Lindwick</h1>" * 2 + f"<h1><span>{HEADLINE}</span></h1>"),
        ("", f"<svg><title>Menu</title></svg><h1>{HEADLINE}</h1>"),
        (f"<title>{HEADLINE}</title>", "<svg><title>Menu</title></svg>"),
        # The site's name in the only h1: called so, or a link to the front page.
        (f"<title>{HEADLINE} - Courier</title>", f"<h1 class=logo>Courier</h1><h2>{HEADLINE}</h2>"),
        (f"<title>{HEADLINE} - Courier</title>", f"<h1><a href=/>Courier</a></h1><h2>{HEADLINE}</h2>"),
        (f"<title>{HEADLINE} - Courier</title>", f"<h1><a href=https://c.example>Courier</a></h1><h2>{HEADLINE}</h2>"),
        (f"<title>{HEADLINE} - Courier</title>", f"<h1><a href=/a rel=home>Courier</a></h1><h1>{HEADLINE}</h1>"),
        # A headline may link, and even to the front page in part.
        ("", f"<h1><a href=/ferry>{HEADLINE}</a></h1>"),
        ("", f"<h1><a href=/>{HEADLINE[:5]}</a>{HEADLINE[5:]}</h1>"),
        ("", f"<h1>{HEADLINE} <small>Two boats a day</small></h1>"),
        ("", f"<h1><small>{HEADLINE}</small></h1>"),
        ("<title>Notes</title>", f"<div class=hentry><h2 class=entry-title><a href=/a>{HEADLINE}</a></h2></div>"),
    ],
)
def test_the_headline_is_what_the_page_shows_without_the_name_of_the_site(head: str, body: str) -> None:
    assert metadata(head, body or "<p>Words.</p>").headline == HEADLINE


def test_an_unconfirmed_heading_gives_way_to_the_linked_data() -> None:
    assert metadata(linked(headline=HEADLINE), "<h1>Harbour news</h1>").headline == HEADLINE


@pytest.mark.parametrize(
    ("fields", "byline"),
    [
        ({"author": "By Ada Quill"}, "Ada Quill"),
        ({"author": {"@type": "Person", "name": "Ada Quill"}}, "Ada Quill"),
        ({"author": [{"name": "Ada Quill"}, {"name": "Bo Reed"}, {"name": "ADA QUILL"}]}, "Ada Quill, Bo Reed"),
        ({"author": ["Ada Quill", "https://courier.example/ada"]}, "Ada Quill"),
        ({"author": "Ada Quill and Bo Reed, Harbour Correspondent"}, "Ada Quill, Bo Reed"),
        ({"author": {"name": ["Ada Quill", "Bo Reed"]}}, "Ada Quill, Bo Reed"),
        ({"author": {"name": "Example Courier"}, "publisher": {"name": "Example Courier"}}, "Example Courier"),
        ({"author": {"@type": "Person"}}, ""),
        ({"author": 7}, ""),
        ({"author": "@ada"}, ""),
        ({"author": "Ada Quill (@ada)"}, "Ada Quill"),
        ({"author": "ada.quill@courier.example (Ada Quill)"}, "Ada Quill"),
        ({"author": "ada.quill@courier.example"}, ""),
        ({"author": "By Ada Quill and Bo Reed, photographs by Kit Osmond"}, "Ada Quill, Bo Reed"),
        ({"author": "Texte: Ada Quill / Photos: Kit Osmond"}, "Ada Quill"),
        ({"author": "Propos recueillis par Ada Quill"}, "Ada Quill"),
        ({"author": "A cura di Ada Quill"}, "Ada Quill"),
        ({"author": "Quelle: dpa"}, "dpa"),
        ({"author": "بقلم: آدا كويل"}, "آدا كويل"),
        ({"author": "记者：甲乙丙"}, "甲乙丙"),
        ({"author": "文・甲乙丙"}, "甲乙丙"),
        ({"author": "가나다 기자"}, "가나다"),
        ({"author": "Ada Quill y Bo Reed"}, "Ada Quill, Bo Reed"),
        ({"author": "Ada Quill e Bo Reed"}, "Ada Quill, Bo Reed"),
        ({"author": "Ада Квилл и Бо Рид"}, "Ада Квилл, Бо Рид"),
        ({"author": "José Ortega y Gasset"}, "José Ortega y Gasset"),
        ({"author": "Ada Costa e Silva"}, "Ada Costa e Silva"),
    ],
)
def test_a_byline_is_names_alone(fields: dict[str, Any], byline: str) -> None:
    assert metadata(linked(**fields)).byline == byline


def test_a_person_is_preferred_to_the_site_as_its_own_author() -> None:
    head = linked(author={"name": "Example Courier"}, publisher={"name": "Example Courier"}) + meta(author="Ada Quill")
    assert metadata(head).byline == "Ada Quill"


def test_references_in_a_graph_are_resolved() -> None:
    graph = {
        "@graph": [
            {"@type": "WebPage", "@id": "#page", "name": "Page"},
            {"@type": ["Article", "NewsArticle"], "author": {"@id": "#ada"}, "publisher": {"@id": "#courier"}},
            {"@type": "Person", "@id": "#ada", "name": "Ada Quill"},
            {"@type": "Organization", "@id": "#courier", "name": "Example Courier"},
        ]
    }
    found = metadata(f'<script type="application/ld+json">{json.dumps(graph)}</script>')
    assert (found.byline, found.source) == ("Ada Quill", "Example Courier")


def test_the_linked_data_of_another_article_is_left_out() -> None:
    head = (
        '<link rel="canonical" href="https://courier.example/ferry">'
        + linked(headline="Other news", url="https://courier.example/other", datePublished="2020-01-01")
        + linked(headline=HEADLINE, mainEntityOfPage={"@id": "https://courier.example/ferry/"})
    )
    found = metadata(head)
    assert (found.headline, found.published) == (HEADLINE, None)


@pytest.mark.parametrize(
    ("head", "text"),
    [
        (linked(datePublished="2025-05-17T08:30:00+02:00"), "2025-05-17T08:30:00+02:00"),
        (meta(article__published_time="2025-05-17T06:30Z"), "2025-05-17T06:30Z"),
        (linked(datePublished="2025-05-17") + meta(date="2025-05-17T06:30Z"), "2025-05-17T06:30Z"),
        (linked(datePublished="2025-05-17T08:30") + meta(date="2025-05-17T06:30Z"), "2025-05-17T06:30Z"),
        (linked(datePublished="2025-05-17") + meta(date="2025-05-27T06:30Z"), "2025-05-17"),
        (meta(sailthru__date="2025-05-17 08:30:00"), "2025-05-17 08:30:00"),
        (meta(ptime="1747463400"), "1747463400"),
        (linked(datePublished="soon") + meta(date="2025-05-17T06:30Z"), "2025-05-17T06:30Z"),
    ],
)
def test_a_time_with_hour_and_zone_is_preferred_to_one_without(head: str, text: str) -> None:
    published = metadata(head).published
    assert published is not None
    assert published.given == text


def test_the_time_beside_the_headline_is_the_last_resort() -> None:
    body = (
        '<time datetime="2020-01-01"></time><div><h1>x</h1></div><p><time datetime="2025-05-17T06:30Z">Saturday</time>'
    )
    published = metadata(body=body).published
    assert published is not None
    assert published.given == "2025-05-17T06:30Z"


def test_an_impossible_date_is_left_out_with_a_problem() -> None:
    found = metadata(linked(datePublished="2025-02-30", dateModified="2025-03-01"))
    assert found.published is None
    assert found.updated is not None
    assert len(found.problems) == 1
    assert "'2025-02-30' is no possible date" in found.problems[0]
    assert "kept without it" in found.problems[0]


@pytest.mark.parametrize(
    ("head", "url"),
    [
        ('<link rel="canonical" href="https://courier.example/a">', "https://courier.example/a"),
        ('<link rel="alternate canonical" href="/a">', "https://courier.example/a"),
        ('<link rel="canonical" href="https://courier.example/">', "https://courier.example/seen"),
        (meta(og__url="https://courier.example/b"), "https://courier.example/b"),
        (linked(mainEntityOfPage={"@id": "https://courier.example/c"}), "https://courier.example/c"),
        ('<link rel="canonical" href="javascript:void(0)">', "https://courier.example/seen"),
        ('<link rel="canonical" href="http://[">', "https://courier.example/seen"),
    ],
)
def test_the_address_is_the_one_that_the_page_states_in_full(head: str, url: str) -> None:
    assert metadata(head, url="https://courier.example/seen").url == url


@pytest.mark.parametrize(
    ("identifier", "external_id"),
    [
        ("a-17", "a-17"),
        (1788, "1788"),
        ({"@type": "PropertyValue", "value": "a-17"}, "a-17"),
        ("https://courier.example/a17", ""),
        ("Example Courier 1", ""),
        ("article", ""),
        (True, ""),
    ],
)
def test_an_id_is_a_word_with_a_digit_and_no_address(identifier: object, external_id: str) -> None:
    assert metadata(linked(identifier=identifier)).external_id == external_id


@pytest.mark.parametrize(
    ("html", "head", "language"),
    [
        ('<html lang="en_GB">', "", "en-GB"),
        ("<html>", meta(og__locale="cy_GB"), "cy-GB"),
        ('<html lang="">', linked(inLanguage="fr"), "fr"),
        ('<html lang="??">', "", ""),
    ],
)
def test_the_language_is_a_code(html: str, head: str, language: str) -> None:
    assert metadata(head, html=html).language == language


def test_topics_are_subject_headings() -> None:
    keywords = [
        "Ferries",
        "unique:7",
        "ferries",
        "Lindwick",
        "courier.example",
        "26157981-b4f7-4929-adc1-e860c6f03636",
    ]
    assert metadata(linked(keywords=keywords)).topics == ("Ferries", "Lindwick")
    assert metadata(meta(news_keywords="Ferries, Lindwick,,")).topics == ("Ferries", "Lindwick")
    two = '<meta property="article:tag" content="Ferries"><meta property="article:tag" content="Storms, floods">'
    assert metadata(two).topics == ("Ferries", "Storms, floods")
    assert metadata(meta(keywords="news, latest news, breaking")).topics == ()


def test_microdata_of_the_fullest_article_is_read() -> None:
    body = """
    <div itemscope itemtype="https://schema.org/NewsArticle"><span itemprop="headline">A teaser</span></div>
    <article itemscope itemtype="https://schema.org/NewsArticle">
      <h2 itemprop="headline">Ferry to Lindwick runs again after storm</h2>
      <span itemprop="author" itemscope itemtype="https://schema.org/Person">By <b itemprop="name">Ada Quill</b></span>
      <time itemprop="datePublished" datetime="2025-05-17T06:30Z">Saturday</time>
      <div itemscope itemtype="https://schema.org/ImageObject"><i itemprop="headline">A picture</i></div>
    </article>"""
    found = metadata(body=body)
    assert (found.headline, found.byline) == (HEADLINE, "Ada Quill")
    assert found.published is not None
    assert found.published.given == "2025-05-17T06:30Z"


def test_a_standfirst_on_the_page_is_preferred_to_descriptions_and_a_whole_one_to_one_cut_off() -> None:
    shown = f'<h1>{HEADLINE}</h1><h2 class="article__standfirst">First boats leave at dawn.</h2>'
    assert metadata(meta(description="Written for search."), shown).standfirst == "First boats leave at dawn."
    cut = meta(og__description="First boats le…", description="First boats leave at dawn.")
    assert metadata(cut).standfirst == "First boats leave at dawn."


@pytest.mark.parametrize(("value", "paid"), [(False, True), ("False", True), (True, False), ("True", False)])
def test_a_page_says_whether_its_text_is_paid_for(value: object, paid: bool) -> None:
    assert metadata(linked(isAccessibleForFree=value)).paid is paid


def test_every_place_in_the_precedence_is_of_a_known_kind() -> None:
    assert {place.split()[0] for places in PRECEDENCE.values() for place in places} == {"ld", "meta", "micro", "shown"}


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=20)
    | st.sampled_from([HEADLINE, "&amp;#8217;", "http://["]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["@id", "name", "@type", "url", "@value", "mainEntity"]), inner, max_size=3)
    ),
    max_leaves=8,
)
KEYS = st.sampled_from(
    "@type @id @graph headline author publisher datePublished url mainEntityOfPage keywords identifier articleBody "
    "isAccessibleForFree description inLanguage".split()
)


@given(st.dictionaries(KEYS, VALUES))
def test_no_linked_data_makes_reading_fail(record: dict[str, Any]) -> None:
    metadata(linked(**record) if "@type" not in record else linked(**{**record, "@type": "NewsArticle"}))
    metadata(f'<script type="application/ld+json">{json.dumps(record)}</script>')


@pytest.mark.parametrize(
    ("line", "byline"),
    [
        ("<p>By Ada Quill</p>", "Ada Quill"),
        ("<p>Von Ada Quill und Bo Reed</p>", "Ada Quill, Bo Reed"),
        ("<span class='field field--name-uid'>Ada Quill</span>", "Ada Quill"),
        ("<a class='username'>Ada Quill</a>", "Ada Quill"),
        ("<p>By Tuesday the ferry was back</p>", ""),
        ("<p>By Ada Quill!</p>", ""),
        ("<p>Por Tierra y Mar 2025</p>", ""),
        ("<p>By</p>", ""),
    ],
)
def test_a_line_under_the_headline_names_the_author(line: str, byline: str) -> None:
    assert metadata("", f"<h1>{HEADLINE}</h1>{line}<p>Words.</p>").byline == byline


@pytest.mark.parametrize(
    "shown",
    [
        "<abbr class=published title=2025-03-04T08:00:00-05:00>4 March</abbr>",
        "<time class='dt-published entry-date' datetime=2025-03-04T08:00:00-05:00>4 March</time>",
        "<span property='dc:date dc:created' content=2025-03-04T08:00:00-05:00>4 March</span>",
        "<span property='schema:datePublished' content=2025-03-04T08:00:00-05:00>4 March</span>",
    ],
)
def test_a_time_in_microformats_or_rdfa_is_read(shown: str) -> None:
    entry = f"<div class=hentry><h2 class=entry-title>{HEADLINE}</h2>{shown}<p>Words.</p></div>"
    published = metadata("", entry).published
    assert published is not None
    assert published.at.isoformat() == "2025-03-04T13:00:00+00:00"
