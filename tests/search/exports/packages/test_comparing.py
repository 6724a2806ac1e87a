"""`manage.py compare-package`: what was added, changed, or is gone, each with its reason, and nothing else."""

import io
import json
from collections.abc import Callable
from copy import deepcopy
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from archive.curation import mark_curated, merge
from archive.models import Archive, Article, Section, Source, Topic, record_changes
from archive.operations import EDITED, MERGED, operation, undo
from archive.search_port import no_progress
from search.index import sync
from tests.conftest import NOW

from ..changing import edit, join, split
from .conftest import ARTICLE, LIVE, bagged, make_package, pack

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=1)


@pytest.fixture
def before(storm: None, tmp_path: Path) -> Path:
    """A package of the storm, from before whatever a test does."""
    path = tmp_path / "before.zip"
    path.write_bytes(make_package().data)
    return path


def compare(*arguments: Path) -> dict[str, Any]:
    out = io.StringIO()
    call_command("compare-package", *map(str, arguments), "--format", "json", stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def reasons(found: dict[str, Any], kind: str) -> dict[int, str]:
    """Returns the reasons of the sections that were added, changed or are gone."""
    return {row["section"]: " ".join(row["reasons"]) for row in found[kind]}


def compare_both(before: Path, tmp_path: Path, **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Compares a package with today's archive, and with a package of today: both name the same."""
    path = tmp_path / "after.zip"
    path.write_bytes(make_package(**options).data)
    today, packages = compare(before), compare(before, path)
    for kind in ("added", "changed", "gone"):
        assert set(reasons(today, kind)) == set(reasons(packages, kind)), kind
    names = [[row["article"] for row in found["articles"]] for found in (today, packages)]
    assert names[0] == names[1]
    assert (today["same"], today["reordered"]) == (packages["same"], packages["reordered"])
    return today, packages


def live(change: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    page: dict[str, Any] = deepcopy(LIVE)
    change(page)
    return page


def section(key: str) -> Section:
    return Section.objects.get(key=key)


def test_nothing_changed(before: Path, tmp_path: Path, take_in: Callable[..., None]) -> None:
    """The same bytes, and the same words in other bytes, change nothing."""
    take_in(LIVE, ARTICLE, captured=LATER)
    take_in(live(lambda page: page.update(rating=5)), captured=LATER)
    for found in compare_both(before, tmp_path):
        assert [found[kind] for kind in ("added", "changed", "gone", "articles")] == [[], [], [], []]
        assert (found["same"], found["reordered"]) == (7, False)


def test_exactly_the_three_sections_that_an_ingest_changed_are_named(
    before: Path, tmp_path: Path, take_in: Callable[..., None]
) -> None:
    def change(page: dict[str, Any]) -> None:
        for place in (0, 2, 5):
            page["sections"][place]["text"] += " It was worse than forecast."
        page["updated"] = "2025-06-11T10:00:00Z"

    take_in(live(change), captured=LATER)
    today, packages = compare_both(before, tmp_path)
    expected = {section(key).pk for key in ("e0", "e2", "e5")}
    assert set(reasons(today, "changed")) == expected
    assert set(reasons(today, "changed").values()) == {
        "New capture of 11 June 2025, 12:00 UTC: words (version 1, now 2)."
    }
    assert set(reasons(packages, "changed").values()) == {"New capture: words (version 1, now 2)."}
    assert (today["added"], today["gone"], today["articles"], today["same"]) == ([], [], [], 4)


def test_new_and_lost_entries_are_named(before: Path, tmp_path: Path, take_in: Callable[..., None]) -> None:
    def change(page: dict[str, Any]) -> None:
        page["sections"].append({"id": "e9", "text": "Another storm."})
        page["sections"][3]["text"] = "All is calm."
        page["sections"][3]["heading"] = "Calm"
        del page["sections"][1]

    take_in(live(change), captured=LATER)
    today, packages = compare_both(before, tmp_path)
    assert reasons(today, "added") == {section("e9").pk: "New in the archive: capture of 11 June 2025, 12:00 UTC."}
    assert reasons(today, "changed")[section("e1").pk] == "No longer on its page."
    assert reasons(packages, "added") == {section("e9").pk: "New in the archive."}


def test_a_section_that_no_longer_matches_says_why(before: Path, tmp_path: Path, take_in: Callable[..., None]) -> None:
    (tmp_path / "before.zip").write_bytes(make_package("harbour").data)
    take_in(live(lambda page: page["sections"][3].update(text="All is calm.")), captured=LATER)
    found, _ = compare_both(before, tmp_path, q="harbour")
    assert reasons(found, "gone") == {section("e3").pk: "No longer matches: new capture of 11 June 2025, 12:00 UTC."}
    take_in(live(lambda page: page["sections"][3].update(text="Harbour calm.")), captured=LATER + timedelta(days=1))
    found = compare(before)
    assert "words (version 1, now 3)" in reasons(found, "changed")[section("e3").pk]


def test_edits_of_curators_are_named_by_field_once_for_the_article(before: Path, tmp_path: Path) -> None:
    article = Article.objects.get(kind="live")
    edit(article, headline="Storm, as it came", note="Corrected.")
    today, packages = compare_both(before, tmp_path)
    assert [today[kind] for kind in ("added", "changed", "gone")] == [[], [], []]
    (row,) = today["articles"]
    assert row["sections"] == 6
    assert row["reasons"] == ["Edited by a curator: headline, note."]
    assert sorted(row["fields"]) == ["headline", "note"]
    assert packages["articles"][0]["reasons"] == ["Edited by a curator: headline, note."]


def test_an_edit_that_was_taken_back_is_no_change(before: Path, tmp_path: Path) -> None:
    article = Article.objects.get(kind="live")
    edit(article, headline="Storm, as it came")
    edit(article, headline="Storm live")
    for found in compare_both(before, tmp_path):
        assert found["articles"] == []


def test_reasons_name_what_differs_alone(before: Path, take_in: Callable[..., None]) -> None:
    """Not an edit that was taken back beside others, and no capture for the source that was renamed meanwhile."""
    article = Article.objects.get(kind="live")
    edit(article, headline="Storm, as it came", note="Corrected.")
    edit(article, headline="Storm live")
    source = Source.objects.get()
    with operation(EDITED, user_name="editor", label="Edited") as act:
        act.watch(Source, [source.pk])
        source.name = "Gazette"
        source.save()
    take_in(live(lambda page: page.update(language="fr")), captured=LATER)
    found = {row["article"]: row["reasons"] for row in compare(before)["articles"]}
    assert found == {
        article.pk: [
            "Edited by a curator: note.",
            "A source was edited or merged by a curator: source.",
            "New capture of 11 June 2025, 12:00 UTC: language.",
        ],
        Article.objects.get(kind="article").pk: ["A source was edited or merged by a curator: source."],
    }


def test_topics_and_merges_are_named(before: Path, tmp_path: Path) -> None:
    article, other = Article.objects.get(kind="article"), Topic.objects.create(name="Climate")
    with operation(EDITED, user_name="editor", label="Edited") as act:
        act.watch(Article, [article.pk])
        article.topics.add(other)
        mark_curated(article, ["topics"])
        article.save()
    with operation(MERGED, user_name="editor", label="Merged") as act:
        act.watch(Topic, Topic.objects.values_list("pk", flat=True))
        merged = merge(other, Topic.objects.filter(name="Weather"), operation=act.operation)
    sync.drain(no_progress)
    today, _ = compare_both(before, tmp_path)
    found = {row["article"]: row["reasons"] for row in today["articles"]}
    assert found == {
        article.pk: ["Edited by a curator: topics."],
        merged[0]: ["A topic was edited or merged by a curator: topics."],
    }


def test_new_headline_of_a_capture_is_no_edit(before: Path, tmp_path: Path, take_in: Callable[..., None]) -> None:
    take_in(live(lambda page: page.update(headline="Storm over")), captured=LATER)
    today, packages = compare_both(before, tmp_path)
    assert today["changed"] == []
    assert today["articles"][0]["reasons"] == ["New capture of 11 June 2025, 12:00 UTC: headline."]
    assert "New capture" in packages["articles"][0]["reasons"][0]


@pytest.mark.parametrize(
    ("values", "reason"),
    [({"status": "withheld"}, "Not shown any more."), ({"embargo": timezone.now() + timedelta(days=9)}, "Not shown")],
    ids=["withheld", "embargo"],
)
def test_what_is_not_shown_any_more_is_gone(values: dict[str, Any], reason: str, before: Path, tmp_path: Path) -> None:
    article = Article.objects.get(kind="article")
    edit(article, **values)
    found, _ = compare_both(before, tmp_path)
    (gone,) = reasons(found, "gone").values()
    assert gone.startswith(reason)


def test_what_was_withdrawn_is_named(before: Path, tmp_path: Path) -> None:
    entry = section("e4")
    Section.objects.filter(pk=entry.pk).update(withdrawn=True, gone=entry.article.captures.get())
    today, _ = compare_both(before, tmp_path)
    named = reasons(today, "changed") | reasons(today, "gone")
    assert set(named) == {section("e4").pk}
    assert "Withdrawn by its outlet." in named[section("e4").pk]
    edit(Article.objects.get(kind="article"), status="canceled")
    today, packages = compare_both(before, tmp_path)
    body = Section.objects.get(article__kind="article").pk
    for found in (today, packages):
        assert (reasons(found, "changed") | reasons(found, "gone"))[body] == "Withdrawn by its outlet."


def test_what_was_deleted_is_named(before: Path, tmp_path: Path) -> None:
    article = Article.objects.get(kind="article")
    number, pk = article.sections.get().pk, article.pk
    article.delete()
    record_changes([pk])
    sync.drain(no_progress)
    found, _ = compare_both(before, tmp_path)
    assert reasons(found, "gone") == {number: "Deleted from the archive."}


def test_another_order_is_no_change_of_content(before: Path, tmp_path: Path, take_in: Callable[..., None]) -> None:
    (tmp_path / "before.zip").write_bytes(make_package("storm -zebra").data)

    def turn(page: dict[str, Any]) -> None:
        page["sections"].reverse()

    take_in(live(turn), captured=LATER)
    found = compare(before)
    assert [found[kind] for kind in ("added", "changed", "gone", "articles")] == [[], [], [], []]


def test_articles_as_rows_are_compared_by_their_sections(
    before: Path, tmp_path: Path, take_in: Callable[..., None]
) -> None:
    before.write_bytes(make_package(unit="article").data)
    take_in(live(lambda page: page["sections"][1].update(text="The storm went.")), captured=LATER)
    found, _ = compare_both(before, tmp_path, unit="article")
    assert set(reasons(found, "changed")) == {section("e1").pk}


def test_picked_hits_and_first_rows_are_asked_for_again(before: Path, tmp_path: Path) -> None:
    picked = f"s{section('e2').pk}"
    before.write_bytes(make_package(picked=(picked,)).data)
    assert compare(before)["same"] == 1
    before.write_bytes(make_package(first=2).data)
    assert compare(before)["same"] == 2


def test_text_names_sections_and_counts(before: Path, take_in: Callable[..., None]) -> None:
    take_in(live(lambda page: page["sections"][0].update(text="The storm\u001b[2J went.")), captured=LATER)
    out = io.StringIO()
    call_command("compare-package", str(before), stdout=out)
    assert out.getvalue().splitlines()[:4] == [
        "0 added, 1 changed, 0 gone; 6 sections as before.",
        "",
        "Changed:",
        f"  Section {section('e0').pk} of article {section('e0').article_id}, Entry 0 – Storm live: "
        "New capture of 11 June 2025, 12:00 UTC: words (version 1, now 2).",
    ]


def test_packages_that_cannot_be_compared_are_an_error(before: Path, tmp_path: Path) -> None:
    changed = tmp_path / "changed.zip"
    changed.write_bytes(before.read_bytes()[:-1] + b"x")
    for arguments in ((changed,), (before, changed)):
        with pytest.raises(CommandError, match="is not as it was written"):
            compare(*arguments)
    Archive.objects.update(identity="0" * 32)
    with pytest.raises(CommandError, match="is of another archive"):
        compare(before)
    other = tmp_path / "other.zip"
    other.write_bytes(make_package().data)
    with pytest.raises(CommandError, match="are of two archives"):
        compare(before, other)
    with pytest.raises(CommandError, match="No such file"):
        compare(tmp_path / "nothing.zip")


def test_times_of_packages_are_aware(before: Path) -> None:
    assert datetime.fromisoformat(compare(before)["before"]["made"]).tzinfo


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b' "question": [', b' "question": 5, "x": ['),
        (b' "question": [', b' "question": [["q"]], "x": ['),
        (b' "made": "', b' "made": "soon'),
        (b' "made": "', b' "made": 5, "x": "'),
        (b'"manifest_version": 1', b'"manifest_version": 2'),
        (b' "rows": [', b' "lines": ['),
        (b'{"section": 1,', b'{"section": 99999999999999999999999,'),
        (b'{"section": 1,', b'{"section": "1",'),
        (b'{"section": 1,', b'{"section": -1,'),
        (b'{"section": 1,', b'{"part": 1,'),
        (b'{"section": 1,', b"{" + b"[" * 5000 + b","),
        (b'"state": "shown"', b'"state": "lost"'),
        (b'"values": {', b'"values": 5, "x": {'),
    ],
)
def test_a_manifest_that_cannot_be_read_is_an_error(old: bytes, new: bytes, before: Path, tmp_path: Path) -> None:
    """Whoever made a package can have written anything into it, with all hashes right."""
    files = make_package(contents=("jsonl",)).files
    manifest = files["data/manifest.json"]
    old = old.replace(b" 1,", f" {section('e0').pk},".encode())
    assert old in manifest
    changed = {"data/manifest.json": manifest.replace(old, new), "data/results.jsonl": files["data/results.jsonl"]}
    path = tmp_path / "hostile.zip"
    path.write_bytes(pack(bagged(changed)))
    for arguments in ((path,), (before, path)):
        if b"question" not in old or len(arguments) == 1:
            with pytest.raises(CommandError, match=r"manifest\.json"):
                compare(*arguments)
    if b"section" in old or b"state" in old:
        with pytest.raises(CommandError, match=r"manifest\.json"):
            call_command("verify-package", str(path), "--archive")


def test_splits_and_joins_are_named_as_reasons(tmp_path: Path, take_in: Callable[..., None]) -> None:
    take_in(live(lambda page: page["sections"][2].update(text="A calm day.\nThe storm came.")), ARTICLE)
    path = tmp_path / "before.zip"
    path.write_bytes(make_package().data)
    entry = Section.objects.select_related("current", "article").get(key="e2")
    part, split_up = split(entry, 1)
    first, second = section("e4"), section("e5")
    join(first, second)
    today, _ = compare_both(path, tmp_path)
    assert reasons(today, "added") == {part: "Matches now: an entry was split or joined by a curator."}
    assert reasons(today, "gone") == {
        entry.pk: "No longer matches: an entry was split or joined by a curator.",
        second.pk: f"Its words are in section {first.pk} now: an entry was split or joined by a curator.",
    }
    path.write_bytes(make_package().data)
    call_command("verify-package", str(path), "--archive", stdout=io.StringIO())
    undo(split_up, user_name="editor")
    sync.drain(no_progress)
    today, _ = compare_both(path, tmp_path)
    assert reasons(today, "gone") == {part: "No longer split: its entry is as received."}
