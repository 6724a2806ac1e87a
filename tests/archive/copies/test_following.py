"""What is known of copies follows what readers may see."""

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from archive.copies import facts_of, find_group
from archive.models import Article, ComparedText, CopyPair, TextPrint, record_changes
from archive.search_port import no_progress
from search.index import drain, verify

from ..likeness.stories import story

pytestmark = pytest.mark.usefixtures("empty_index")
STORY = story(1)
Answers = Callable[..., Any]


def article(source: str, paragraphs: list[str], *, day: int = 1, **values: Any) -> dict[str, Any]:
    sections = [{"text": "\n".join(paragraphs)}]
    known = {"headline": f"A story in {source}", "published": f"2025-03-{day:02}T10:00:00Z"}
    return {"id": f"{source}-{day}", "source": source, "sections": sections, **known, **values}


THREE = (
    article("The Courier", STORY[:6], day=3),
    article("The Gazette", STORY, day=2, byline="Associated Press"),
    article("The Herald", [*story(2, paragraphs=1), *STORY[:5]], day=4),
    article("The Post", story(3)),
)


@pytest.fixture
def take_in(ingest_file: Callable[..., Any], tmp_path: Path) -> Callable[[Iterable[dict[str, Any]]], None]:
    def take_in(articles: Iterable[dict[str, Any]]) -> None:
        path = tmp_path / "a.jsonl"
        path.write_text("".join(json.dumps(known) + "\n" for known in articles))
        ingest_file(path)
        drain(no_progress)

    return take_in


def facts() -> dict[str, tuple[str, tuple[str, ...]]]:
    """The first outlet of the group of each outlet's article, empty where it has no copies; and its agencies."""
    sources = dict(Article.objects.values_list("pk", "source__name"))
    return {
        sources[pk].removeprefix("The "): (
            sources[known.first].removeprefix("The ") if known.first else "",
            known.agencies,
        )
        for pk, known in facts_of(sources).items()
    }


AP = ("Associated Press (AP)",)
ALL = {"Courier": ("Gazette", AP), "Gazette": ("Gazette", AP), "Herald": ("Gazette", AP), "Post": ("", ())}


def test_copies_have_the_earliest_and_its_agency_in_any_order(take_in: Answers) -> None:
    for known in THREE:
        take_in([known])
    assert facts() == ALL
    one_by_one = set(CopyPair.objects.values_list("article_id", "other_id", "contained"))
    call_command("copies", "rebuild", verbosity=0)
    assert set(CopyPair.objects.values_list("article_id", "other_id", "contained")) == one_by_one
    assert facts() == ALL


def test_the_index_is_that_of_a_rebuild_after_each_document(take_in: Answers, ask: Answers) -> None:
    for known in THREE:
        take_in([known])
        assert verify(no_progress).clean
    assert ask("copies:yes").total == 3
    assert ask("copies:first").total == 1
    assert ask("NOT copies:later").total == 2
    assert ask("agency:AP").total == 3


def hide(change: dict[str, Any]) -> None:
    hidden = Article.objects.filter(source__name="The Gazette")
    hidden.update(**change)
    record_changes(hidden.values_list("pk", flat=True))
    drain(no_progress)


@pytest.mark.parametrize(
    ("change", "back"),
    [
        ({"status": "withheld"}, {"status": "usable"}),
        ({"closed_until": datetime(2300, 1, 1, tzinfo=UTC)}, {"closed_until": None}),
        ({"trashed": datetime(2025, 1, 1, tzinfo=UTC)}, {"trashed": None}),
        ({"embargo": datetime(2300, 1, 1, tzinfo=UTC)}, {"embargo": None}),
    ],
    ids=["withheld", "closed", "trashed", "embargo"],
)
def test_what_is_hidden_has_no_copies_until_it_is_back(
    take_in: Answers, change: dict[str, Any], back: dict[str, Any]
) -> None:
    take_in(THREE)
    before = [set(table._default_manager.values_list()) for table in (ComparedText, CopyPair, TextPrint)]
    hide(change)
    # Nobody can tell the agency any more: it was credited by what is hidden.
    assert facts() == {"Courier": ("Courier", ()), "Herald": ("Courier", ()), "Post": ("", ())}
    hidden = Article.objects.get(source__name="The Gazette").pk
    assert not TextPrint.objects.filter(article_id=hidden).exists()
    assert not CopyPair.objects.filter(other_id=hidden).exists()
    assert verify(no_progress).clean
    hide(back)
    assert facts() == ALL
    assert [set(table._default_manager.values_list()) for table in (ComparedText, CopyPair, TextPrint)] == before


def test_a_page_counts_shown_articles_from_the_moment_that_one_is_hidden(take_in: Answers) -> None:
    take_in(THREE)
    courier = Article.objects.get(source__name="The Courier")
    assert find_group(courier, timezone.now()).other_outlets == 2
    assert find_group(courier, timezone.now()).first_source == "The Gazette"
    Article.objects.filter(source__name="The Gazette").update(status="withheld")
    group = find_group(courier, timezone.now())
    assert [copy.article.source.name for copy in group.copies] == ["The Herald"]
    assert group.other_outlets == 1
    assert group.first_source == "The Courier"


def test_a_new_text_is_compared_again(take_in: Answers) -> None:
    take_in(THREE)
    take_in([article("The Herald", story(9), day=4), article("The Post", STORY)])
    assert facts() == {"Courier": ("Post", AP), "Gazette": ("Post", AP), "Herald": ("", ()), "Post": ("Post", AP)}
    assert verify(no_progress).clean


def test_a_deleted_article_leaves_its_copies(take_in: Answers) -> None:
    take_in(THREE)
    deleted = Article.objects.get(source__name="The Gazette")
    record_changes([deleted.pk])
    deleted.delete()
    drain(no_progress)
    assert facts() == {"Courier": ("Courier", ()), "Herald": ("Courier", ()), "Post": ("", ())}
    assert not ComparedText.objects.filter(pk=deleted.pk).exists()
    assert verify(no_progress).clean


def test_another_time_of_publication_makes_another_first(take_in: Answers) -> None:
    take_in(THREE)
    moved = Article.objects.filter(source__name="The Herald")
    moved.update(published=datetime(2025, 2, 1, tzinfo=UTC))
    record_changes(moved.values_list("pk", flat=True))
    drain(no_progress)
    assert facts()["Courier"] == ("Herald", AP)
    assert verify(no_progress).clean


def test_a_live_page_is_no_copy(take_in: Answers) -> None:
    take_in([article("The Courier", STORY), article("The Gazette", STORY, day=2, kind="live")])
    assert facts() == {"Courier": ("", ()), "Gazette": ("", ())}


def test_who_had_it_first_is_open_where_times_leave_it_open(take_in: Answers) -> None:
    take_in([article("The Courier", STORY), article("The Gazette", STORY, published="2025-03-01")])
    assert find_group(Article.objects.latest("pk"), timezone.now()).first_source == ""


def test_an_archive_from_before_is_compared_where_it_was_stopped(
    take_in: Answers, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    take_in(THREE)
    for table in (ComparedText, CopyPair, TextPrint):
        table._default_manager.all().delete()
    monkeypatch.setattr("archive.copies.following.BATCH_ARTICLES", 1)

    def stop(line: object, done: int, total: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("archive.management.commands.copies.ProgressLine.__call__", stop)
    with pytest.raises(KeyboardInterrupt):
        call_command("copies", "update")
    assert ComparedText.objects.count() == 1
    call_command("copies", "status")
    assert "3 articles wait" in capsys.readouterr().out
    monkeypatch.undo()
    call_command("copies", "update")
    assert "4 articles compared, 3 of them with copies, in 1 groups" in capsys.readouterr().out
    drain(no_progress)
    assert facts() == ALL
    assert verify(no_progress).clean
