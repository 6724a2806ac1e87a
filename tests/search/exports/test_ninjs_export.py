"""search/exports/ninjs.py: items that the schema allows, and that ingest reads back."""

import json
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any

import jsonschema
import pytest

from archive.formats import read
from archive.items import ArticleItem, Hints
from archive.models import Article, Section
from search.exports.reading import one_line

pytestmark = pytest.mark.django_db


def closed(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def list_of(*names: str, required: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"type": "array", "items": closed({name: {"type": "string"} for name in names}, *required)}


TEXT = {"type": "string"}
URI = {"type": "string", "pattern": "^[a-z][a-z0-9+.-]*:"}
DATE_TIME = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"}
# What the schema of ninjs 3.0 says of the properties that exports have; those are all that they may have.
SCHEMA = closed(
    {
        "uri": URI,
        "standard": closed({"name": {"const": "ninjs"}, "version": {"const": "3.0"}, "schema": URI}),
        "type": {"const": "text"},
        "representationType": {"enum": ["full", "partial"]},
        "version": TEXT,
        "pubStatus": {"enum": ["usable", "withheld", "canceled"]},
        "contentCreated": DATE_TIME,
        "versionCreated": DATE_TIME,
        "language": TEXT,
        "title": TEXT,
        "headlines": list_of("role", "contentType", "value", required=("value",)),
        "by": TEXT,
        "descriptions": list_of("role", "contentType", "value", required=("value",)),
        "bodies": list_of("role", "contentType", "value", required=("value",)),
        "subjects": list_of("name", "rel", "uri", "literal"),
        "infoSources": list_of("name", "role", "uri", "literal"),
        "edNote": TEXT,
        "renditions": list_of("name", "href", "contentType", required=("name",)),
        "associations": list_of("name", "uri", required=("name", "uri")),
        "altIds": list_of("role", "value"),
    },
    "uri",
)


def items_of(text: str) -> list[dict[str, Any]]:
    items = [json.loads(line) for line in text.removesuffix("\n").split("\n") if line]
    for item in items:
        jsonschema.validate(item, SCHEMA)
    return items


def read_back(text: str) -> dict[str, ArticleItem]:
    """Returns the articles that ingest reads from a file, by id."""
    found = list(read(BytesIO(text.encode()), Hints("result.ninjs.jsonl")))
    articles = [item for item in found if isinstance(item, ArticleItem)]
    assert len(articles) == len(found)
    assert all(article.reader.startswith("ninjs/") for article in articles)
    return {article.external_id: article for article in articles}


def test_ingest_reads_back_the_words_and_facts_of_articles(difficult: None, written: Callable[..., str]) -> None:
    Article.objects.filter(kind="live").update(
        standfirst="Above all.", updated=datetime.fromisoformat("2024-08-02T01:02:03Z")
    )
    text = written("ninjs", unit="article")
    assert len(items_of(text)) == Article.objects.count()
    read = read_back(text)
    for article in Article.objects.select_related("source"):
        found = read[f"tag:archive.example,2025:article:{article.pk}"]
        assert found.headline == one_line(article.headline)
        # The reader takes what is between angle brackets for markup.
        assert found.byline == article.byline.replace(" <Poet>", "")
        assert (found.url, found.language, found.standfirst) == (article.url, article.language, article.standfirst)
        assert set(found.topics) == set(article.topics.values_list("name", flat=True))
        assert found.source == ("" if article.source.name == "Unknown source" else article.source.name)
        assert (found.updated.at if found.updated else None) == article.updated
        if article.time is None or article.time.is_exact:
            assert (found.published.at if found.published else None) == article.published
        sections = list(article.sections.select_related("current"))
        assert [blanks_alike(section.heading) for section in found.sections] == [
            blanks_alike(section.heading) for section in sections
        ]


def blanks_alike(text: str) -> str:
    """Returns a text with single blanks; the reader has no others, and none without a width."""
    return " ".join(one_line(text).replace("\u200b", " ").split())


def test_ingest_reads_back_sections(difficult: None, written: Callable[..., str]) -> None:
    text = written("ninjs")
    items = {item["uri"]: item for item in items_of(text)}
    read = read_back(text)
    # The reader takes references to characters for a text that was escaped twice.
    sections = [section for section in Section.objects.select_related("current") if "&amp;" not in section.text]
    assert len(read) == len(items) == len(sections) + 1
    for section in sections:
        uri = f"tag:archive.example,2025:section:{section.pk}"
        (found,) = read[uri].sections
        assert list(map(blanks_alike, found.paragraphs)) == list(map(blanks_alike, section.paragraphs))
        assert items[uri]["version"] == "1"
        assert items[uri]["associations"] == [
            {"name": "article", "uri": f"tag:archive.example,2025:article:{section.article_id}"}
        ]
        ids = {other["role"]: other["value"] for other in items[uri]["altIds"]}
        assert ids["permalink"] == f"https://archive.example/sections/{section.pk}/?version=1"
        assert section.current
        assert ids["captureSha256"] == section.current.capture.sha256


def test_address_is_a_uri(difficult: None, written: Callable[..., str]) -> None:
    Article.objects.filter(kind="live").update(url="https://a.example/ü|{b}?c=(d)#e")
    item = items_of(written("ninjs", "kind:live"))[0]
    assert item["renditions"][0]["href"] == "https://a.example/%C3%BC%7C%7Bb%7D?c=(d)#e"


def test_vague_times_are_in_the_note_alone(difficult: None, written: Callable[..., str]) -> None:
    (item,) = items_of(written("ninjs", "headline:lines"))
    assert "contentCreated" not in item
    assert item["edNote"] == "Published May 2003; the time of day is not known."
    live = items_of(written("ninjs", "kind:live"))[0]
    assert live["contentCreated"] == "2024-08-01T10:00:00+02:00"
    assert "edNote" not in live


def test_what_curators_set_is_in_the_note(difficult: None, written: Callable[..., str]) -> None:
    article = Article.objects.get(headline="Undated ferry")
    article.headline, article.curated_fields = "Dated ferry", ["headline"]
    article.save()
    (item,) = (item for item in items_of(written("ninjs")) if item["headlines"][0]["value"] == "Dated ferry")
    assert item["edNote"] == "Set by curators of this archive, not received: headline “Dated ferry”."


def test_what_is_withdrawn_is_canceled_without_words(difficult: None, written: Callable[..., str]) -> None:
    article = Article.objects.get(headline="Undated ferry")
    article.status, article.note = "canceled", "Kill: wrong"
    article.save()
    for unit, number in (("section", article.sections.get().pk), ("article", article.pk)):
        text = written("ninjs", unit=unit)
        assert "Undated" not in text
        uri = f"tag:archive.example,2025:{unit}:{number}"
        (item,) = (item for item in items_of(text) if item["pubStatus"] == "canceled")
        assert set(item) == {"uri", "standard", "type", "pubStatus", "edNote"}
        assert item["uri"] == uri
        assert item["edNote"] == f"{unit.capitalize()} {number}: Withdrawn by its outlet. Kill: wrong"
        assert read_back(text)[uri].status == "canceled"


def test_passages_are_a_partial_item(difficult: None, written: Callable[..., str]) -> None:
    (item,) = items_of(written("ninjs", "long", text="passages"))
    assert item["representationType"] == "partial"
    assert len(item["bodies"][0]["value"]) < 300


def test_no_rows_are_no_lines(difficult: None, written: Callable[..., str]) -> None:
    assert written("ninjs", "zebra") == ""
