"""What a run rejected is tried again from the bytes that are kept; what a run brought is taken back."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from archive import rejected_files
from archive.models import Article, IngestRun, Operation, Problem
from archive.operations import EDITED, operation, undo

from .intake_page import curator, file, fire, send, text_of

pytestmark = pytest.mark.django_db

RETRY = "/admin/archive/problem/try-again/"
RUSSIAN = "Пожар в порту\nПожарные тушили склад всю ночь.\nНикто не пострадал.\n".encode("cp1251")


def change_page(run: IngestRun) -> str:
    return reverse("admin:archive_ingestrun_change", args=[run.pk])


def test_a_rejected_file_is_read_again_with_another_encoding(admin_client: Client, ask: Any) -> None:
    send(admin_client, file("пожар.txt", RUSSIAN), file("fire.json", fire()))
    run = IngestRun.objects.get()
    problem = Problem.objects.get()
    assert (problem.size_bytes, rejected_files.kept_path(problem.sha256).read_bytes()) == (len(RUSSIAN), RUSSIAN)
    page = admin_client.get(change_page(run)).content.decode()
    assert f"?run={run.pk}&amp;kind=" in page
    shown = text_of(admin_client.get(RETRY, {"run": str(run.pk), "kind": problem.kind}))
    assert "1 problem in 1 file can be tried again" in shown
    answer = admin_client.post(f"{RETRY}?run={run.pk}", {"encoding": "windows-1251"}, follow=True)
    assert "1 of 1 problems solved." in text_of(answer)
    again = IngestRun.objects.latest("pk")
    assert (again.retries, again.new, again.rejected, again.options) == (run, 1, 0, {"encoding": "windows-1251"})
    problem.refresh_from_db()
    assert (problem.solved_by, problem.closed is not None) == (again, True)
    assert f"solved in run {again.pk}" in text_of(admin_client.get(change_page(run)))
    assert Article.objects.filter(headline="Пожар в порту").exists()
    assert ask("пожар").articles == 1
    assert not rejected_files.is_kept(problem.sha256)


def test_what_is_rejected_again_is_a_problem_of_the_new_run(admin_client: Client) -> None:
    send(admin_client, file("a.txt", RUSSIAN))
    problem = Problem.objects.get()
    answer = admin_client.post(f"{RETRY}?problem={problem.pk}", {"format": "json"}, follow=True)
    assert "0 of 1 problems solved." in text_of(answer)
    problem.refresh_from_db()
    assert (problem.closed is not None, problem.solved_by) == (True, None)
    again = Problem.objects.get(closed=None)
    assert (again.run.retries, again.sha256) == (problem.run, problem.sha256)
    assert rejected_files.is_kept(again.sha256)
    assert "None." not in text_of(admin_client.get(change_page(again.run))).partition("Problems")[2]


def test_only_the_rejected_parts_of_a_file_are_read_again(admin_client: Client) -> None:
    lines = b'{"headline": "Fire", "text": "A fire."}\n{"headline": "Flood"\n{"headline": "Storm", "text": "A."}\n'
    send(admin_client, file("news.jsonl", lines))
    run = IngestRun.objects.get()
    assert (run.new, run.rejected) == (2, 1)
    Article.objects.all().update(headline="Seen by a curator")
    admin_client.post(f"{RETRY}?run={run.pk}", {})
    again = IngestRun.objects.latest("pk")
    assert (again.new, again.unchanged, again.rejected) == (0, 0, 1)


def test_bytes_that_are_not_kept_are_said_to_be_missing(admin_client: Client) -> None:
    send(admin_client, file("a.txt", RUSSIAN))
    problem = Problem.objects.get()
    rejected_files.drop_file(problem.sha256)
    assert "Of 1 the bytes are not kept" in text_of(admin_client.get(f"{RETRY}?problem={problem.pk}"))
    admin_client.post(f"{RETRY}?problem={problem.pk}", {})
    assert IngestRun.objects.count() == 1
    page = text_of(admin_client.get(reverse("admin:archive_problem_change", args=[problem.pk])))
    assert "Not kept" in page


def test_what_has_no_bytes_is_not_offered_to_be_tried_again(admin_client: Client) -> None:
    send(admin_client, *(file(f"{name}.txt", RUSSIAN + name.encode()) for name in "abc"), file("d.json", b'{"a": '))
    run = IngestRun.objects.get()
    of_texts = Problem.objects.filter(origin__endswith=".txt").order_by("pk")
    retry_of = [f"{RETRY}?problem={problem.pk}" for problem in of_texts]
    page = admin_client.get(change_page(run)).content.decode()
    assert [address in page for address in retry_of] == [True] * 3
    assert ("Try these 3 again" in page, "Try all 4 again" in page) == (True, True)
    rejected_files.drop_file(of_texts[0].sha256)
    page = admin_client.get(change_page(run)).content.decode()
    assert [address in page for address in retry_of] == [False, True, True]
    assert ("Try the other 2 again" in page, "Try all 3 again" in page) == (True, True)
    assert "The bytes of 1 of these are not kept: to try again, ingest it again." in page
    pages = [admin_client.get(reverse("admin:archive_problem_change", args=[problem.pk])) for problem in of_texts[:2]]
    assert ["Try again" in text_of(of_problem) for of_problem in pages] == [False, True]
    for problem in Problem.objects.all():
        rejected_files.drop_file(problem.sha256)
    page = admin_client.get(change_page(run)).content.decode()
    assert RETRY not in page
    assert "The bytes of these files are not kept: to try again, ingest them again." in page


@pytest.mark.parametrize("query", ["", "?run=x", "?run=" + "9" * 40, "?problem=,,a", "?run=999&kind=" + "x" * 9999])
def test_no_problems_are_no_error(admin_client: Client, query: str) -> None:
    page = text_of(admin_client.get(RETRY + query))
    assert "0 problems in 0 files" in page
    assert admin_client.post(RETRY + query, {}).status_code == 200
    assert not IngestRun.objects.exists()


def test_a_wrong_option_is_reported_and_nothing_is_read(admin_client: Client) -> None:
    send(admin_client, file("a.txt", RUSSIAN))
    answer = admin_client.post(f"{RETRY}?run={IngestRun.objects.get().pk}", {"encoding": "klingon"})
    assert answer.status_code == 400
    assert "is no encoding" in text_of(answer)
    assert IngestRun.objects.count() == 1


def test_contributors_try_again_what_they_sent_alone(admin_client: Client, client: Client) -> None:
    send(admin_client, file("a.txt", RUSSIAN))
    other = IngestRun.objects.get()
    client.force_login(curator("add_ingestrun"))
    send(client, file("b.txt", RUSSIAN + b"!"))
    own = IngestRun.objects.latest("pk")
    assert "0 problems" in text_of(client.get(f"{RETRY}?run={other.pk}"))
    assert "1 problem in" in text_of(client.get(f"{RETRY}?run={own.pk}"))
    problem = Problem.objects.get(run=own)
    assert client.get(reverse("admin:archive_problem_bytes", args=[problem.pk])).status_code == 403
    answer = admin_client.get(reverse("admin:archive_problem_bytes", args=[problem.pk]))
    assert (answer.getvalue(), answer.headers["Content-Type"]) == (RUSSIAN + b"!", "application/octet-stream")
    client.force_login(curator("view_problem", "view_hidden", name="reader"))
    assert client.get(f"{RETRY}?run={own.pk}").status_code == 403


def test_open_and_settled_problems_are_listed_apart(admin_client: Client) -> None:
    send(admin_client, file("a.txt", RUSSIAN), file("b.txt", b""))
    admin_client.post(f"{RETRY}?problem={Problem.objects.get(origin='a.txt').pk}", {"encoding": "windows-1251"})
    solved = IngestRun.objects.latest("pk")
    listing = reverse("admin:archive_problem_changelist")
    assert "b.txt" in (opened := text_of(admin_client.get(listing, {"state": "open"})))
    assert "a.txt" not in opened
    assert f"Solved in run {solved.pk}" in text_of(admin_client.get(listing, {"state": "settled"}))


def test_large_files_are_not_kept_and_the_oldest_make_room(
    archive_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rejected_files, "MAX_FILE_BYTES", 10)
    monkeypatch.setattr(rejected_files, "MAX_KEPT_BYTES", 15)
    path = tmp_path / "a"
    path.write_bytes(b"x" * 11)
    assert rejected_files.keep_file(path) is None
    hashes = []
    for number in range(3):
        path.write_bytes(b"%d" % number * 6)
        kept = rejected_files.keep_file(path)
        assert kept is not None
        hashes.append(kept[0])
        os.utime(rejected_files.kept_path(kept[0]), (number + 1, number + 1))
    assert [rejected_files.is_kept(sha256) for sha256 in hashes] == [False, True, True]


# Taking back


def take_back_page(run: IngestRun) -> str:
    return reverse("admin:archive_ingestrun_take-back", args=[run.pk])


def take_back(client: Client, run: IngestRun) -> Any:
    shown = client.get(take_back_page(run)).context["shown_rows"]
    return client.post(take_back_page(run), {"shown_rows": shown}, follow=True)


@pytest.fixture
def runs(admin_client: Client) -> tuple[IngestRun, IngestRun]:
    """Two runs: the second received again what the first brought, changed, and something new."""
    page = {"url": "https://courier.example/fire"}
    send(admin_client, file("fire.json", fire(**page)), file("flood.json", fire(id="2", headline="Flood")))
    send(
        admin_client,
        file("fire.json", fire(text="A large fire.", **page)),
        file("a.json", fire(id="3", headline="Storm")),
    )
    first, second = IngestRun.objects.order_by("pk")
    return first, second


def test_a_run_is_taken_back_without_what_others_brought_too(
    admin_client: Client, runs: tuple[IngestRun, IngestRun], ask: Any
) -> None:
    _, second = runs
    page = text_of(admin_client.get(take_back_page(second)))
    assert "1 article would go to the trash Storm" in page
    assert "1 would stay: another run received it too Fire in Marbeck" in page
    assert "1 article moved to the trash." in text_of(take_back(admin_client, second))
    assert list(Article.objects.filter(trashed__isnull=False).values_list("headline", flat=True)) == ["Storm"]
    assert (ask("storm").articles, ask("fire").articles) == (0, 2)
    assert "None." in text_of(admin_client.get(take_back_page(second)))
    done = Operation.objects.get()
    assert (done.kind, done.touched) == ("run taken back", 1)
    undo(done, user_name="ben")
    assert not Article.objects.filter(trashed__isnull=False).exists()


def test_articles_that_changed_since_the_look_are_looked_at_again(
    admin_client: Client, runs: tuple[IngestRun, IngestRun]
) -> None:
    first, _ = runs
    answer = admin_client.post(take_back_page(first), {"shown_rows": "of another day"})
    assert "Look at them again." in text_of(answer)
    assert not Article.objects.filter(trashed__isnull=False).exists()


def test_contributors_take_back_own_runs_that_nobody_touched_since(client: Client, admin_client: Client) -> None:
    lib = curator("add_ingestrun")
    client.force_login(lib)
    send(client, file("fire.json", fire()))
    run = IngestRun.objects.get()
    client.force_login(curator("add_ingestrun", "view_ingestrun", name="other"))
    assert client.post(take_back_page(run), {}).status_code == 403
    client.force_login(lib)
    article = Article.objects.get()
    with operation(EDITED, user_name="ann", label="Edited") as act:
        act.watch(Article, [article.pk])
        Article.objects.update(note="Corrected.")
    assert "changed by curators" in text_of(client.get(take_back_page(run)))
    assert take_back(client, run).status_code == 403
    undo(Operation.objects.get(), user_name="ann")
    assert "1 article moved" in text_of(take_back(client, run))


def test_an_open_run_is_not_taken_back(admin_client: Client) -> None:
    run = IngestRun.objects.create(started="2025-06-02T10:00Z", state="waiting", origin="x")
    assert "has not ended yet" in text_of(admin_client.get(take_back_page(run)))
