"""Messages about the status of an article alone, in the formats of agencies."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from archive.models import Article, Problem, shown_articles, shown_sections
from archive.search_port import no_progress
from search.index import sync
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
WORDS = "The ferry to Merrow Quay sank."


def ninjs(status: str, *, words: bool, source: str = "Wire", updated: str = "2025-06-01T10:00:00Z") -> str:
    item: dict[str, Any] = {"uri": "tag:wire:1", "type": "text", "pubstatus": status, "versioncreated": updated}
    if source:
        item["source"] = source
    if words:
        item |= {"headline": "Ferry sinks", "body_text": WORDS}
    return json.dumps(item)


def newsml_g2(status: str, *, words: bool, source: str = "Wire", updated: str = "2025-06-01T10:00:00Z") -> str:
    body = f"<contentSet><inlineData contenttype='text/plain'>{WORDS}</inlineData></contentSet>" if words else ""
    provider = f"<provider><name>{source}</name></provider>" if source else ""
    headline = "<contentMeta><headline>Ferry sinks</headline></contentMeta>" if words else ""
    return (
        "<newsItem xmlns='http://iptc.org/std/nar/2006-10-01/' guid='tag:wire:1' version='1'>"
        f"<itemMeta><itemClass qcode='ninat:text'/>{provider}<versionCreated>{updated}</versionCreated>"
        f"<pubStatus qcode='stat:{status}'/></itemMeta>{headline}{body}</newsItem>"
    )


def newsml_1(status: str, *, words: bool, source: str = "Wire", updated: str = "2025-06-01T10:00:00Z") -> str:
    content = (
        "<NewsComponent><NewsLines><HeadLine>Ferry sinks</HeadLine></NewsLines><ContentItem><MediaType "
        f"FormalName='Text'/><DataContent><p>{WORDS}</p></DataContent></ContentItem></NewsComponent>"
        if words
        else ""
    )
    sent_from = f"<NewsEnvelope><SentFrom><Party FormalName='{source}'/></SentFrom></NewsEnvelope>" if source else ""
    return (
        f"<NewsML>{sent_from}<NewsItem><Identification><NewsIdentifier><ProviderId>wire</ProviderId>"
        "<DateId>20250601</DateId><NewsItemId>1</NewsItemId><RevisionId>1</RevisionId></NewsIdentifier>"
        f"</Identification><NewsManagement><ThisRevisionCreated>{updated}</ThisRevisionCreated>"
        f"<Status FormalName='{status.capitalize()}'/></NewsManagement>{content}</NewsItem></NewsML>"
    )


def nitf(status: str, *, words: bool, source: str = "Wire", updated: str = "2025-06-01T10:00:00Z") -> str:
    head = "<body.head><hedline><hl1>Ferry sinks</hl1></hedline></body.head>"
    body = f"<body>{head}<body.content><p>{WORDS}</p></body.content></body>"
    rights = f"<doc.copyright holder='{source}'/>" if source else ""
    return (
        f"<nitf><head><docdata management-status='{status}'><doc-id id-string='wire-1'/>"
        f"{rights}</docdata></head>{body if words else ''}</nitf>"
    )


FORMATS = [ninjs, newsml_g2, newsml_1, nitf]
Give = Callable[..., list[Any]]


@pytest.fixture
def give(ingest_file: Callable[..., Any], tmp_path: Path) -> Give:
    """Ingests a document as captured so many hours after NOW."""

    def run(document: str, hours: int = 0) -> list[Any]:
        path = tmp_path / f"{hours}"
        path.write_text(document)
        return list(ingest_file(path, captured=NOW + timedelta(hours=hours)))

    return run


def is_public() -> bool:
    now = timezone.now()
    return shown_articles(now).exists() and any(WORDS in section.text for section in shown_sections(now))


@pytest.mark.parametrize("source", ["Wire", ""])
@pytest.mark.parametrize("write", FORMATS)
def test_a_status_without_text_applies_to_the_article(write: Callable[..., str], give: Give, source: str) -> None:
    give(write("usable", words=True))
    assert is_public()
    (outcome,) = give(write("withheld", words=False, source=source), 1)
    assert (outcome.status, is_public()) == ("changed", False)
    assert Article.objects.get().headline == "Ferry sinks"
    (outcome,) = give(write("usable", words=False, source=source), 2)
    assert (outcome.status, is_public()) == ("changed", True)
    assert [section.text for section in Article.objects.get().sections.all()] == [WORDS]
    (outcome,) = give(write("withheld", words=False, source=source), 3)
    assert not is_public()
    sync.drain(no_progress)


@pytest.mark.parametrize("write", FORMATS)
def test_a_usable_status_frees_what_was_received_withheld(write: Callable[..., str], give: Give) -> None:
    give(write("withheld", words=True))
    assert not is_public()
    give(write("usable", words=False), 1)
    assert is_public()


@pytest.mark.parametrize("write", [ninjs, newsml_g2, newsml_1])
def test_a_status_that_comes_first_is_kept_for_its_article(write: Callable[..., str], give: Give) -> None:
    give(write("withheld", words=False, updated="2025-06-01T12:00:00Z"))
    assert not shown_articles(timezone.now()).exists()
    give(write("usable", words=True, updated="2025-06-01T10:00:00Z"), 1)
    assert Article.objects.count() == 1
    assert not is_public()
    # What the sender wrote after it is released.
    give(write("usable", words=True, updated="2025-06-01T13:00:00Z").replace("sank", "sank at noon"), 2)
    assert shown_articles(timezone.now()).get().headline == "Ferry sinks"


@pytest.mark.parametrize("write", FORMATS)
def test_a_status_that_frees_an_unknown_article_is_rejected(write: Callable[..., str], give: Give) -> None:
    (outcome,) = give(write("usable", words=False))
    assert outcome.status == "rejected"
    assert not Article.objects.exists()
    assert "ingest" in Problem.objects.get().reason


@pytest.mark.parametrize("write", FORMATS)
def test_a_late_status_leaves_the_same_state(write: Callable[..., str], give: Give) -> None:
    give(write("usable", words=True), 0)
    give(write("usable", words=True).replace("sank", "sank again"), 2)
    give(write("withheld", words=False), 1)
    assert shown_articles(timezone.now()).get().status == "usable"
