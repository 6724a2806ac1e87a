"""RIS, BibTeX and CSL-JSON of whole results: read back by other libraries, and the same as on the pages."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import bibtexparser
import jsonschema
import pytest
import rispy
from citeproc.source.json import CiteProcJSON
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.curation import mark_curated
from archive.curation.names import find_topic
from archive.models import Article, PublishingStatus, Section
from archive.search_port import no_progress
from archive.times import OutletTime
from search.exports import FORMATS, ExportOptions, make_export
from search.index import sync
from search.outputs import CITATIONS, Reference
from search.results import Question
from tests.conftest import BuildOnce

from ..page_tools import entry, fetch, ingest_live_page

FILES = ("ris", "bibtex", "csl")

# Written after the input data of the CSL specification, 1.0.2: the variables that citations here have.
TEXT = {"type": "string", "minLength": 1, "pattern": r"^\S([^\x00-\x1f\u2028\u2029]*\S)?$"}
DATE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["date-parts"],
    "properties": {
        "date-parts": {
            "type": "array",
            "minItems": 1,
            "maxItems": 2,
            "items": {"type": "array", "minItems": 1, "maxItems": 3, "items": {"type": "integer"}},
        }
    },
}
NAME = {"type": "object", "additionalProperties": False, "required": ["literal"], "properties": {"literal": TEXT}}
VARIABLES = (
    "title",
    "container-title",
    "section",
    "genre",
    "source",
    "archive",
    "archive_location",
    "URL",
    "language",
)
SCHEMA = {
    "type": "array",
    "items": {
        "type": "object",
        "additionalProperties": False,
        "required": ["id", "type"],
        "properties": {
            "id": TEXT,
            "type": {"enum": ["article-newspaper"]},
            "author": {"type": "array", "items": NAME},
            "issued": DATE,
            "accessed": DATE,
            "note": TEXT,
            **dict.fromkeys(VARIABLES, TEXT),
        },
    },
}


def read_bibtex(text: str) -> list[dict[str, str]]:
    return list(bibtexparser.loads(text).entries)


def read_csl(text: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = json.loads(text)
    jsonschema.validate(items, SCHEMA)
    # It warns of variables that it does not know, and a warning is an error.
    assert set(CiteProcJSON(items)) == {item["id"] for item in items}
    return items


def without_tex(text: str) -> str:
    """Returns what LaTeX prints."""
    names = {
        "textbackslash{}": "\\",
        "textasciitilde{}": "~",
        "textasciicircum{}": "^",
        "textbraceleft{}": "{",
        "textbraceright{}": "}",
        "textless{}": "<",
        "textgreater{}": ">",
        "textbar{}": "|",
    }
    return re.sub(r"\\(text\w+\{\}|[{}$&%#_])", lambda match: names.get(match[1], match[1]), text)


# --- texts that are hard to write ---

DIFFICULT = [
    "Fish & chips: 50% {more} for $5 #1 a_b ~x ^y \\ \\cmd{arg}",
    "One { of } two } braces {",
    "}}{{ @misc{x, title = {y}}",
    "“Quoted” 'single' \"straight\" and a question?",
    "ER  - \tTY  - JOUR",
    "% not a comment",
    "Мирные переговоры – День 2",
    "محادثات السلام: ماذا بعد؟",
    "谈判开始。😀 é ﬁ",
    "word " * 20_000,
]
# With what becomes of them.
CLEANED = {
    "One\r\nline\r\n\r\nER  - \r\nTY  - BOOK": "One line ER - TY - BOOK",
    "A\x00B\x1b[0m\u2028C\u0085D": "A B [0m C D",
    "Half \ud83d a face": "Half \ufffd a face",
    "Fine \u202eemoh gniog\u2069": "Fine emoh gniog",
}
hostile = st.text(alphabet="ab {}\\$&%#_~^|[]<>'\"\r\n\t\x00\u2028,;:=@-é谈\u202e\ud800😀", min_size=1, max_size=40)


def reference(text: str, number: int = 1) -> Reference:
    return Reference(
        key=f"cuttings-section-{number}-1",
        title=f"x {text} x",
        container=f"c {text} c",
        authors=(f"A {text} A", "Reuters"),
        source=f"s {text} s",
        permalink=f"https://cuttings.example/sections/{number}/?version=1",
        captured=datetime(2025, 6, 3, tzinfo=UTC),
        sha256="ab" * 32,
        published=OutletTime(datetime(2025, 6, 2, 14, 30, tzinfo=UTC), "minute"),
        url=f"https://courier.example/{text}"[:500],
        version=1,
    )


def write_file(name: str, texts: list[str]) -> str:
    form = CITATIONS[name]
    items = [form.write_item(reference(text, number)) for number, text in enumerate(texts)]
    return form.opening + form.between.join(items) + form.closing


def check_round_trip(texts: dict[str, str]) -> None:
    """Reads a file of items with these texts in each format; the values say what they become."""
    files = {name: write_file(name, list(texts)) for name in FILES}
    for text in files.values():
        text.encode()
    read = zip(
        texts.values(), rispy.loads(files["ris"]), read_bibtex(files["bibtex"]), read_csl(files["csl"]), strict=True
    )
    for expected, ris, bibtex, csl in read:
        title, container, author, source = (
            " ".join(f"{letter} {expected} {letter}".split()) for letter in ("x", "c", "A", "s")
        )
        assert (ris["title"], ris["section"], ris["secondary_title"]) == (title, container, source)
        assert ris["authors"] == [author, "Reuters"]
        assert without_tex(bibtex["title"]) == f"{{{title}}}"
        assert without_tex(bibtex["booktitle"]) == container
        assert without_tex(bibtex["author"]) == f"{{{author}}} and {{Reuters}}"
        assert (csl["title"], csl["section"], csl["container-title"]) == (title, container, source)
        assert csl["author"] == [{"literal": author}, {"literal": "Reuters"}]
        for url in (ris["urls"][0], bibtex["url"], csl["URL"]):
            assert re.fullmatch(r"https://courier\.example/[!-~]*", url)


def test_difficult_texts_are_read_back() -> None:
    check_round_trip({text: text for text in DIFFICULT} | CLEANED)


def plain(text: str) -> str:
    text = re.sub("[\u202e\u2066-\u2069]", "", text)
    text = " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", text).split())
    return re.sub("[\ud800-\udfff]", "\ufffd", text)


@settings(max_examples=40)
@given(st.lists(hostile, min_size=1, max_size=3, unique=True))
def test_no_text_breaks_a_file(texts: list[str]) -> None:
    check_round_trip({text: plain(text) for text in texts})


# --- whole results ---


def written(client: Client, name: str, parameters: str) -> str:
    return fetch(client, f"/export.{name}?{parameters}")


def items_in(name: str, text: str) -> list[Any]:
    """Returns the items of a file as they are written; those of CSL-JSON as they are read."""
    if name == "ris":
        return re.findall(r"TY  - .*?\r\nER  - \r\n", text, re.DOTALL)
    if name == "bibtex":
        return re.findall(r"^@.*?^\}\n", text, re.DOTALL | re.MULTILINE)
    return read_csl(text)


@pytest.fixture
def archive(build_once: BuildOnce, ingest_file: Callable[..., Any], tmp_path: Path) -> Article:
    """A live page whose entries changed, which a curator edited; articles with difficult headlines."""
    build_once("bibliographies", lambda: record_difficult(ingest_file, tmp_path))
    return Article.objects.latest("pk")


def record_difficult(ingest_file: Callable[..., Any], tmp_path: Path) -> None:
    articles = [
        {"headline": text, "text": f"A bridge. {number}", "kind": "article", "external_id": str(number)}
        for number, text in enumerate(DIFFICULT[:-1])
    ]
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps(article) + "\n" for article in articles))
    ingest_file(path)
    path.write_text(json.dumps(articles[0] | {"headline": "Another bridge", "byline": "Cy Later"}) + "\n")
    ingest_file(path, captured=timezone.now())
    first = [
        entry("a", "A bridge opened.", at="09:00", heading="Bridge & tunnel"),
        entry("b", "The bridge is old.", at="10:00", byline="Dee Other"),
    ]
    later = [entry("a", "A bridge opened at nine.", at="09:00", heading="Bridge & {tunnel}"), first[1]]
    ingest_live_page(first, later)
    live = ingest_live_page(later, captured_from=2, headline="Talks live: day two", topics=("Rain",))
    live.headline, live.byline = "Set headline", "Set Author"
    mark_curated(live, ["headline", "byline", "topics"])
    live.save()
    live.topics.set([find_topic("Quorvex")])
    sync.drain(no_progress)


@pytest.mark.django_db
@pytest.mark.parametrize("name", FILES)
def test_items_are_those_of_the_pages(archive: Article, client: Client, name: str) -> None:
    for rows, kind in (("section", "sections"), ("article", "articles")):
        found = [json.loads(line) for line in written(client, "jsonl", f"q=bridge&rows={rows}").splitlines()]
        numbers = [row["section" if rows == "section" else "article"] for row in found]
        assert len(numbers) >= (11 if rows == "section" else 10)
        on_pages = [
            item for number in numbers for item in items_in(name, fetch(client, f"/{kind}/{number}/cite.{name}"))
        ]
        assert items_in(name, written(client, name, f"q=bridge&rows={rows}")) == on_pages
    assert "Set by curators of this archive, not received: headline" in written(client, name, "q=kind:live")


@pytest.mark.django_db
def test_more_articles_take_no_more_queries(archive: Article, client: Client) -> None:
    def count(parameters: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            written(client, "ris", parameters)
        return len(queries)

    count("q=bridge")  # which opens the index
    for rows in ("section", "article"):
        Article.objects.update(curated_fields=["headline", "topics"])
        few, many = (count(f"q=bridge&rows={rows}&first={number}") for number in (2, 20))
        assert many == few


@pytest.mark.django_db
@pytest.mark.parametrize("name", FILES)
def test_nothing_found_gives_an_empty_file(archive: Article, client: Client, name: str) -> None:
    text = written(client, name, "q=nowhere")
    assert {"ris": rispy.loads, "bibtex": read_bibtex, "csl": read_csl}[name](text) == []


@pytest.mark.django_db
@pytest.mark.parametrize("name", FILES)
def test_withdrawn_row_has_its_number_and_the_reason_alone(archive: Article, client: Client, name: str) -> None:
    section = archive.sections.get(key="a")
    Section.objects.filter(pk=section.pk).update(withdrawn=True)
    archive.refresh_from_db()
    texts = [
        written(client, name, f"q=bridge&pick=s{section.pk}"),
        *(
            fetch(client, f"/export.{name}?q=nowhere&pick=s{section.pk}&rows={rows}")
            for rows in ("section", "article")
        ),
        fetch(client, f"/export.{name}?q=nowhere&pick=a{archive.pk}&rows=article"),
    ]
    for text in texts:
        assert len(items_in(name, text)) == 1
        assert "unnel" not in text
        assert "alks" not in text
    assert f"cuttings-section-{section.pk}-2" in texts[0]
    assert "Withdrawn by its outlet." in texts[0]
    assert f"cuttings-article-{archive.pk}" in texts[3]
    assert "Not in this result any more." in texts[1]
    assert f"ection {section.pk}: not in this result any more." in texts[2]


@pytest.mark.django_db
@pytest.mark.parametrize("name", FILES)
def test_withdrawn_article_has_no_words(archive: Article, client: Client, name: str) -> None:
    Article.objects.filter(pk=archive.pk).update(status=PublishingStatus.CANCELED, note="Withdrawn after a complaint.")
    text = written(client, name, f"q=bridge&rows=article&pick=a{archive.pk}")
    assert "after a complaint." in text
    assert "Talks" not in text
    assert "Set headline" not in text
    assert len(items_in(name, text)) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("name", FILES)
def test_without_a_site_no_path_is_taken_for_an_address(archive: Article, name: str) -> None:
    Article.objects.update(url="")
    made = make_export(FORMATS[name], Question(q="bridge"), ExportOptions(), site_url="", now=timezone.now())
    text = b"".join(made.write()).decode()
    assert not re.search(r'(UR|L2)  - /|  url = \{/|"URL": "/', text)
    assert text.count("?version=") >= text.count("SHA-256") > 10
