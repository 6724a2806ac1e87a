"""search/outputs/page_metadata.py: meta tags and schema.org."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.times import OutletTime
from search.outputs.page_metadata import LiveUpdate, head_tags, schema_org
from search.outputs.references import Reference

from .test_citations import REFERENCE

MOMENT = datetime(2025, 6, 2, 15, 0, tzinfo=UTC)


def known_to(precision: str) -> Reference:
    return replace(REFERENCE, published=OutletTime(MOMENT, precision))


def test_tags_have_each_author_and_times_to_their_precision() -> None:
    tags = head_tags(REFERENCE, ["peace", "talks"])
    assert [content for name, content in tags if name == "citation_author"] == ["Ada Example", "Ben Poe"]
    assert ("citation_publication_date", "2025/06/02") in tags
    assert ("citation_journal_title", "The Courier") in tags
    assert ("DC.isPartOf", "Talks live: ministers meet") in tags
    assert ("z:itemType", "newspaperArticle") in tags
    assert [content for name, content in tags if name == "citation_keywords"] == ["peace", "talks"]
    assert ("citation_publication_date", "2025/06") in head_tags(known_to("month"))
    assert ("DC.date", "2025") in head_tags(known_to("year"))
    undated = [name for name, _ in head_tags(replace(REFERENCE, published=None))]
    assert not {"DC.date", "citation_publication_date"} & set(undated)


def test_article_is_a_news_article_of_its_outlet() -> None:
    document = json.loads(
        schema_org(REFERENCE, standfirst="Below.", updated=OutletTime(MOMENT, "second"), topics=["peace"])
    )
    assert document["@type"] == "NewsArticle"
    assert document["datePublished"] == "2025-06-02T14:30:00Z"
    assert document["dateModified"] == "2025-06-02T15:00:00Z"
    assert document["url"] == REFERENCE.url
    assert document["archivedAt"] == REFERENCE.permalink
    assert document["publisher"]["name"] == "The Courier"
    assert document["identifier"]["value"] == REFERENCE.sha256


def test_live_page_has_its_updates_and_their_span() -> None:
    time, earlier = OutletTime(MOMENT, "minute"), OutletTime(MOMENT.replace(hour=9), "minute")
    updates = [LiveUpdate("Now", "/s/2", time), LiveUpdate("", "/s/1", earlier)]
    document = json.loads(schema_org(REFERENCE, updates=[*updates, LiveUpdate("Lead", "/s/3", None)]))
    assert document["@type"] == "LiveBlogPosting"
    assert document["coverageStartTime"] == "2025-06-02T09:00:00Z"
    assert document["coverageEndTime"] == "2025-06-02T15:00:00Z"
    assert document["liveBlogUpdate"][0] == {
        "@type": "BlogPosting",
        "headline": "Now",
        "datePublished": "2025-06-02T15:00:00Z",
        "url": "/s/2",
    }
    assert document["liveBlogUpdate"][2] == {"@type": "BlogPosting", "headline": "Lead", "url": "/s/3"}


@pytest.mark.parametrize(("precision", "date"), [("year", "2025"), ("month", "2025-06"), ("day", "2025-06-02")])
def test_time_keeps_its_precision(precision: str, date: str) -> None:
    assert json.loads(schema_org(known_to(precision)))["datePublished"] == date


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.data = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)

    def handle_data(self, data: str) -> None:
        self.data += data


@given(
    st.text(alphabet="</script>!-[]&'\"\u2028\u2029\\\r\n é", max_size=40) | st.just("</script><script>alert(1)//<!--")
)
def test_no_text_ends_the_script_element(text: str) -> None:
    written = schema_org(replace(REFERENCE, title=text + "x"), standfirst=text)
    parser = _Elements()
    parser.feed(f'<script type="application/ld+json">{written}</script><p>')
    assert parser.seen == ["script", "p"]
    assert json.loads(parser.data)["headline"] == text + "x"
    assert "\u2028" not in written
    assert "<!--" not in written
