"""The triggers that guard evidence: every migrate creates those that are missing, in either database."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from archive.models import AddressGone, DeletedNumber, Edit, IngestRun, Topic
from archive.models.captures import ImmutableModel
from archive.models.evidence_triggers import drop_functions, guard_tables, release_tables
from archive.operations import ADDED, operation
from tests.conftest import SEED

pytestmark = pytest.mark.django_db(transaction=True)

EVIDENCE = [model for model in apps.get_app_config("archive").get_models() if issubclass(model, ImmutableModel)]
TABLES = [model._meta.db_table for model in EVIDENCE]


@pytest.fixture
def rows(ingest_file: Callable[..., Any]) -> None:
    """At least one row in each table of evidence."""
    ingest_file(SEED)
    AddressGone.objects.create(
        address_key="a.example", status=404, captured=timezone.now(), run=IngestRun.objects.get()
    )
    with operation(ADDED, user_name="lib", label="Added") as act:
        act.created(Topic, [Topic.objects.create(name="Fires").pk])
    DeletedNumber.objects.create(kind="article", number=99, at=timezone.now(), user_name="lib")


def refuses_updates(model: Any) -> bool:
    """Whether the database refuses an UPDATE of the model's table, which is undone if not."""
    try:
        with transaction.atomic():
            assert model._default_manager.update(id=9999) >= 1
            transaction.set_rollback(True)
    except DatabaseError as error:
        assert model.REFUSAL in str(error)
        return True
    return False


def test_these_tables_hold_evidence() -> None:
    assert {model.__name__ for model in EVIDENCE} == {
        "AddressGone",
        "ArticleVersion",
        "Capture",
        "DeletedNumber",
        "Edit",
        "OperationRow",
        "Placement",
        "SectionVersion",
    }


def test_migrate_creates_triggers_that_were_lost(rows: None) -> None:
    assert all(map(refuses_updates, EVIDENCE))
    release_tables(connection, TABLES)
    # Several rows cannot all get one id; a table of one row shows that the trigger is gone.
    assert not refuses_updates(Edit)
    call_command("migrate", verbosity=0)
    assert all(map(refuses_updates, EVIDENCE))


def test_migrate_creates_them_in_a_database_without_their_function(rows: None) -> None:
    release_tables(connection, TABLES)
    drop_functions(connection)
    call_command("migrate", verbosity=0)
    assert all(map(refuses_updates, EVIDENCE))


def test_guarding_twice_and_tables_that_do_not_exist_are_no_error(rows: None) -> None:
    guard_tables(connection, {"archive_capture": "again", "archive_nothing": "never"})
    assert all(map(refuses_updates, EVIDENCE))
