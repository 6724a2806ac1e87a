"""Who may do what: every role at every address with every method, and every action of every list.

The addresses come from the table of URLs and the actions from the admin: a new one fails here until it has a row. The
rows name the lowest role that may; what the pages do for it is tested with each page.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, NamedTuple

import pytest
from django.contrib import admin
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.template.response import SimpleTemplateResponse
from django.test import Client, RequestFactory

from archive import search_port
from archive.models import Article, IngestRun, Problem, SectionVersion, Withdrawal
from archive.operations import EDITED, operation
from archive.roles import ROLES, role_named
from archive.users import give_role
from search.index import sync
from search.models import RecordedExport
from tests.archive.naming.names import mention_first_word
from tests.test_sight import address, patterns, samples_of

pytestmark = pytest.mark.django_db

VISITOR, NOBODY = "Visitor", "nobody"
READER, CONTRIBUTOR, CURATOR, LIBRARIAN, ADMINISTRATOR = (role.name for role in ROLES)
LEVELS = (VISITOR, READER, CONTRIBUTOR, CURATOR, LIBRARIAN, ADMINISTRATOR, "superuser")


# The pages that Django's admin makes for each table.
STANDARD = {"changelist", "history", "add", "change", "delete"}


class Table(NamedTuple):
    """Who may see the rows of a table, add, change and delete them in the admin."""

    view: str
    add: str = NOBODY
    change: str = NOBODY
    delete: str = NOBODY


# Each table with pages in the admin.
TABLES = {
    "archive_article": Table(CURATOR, NOBODY, CURATOR, LIBRARIAN),
    "archive_capture": Table(CURATOR),
    # Its list is that of proposals; it has no other page.
    "archive_copyjudgement": Table(CURATOR),
    "archive_edit": Table(CURATOR),
    "archive_ingestrun": Table(CURATOR, CONTRIBUTOR),
    "archive_name": Table(CURATOR, NOBODY, CURATOR),
    "archive_operation": Table(CURATOR),
    "archive_problem": Table(CURATOR),
    "archive_section": Table(CURATOR),
    "archive_source": Table(CURATOR, CURATOR, CURATOR, LIBRARIAN),
    "archive_statement": Table(CURATOR, NOBODY, CURATOR),
    "archive_topic": Table(CURATOR, CURATOR, CURATOR, LIBRARIAN),
    "archive_withdrawal": Table(LIBRARIAN),
    "auth_group": Table(ADMINISTRATOR, ADMINISTRATOR, ADMINISTRATOR, ADMINISTRATOR),
    "auth_user": Table(ADMINISTRATOR, ADMINISTRATOR, ADMINISTRATOR, ADMINISTRATOR),
}

# The other addresses of the admin, by name or path; both methods, or each of them.
ADMIN_PAGES: dict[str, str | tuple[str, str]] = {
    "index": CONTRIBUTOR,
    "app_list": CONTRIBUTOR,
    "login": VISITOR,
    "logout": VISITOR,
    "jsi18n": CONTRIBUTOR,
    "password_change": CONTRIBUTOR,
    "password_change_done": CONTRIBUTOR,
    "view_on_site": CONTRIBUTOR,
    "autocomplete": CURATOR,
    "admin/(?P<url>.*)$": CONTRIBUTOR,
    "upkeep": LIBRARIAN,
    "archive_article_entry": CURATOR,
    "archive_article_divide": CURATOR,
    "archive_article_move_entry": (CONTRIBUTOR, CURATOR),
    "archive_capture_bytes": CURATOR,
    "archive_source_pages": LIBRARIAN,
    "archive_trash": LIBRARIAN,
    "archive_name_queue": CURATOR,
    "archive_name_merge": LIBRARIAN,
    "archive_name_spellings": CURATOR,
    "archive_topic_tree": CURATOR,
    "archive_topic_file": CURATOR,
    "archive_topic_import": LIBRARIAN,
    "archive_topic_export": CURATOR,
    "archive_topic_move": CURATOR,
    # The operation of the test is that of somebody else; its page changes nothing.
    "archive_operation_change": CURATOR,
    "archive_operation_progress": CURATOR,
    "archive_operation_step": LIBRARIAN,
    "archive_operation_undo": LIBRARIAN,
    "withdraw_article": LIBRARIAN,
    "withdraw_section": LIBRARIAN,
    "restore_withdrawal": LIBRARIAN,
    "auth_user_link": ADMINISTRATOR,
    "auth_user_password_change": ADMINISTRATOR,
    # Who adds documents sees their own runs; the run of the test is that of its user.
    "archive_ingestrun_change": (CONTRIBUTOR, NOBODY),
    "archive_ingestrun_history": CONTRIBUTOR,
    "archive_ingestrun_parts": CONTRIBUTOR,
    "archive_ingestrun_progress": CONTRIBUTOR,
    # Somebody else has edited its article since.
    "archive_ingestrun_take-back": (CONTRIBUTOR, LIBRARIAN),
    "archive_problem_bytes": LIBRARIAN,
    "archive_problem_retry": CONTRIBUTOR,
}

# The pages of the site that are not for everybody.
SITE_PAGES = {"exports": READER, "recorded-export": READER, "delete-export": READER, "register": LIBRARIAN}
# Addresses at which there is nothing without parameters: that is said to everybody who may ask.
EMPTY = {
    "archive_article_move_entry",
    "archive_problem_bytes",
    "admin/(?P<url>.*)$",
    "hit",
    "set-password",
    "sitemap",
    "sitemap-page",
}

# Every action of every list.
ACTIONS = {
    "archive_article": dict.fromkeys(
        (
            "set_fields",
            "show_as_received",
            "withdraw_selected",
            "move_to_trash",
            "restore_from_trash",
            "delete_for_good",
        ),
        LIBRARIAN,
    ),
    "archive_name": {"accept": CURATOR, "reject": CURATOR, "merge": LIBRARIAN},
    "archive_problem": {"try_again": CURATOR},
    "archive_source": {"merge": LIBRARIAN, "delete_selected": LIBRARIAN},
    "archive_statement": dict.fromkeys(("accept", "reject", "take_back"), CURATOR),
    "archive_topic": {"move": CURATOR, "merge": LIBRARIAN, "delete_selected": LIBRARIAN},
}


NO_SUCH_METHOD = "the page has no such method"


class Cell(NamedTuple):
    name: str
    method: str
    lowest: str
    url: str


def may(level: str, lowest: str) -> bool:
    return lowest != NOBODY and LEVELS.index(level) >= LEVELS.index(lowest)


def lowest_of(path: str, name: str) -> tuple[str, str]:
    """Returns who may get and who may post at an address. Raises LookupError for an address without a row."""
    known = ADMIN_PAGES.get(name or path) if path.startswith("admin/") else None
    if known is not None:
        return known if isinstance(known, tuple) else (known, known)
    if not path.startswith("admin/"):
        lowest = SITE_PAGES.get(name, VISITOR)
        return lowest, lowest
    if not name and path.endswith("<path:object_id>/"):
        return CONTRIBUTOR, CONTRIBUTOR  # leads to the page of the change
    table, _, act = name.rpartition("_")
    if table not in TABLES or act not in STANDARD:
        raise LookupError(f"{name or path} has no row: say in TABLES or ADMIN_PAGES who may open it")
    view, add, change, delete = TABLES[table]
    both = {"changelist": view, "history": view, "add": add, "delete": delete}
    return (view, change) if act == "change" else (both[act], both[act])


def cells() -> Iterator[Cell]:
    for path, pattern in patterns():
        name = pattern.name or ""
        sample = next(iter(samples_of(path, pattern)))
        if name == "app_list":
            sample = {"app_label": "archive"}
        if "object_id" in sample and name.startswith("auth_group_"):
            # The groups of the roles cannot be deleted.
            sample = {"object_id": Group.objects.get(role_group=None).pk}
        url = address(path, pattern, sample)
        if name == "autocomplete":
            url += "?app_label=archive&model_name=article&field_name=source&term="
        for method, lowest in zip(("GET", "POST"), lowest_of(path, name), strict=True):
            yield Cell(name or path, method, lowest, url)


class RememberingBackend(ModelBackend):
    """Loads the user and their permissions once: no cell changes them, and 200 ask for them."""

    users: dict[int, Any] = {}

    def get_user(self, user_id: int) -> Any:
        if user_id not in self.users:
            self.users[user_id] = super().get_user(user_id)
        return self.users[user_id]


def index_nothing(progress: search_port.IndexProgress) -> int:
    return 0


@pytest.fixture(autouse=True)
def light_pages(seed: Article, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves out what takes time and decides nothing: the rendering of pages, sessions in the database.

    After the archive is built: other tests get a copy of it, which has to be indexed.
    """
    monkeypatch.setattr(SimpleTemplateResponse, "rendered_content", "")
    monkeypatch.setattr(RememberingBackend, "users", {})
    # What a cell changes is taken back; the index would keep it.
    idle = replace(search_port.get_search_port(), sync=index_nothing, catch_up=index_nothing, rebuild=index_nothing)
    monkeypatch.setattr(search_port, "_registered", [idle])
    settings.AUTHENTICATION_BACKENDS = [f"{__name__}.RememberingBackend"]
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.cache"
    settings.LET_ROBOTS_IN = True


@pytest.fixture
def archive(seed: Article) -> None:
    """An archive with a row of every table that has pages in the admin."""
    run = IngestRun.objects.get()
    Problem.objects.create(run=run, level="note", origin="a.txt", reason="odd")
    with operation(EDITED, user_name="another", label="Edited") as act:
        act.watch(Article, [seed.pk])
        seed.byline = "Cy Roe"
        seed.save()
    sync.drain(search_port.no_progress)
    seed.topics.create(name="Floods")
    # Restored since, so that the article is shown.
    Withdrawal.objects.create(article=seed, reason="error", at=run.started, user_name="another", restored=run.started)
    Group.objects.create(name="Sports desk")
    mention_first_word(SectionVersion.objects.order_by("pk")[0])


def user_at(level: str) -> User:
    if level == "superuser":
        return User.objects.create_superuser("somebody")
    user = User.objects.create_user("somebody")
    give_role(user, role_named(level))
    return User.objects.get(pk=user.pk)


@pytest.mark.parametrize("level", LEVELS)
def test_each_role_may_do_at_each_address_what_the_table_says(archive: None, client: Client, level: str) -> None:
    client.raise_request_exception = False
    other = User.objects.create_user("another")
    if level != VISITOR:
        user = user_at(level)
        IngestRun.objects.update(user=user)
        RecordedExport.objects.create(
            user=user,
            made=datetime(2025, 6, 2, tzinfo=UTC),
            format="csv",
            question=[],
            options=[],
            unit="section",
            row_count=0,
            size_bytes=0,
            index_generation="",
        )
    assert other.pk == User.objects.order_by("pk")[0].pk
    wrong = {}
    for cell in cells():
        if level != VISITOR:
            client.force_login(user)
        with transaction.atomic():
            status = answer(client, cell)
            transaction.set_rollback(True)
        expected = "allowed" if may(level, cell.lowest) else "refused"
        if status not in (expected, NO_SUCH_METHOD):
            wrong[cell] = status
    assert wrong == {}


def answer(client: Client, cell: Cell) -> str:
    response = client.generic(cell.method, cell.url, content_type="application/x-www-form-urlencoded")
    if response.streaming:
        response.getvalue()
    to_sign_in = response.status_code == HTTPStatus.FOUND and "/login/?next=" in response["Location"]
    if response.status_code == HTTPStatus.FORBIDDEN or to_sign_in:
        return "refused"
    if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return NO_SUCH_METHOD
    is_missing = response.status_code == HTTPStatus.NOT_FOUND and cell.name not in EMPTY
    return str(response.status_code) if is_missing or response.status_code >= 500 else "allowed"


@pytest.mark.parametrize("level", LEVELS[2:])
def test_each_role_has_the_actions_of_the_table(level: str, rf: RequestFactory) -> None:
    # The list of articles has other actions where it shows the trash.
    requests = [rf.get("/"), rf.get("/?trash=yes")]
    for request in requests:
        request.user = user_at(level) if request is requests[0] else requests[0].user
    for model, model_admin in admin.site._registry.items():
        table = f"{model._meta.app_label}_{model._meta.model_name}"
        if not model_admin.has_view_or_change_permission(requests[0]):
            continue
        actions = {name for name, lowest in ACTIONS.get(table, {}).items() if may(level, lowest)}
        assert {name for request in requests for name in model_admin.get_actions(request)} == actions, table


def test_every_row_is_needed() -> None:
    names = {pattern.name or path for path, pattern in patterns()}
    assert set(ADMIN_PAGES) <= names
    assert set(SITE_PAGES) <= names
    assert names >= EMPTY
    tables = {f"{model._meta.app_label}_{model._meta.model_name}" for model in admin.site._registry}
    assert set(TABLES) == tables
    assert set(ACTIONS) <= tables
    assert Group.objects.filter(role_group__isnull=False).count() == len(ROLES)
