"""The migrations in either database: forward and back with rows, and the constraints afterwards."""

import hashlib
import importlib
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps as current_apps
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django.utils import timezone

from archive import formats
from archive.capture_files import store_bytes
from archive.history import load_history
from archive.ingest.recording import Outcome
from archive.items import ArticleItem, Hints, SectionItem
from archive.models import (
    AddressGone,
    Article,
    ArticleVersion,
    Capture,
    Change,
    Edit,
    IngestRun,
    Section,
    SectionVersion,
    shown_versions,
)
from tests.withheld_stories import U2, W1, take_in

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

FIRST_RELEASE = ("archive", "0002_evidence")
EVIDENCE = ("Capture", "ArticleVersion", "SectionVersion")


def migrate(*targets: tuple[str, str]) -> Any:
    """Migrates to these, or to the last ones; returns the models of that state."""
    executor = MigrationExecutor(connection)
    nodes = list(targets) or executor.loader.graph.leaf_nodes()
    executor.migrate(nodes)
    return MigrationExecutor(connection).loader.project_state(nodes).apps


@pytest.fixture
def first_release() -> Iterator[Any]:
    """The models of an archive whose migrations end with 0002; afterwards it is migrated to the last."""
    yield migrate(FIRST_RELEASE)
    migrate()


def fill(models: Any) -> None:
    """Records two captures of one article each, as the first release did."""
    rows = {name: models.get_model("archive", name).objects for name in (*EVIDENCE, "Article", "Section", "Source")}
    source = rows["Source"].create(name="Marbeck Courier")
    run = models.get_model("archive", "IngestRun").objects.create(started=timezone.now(), origin="a.jsonl")
    for external_id in ("", "7"):
        article = rows["Article"].create(
            source=source,
            headline="Fire",
            external_id=external_id,
            url=f"https://www.courier.example/fire{external_id}?utm_source=feed",
            url_key="by earlier rules",
        )
        capture = rows["Capture"].create(
            sha256=hashlib.sha256(external_id.encode()).hexdigest(),
            size_bytes=1,
            media_type="text/plain",
            origin="a.jsonl",
            captured=timezone.now(),
            captured_rule="time of ingest",
            reader="jsonl/1",
            run=run,
        )
        published = {
            "published": datetime(2024, 12, 31, 19, 15, tzinfo=UTC),
            "published_precision": "minute",
            "published_rule": "as given",
        }
        rows["Article"].filter(pk=article.pk).update(**published)
        published["published_given"] = "2025-01-01T08:15+13:00"
        rows["ArticleVersion"].create(article=article, capture=capture, headline="Fire", kind="article", **published)
        section = rows["Section"].create(article=article, key="1", position=0)
        section.current = rows["SectionVersion"].create(
            section=section, capture=capture, number=1, text="A fire.", words_sha256="ab" * 32, **published
        )
        section.save()
        models.get_model("archive", "Change").objects.create(article_id=article.pk, created=timezone.now())


def assert_evidence_is_guarded(models: Any) -> None:
    for name in EVIDENCE:
        rows = models.get_model("archive", name).objects
        assert rows.count() == 2
        with pytest.raises(DatabaseError, match="evidence"), transaction.atomic():
            rows.update(id=9999)


def test_rows_of_the_first_release_migrate_forward_and_back(first_release: Any) -> None:
    fill(first_release)
    assert_evidence_is_guarded(first_release)
    assert_evidence_is_guarded(migrate())
    assert list(ArticleVersion.objects.values_list("external_id", "partial", "status")) == [
        ("", False, "usable"),
        ("7", False, "usable"),
    ]
    assert list(Article.objects.order_by("id").values_list("url_key", flat=True)) == [
        "courier.example/fire",
        "courier.example/fire7",
    ]
    for model in (Article, ArticleVersion, SectionVersion):
        assert list(model.objects.values_list("published_offset", flat=True)) == [780, 780]
    assert [section.text for section in Section.objects.select_related("current")] == ["A fire."] * 2
    assert {section.changed for section in Section.objects.all()} == {IngestRun.objects.get().started}
    assert_evidence_is_guarded(migrate(FIRST_RELEASE))
    assert_evidence_is_guarded(migrate())


def test_sections_of_before_changed_with_their_ingest_or_the_last_edit(first_release: Any) -> None:
    fill(first_release)
    models = migrate(("archive", "0008_help_texts"))
    article = models.get_model("archive", "Article").objects.order_by("id").last()
    run = models.get_model("archive", "IngestRun").objects.get()
    for hours in (1, 2, -9):
        at = run.started + timedelta(hours=hours)
        models.get_model("archive", "Edit").objects.create(
            at=at, subject="article", subject_id=article.pk, how="edited"
        )
    migrate()
    assert list(Section.objects.order_by("article_id").values_list("changed", flat=True)) == [
        run.started,
        run.started + timedelta(hours=2),
    ]
    assert Edit.objects.count() == 3


def test_keys_and_hashes_are_made_anew_and_no_articles_are_merged(first_release: Any) -> None:
    fill(first_release)
    models = migrate(("archive", "0012_outlet_offsets"))
    run = models.get_model("archive", "IngestRun").objects.get()
    keys = ("courier.example/fire?id=7&smid=x", "courier.example/fire?id=7&mod=y#part")
    for article, key in zip(models.get_model("archive", "Article").objects.order_by("id"), keys, strict=True):
        models.get_model("archive", "Article").objects.filter(pk=article.pk).update(url_key=key)
        # The same answer twice, at one address by the keys of today.
        models.get_model("archive", "AddressGone").objects.create(
            address_key=key.partition("#")[0], address=key, status=404, captured=run.started, origin="a.warc", run=run
        )
    migrate()
    assert list(Article.objects.order_by("id").values_list("url_key", flat=True)) == [
        "courier.example/fire?id=7",
        "courier.example/fire?id=7#part",
    ]
    assert AddressGone.objects.count() == 2
    assert set(SectionVersion.objects.values_list("words_sha256", flat=True)) == {
        SectionItem(("A fire.",)).words_sha256
    }
    assert_evidence_is_guarded(migrate(("archive", "0012_outlet_offsets")))


VOTES = [{"headline": f"Vote on plan {plan}", "text": f"The council voted for plan {plan}."} for plan in "AB"]
VOTED = datetime(2025, 6, 10, 12, tzinfo=UTC)


def lines_of(folder: Path) -> list[tuple[Path, ArticleItem]]:
    """Returns a file and its item for each of VOTES, in the order in which the archive received them."""
    lines = []
    for number, vote in enumerate(VOTES):
        path = folder / f"{number}.jsonl"
        path.write_text(json.dumps({"id": "v1", "source": "Marbeck Courier", **vote}) + "\n")
        (item,) = formats.read(BytesIO(path.read_bytes()), Hints(str(path)))
        assert isinstance(item, ArticleItem)
        lines.append((path, item))
    return lines


def fill_with_captures(models: Any, items: list[ArticleItem]) -> int:
    """Records captures of one article, a day apart, as releases before receipts did; returns its id."""
    create = {name: models.get_model("archive", name).objects.create for name in _ROWS}
    run = create["IngestRun"](started=VOTED, origin="votes")
    article = create["Article"](
        source=create["Source"](name="Marbeck Courier"),
        headline="Plan B it is",
        external_id="v1",
        curated_fields=["headline"],
    )
    section = create["Section"](article=article, position=0)
    for number, item in enumerate(items, start=1):
        capture = create["Capture"](
            sha256=item.sha256,
            size_bytes=len(item.raw),
            media_type=item.media_type,
            origin="votes",
            captured=VOTED + timedelta(days=number),
            captured_rule="given to the day",
            reader=item.reader,
            run=run,
        )
        version = create["ArticleVersion"](
            article=article,
            capture=capture,
            headline=item.headline,
            kind="article",
            source_name=item.source,
            external_id=item.external_id,
            sections_recorded=True,
        )
        words = item.sections[0]
        section.current = create["SectionVersion"](
            section=section, capture=capture, number=number, text=words.text, words_sha256=words.words_sha256
        )
        create["Placement"](article_version=version, position=0, section=section, version=section.current)
        store_bytes(item.raw, item.sha256)
    section.save()
    create["Edit"](at=VOTED, subject="article", subject_id=article.pk, user_name="ada", how="edited")
    return int(article.pk)


_ROWS = (
    "IngestRun",
    "Source",
    "Article",
    "Section",
    "Capture",
    "ArticleVersion",
    "SectionVersion",
    "Placement",
    "Edit",
)


def test_captures_of_before_receipts_keep_their_permalinks_and_are_not_taken_in_again(
    first_release: Any, tmp_path: Path, client: Client, ingest_file: Callable[..., list[Outcome]]
) -> None:
    lines = lines_of(tmp_path)
    pk = fill_with_captures(migrate(("archive", "0010_section_version_length")), [item for _, item in lines])
    migrate()
    article = Article.objects.get(pk=pk)
    for vote, (_, item) in zip(VOTES, lines, strict=True):
        page = client.get(article.get_absolute_url(), {"capture": item.sha256}).content.decode()
        assert vote["text"] in page
    assert [receipt.captured.day for receipt in load_history(article).steps] == [11, 12]
    before = [list(model.objects.values()) for model in (Article, Section, Capture, ArticleVersion, Edit)]
    call_command("ingest", *(str(path) for path, _ in lines), verbosity=0)
    for number, (path, _) in enumerate(lines, start=1):
        assert ingest_file(path, captured=VOTED + timedelta(days=number))[0].status == "unchanged"
    assert [list(model.objects.values()) for model in (Article, Section, Capture, ArticleVersion, Edit)] == before
    assert ingest_file(lines[0][0], captured=VOTED + timedelta(days=5))[0].status == "changed"
    assert Section.objects.get().text == VOTES[0]["text"]
    assert Article.objects.get().headline == "Plan B it is"


def test_all_migrations_can_be_reversed(first_release: Any) -> None:
    migrate(("archive", "0001_initial"))
    MigrationExecutor(connection).migrate([("archive", None)])
    assert not [name for name in connection.introspection.table_names() if name.startswith("archive_")]


# Django reads no constraint names from tables that SQLite has rebuilt.
_DECLARED = {
    "sqlite": "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL",
    "postgresql": "SELECT conname::text FROM pg_constraint UNION SELECT indexname::text FROM pg_indexes",
}


@pytest.mark.django_db
def test_the_database_itself_has_every_constraint() -> None:
    with connection.cursor() as cursor:
        cursor.execute(_DECLARED[connection.vendor])
        declared = "\n".join(row[0] for row in cursor.fetchall())
    for model in current_apps.get_app_config("archive").get_models(include_auto_created=True):
        with connection.cursor() as cursor:
            found = connection.introspection.get_constraints(cursor, model._meta.db_table)
        assert [constraint.name for constraint in model._meta.constraints if constraint.name not in declared] == []
        keys = {tuple(known["columns"]) for known in found.values() if known["foreign_key"]}
        related = [field for field in model._meta.concrete_fields if field.remote_field]
        assert {(field.column,) for field in related if getattr(field, "db_constraint", True)} == keys
        unique = {tuple(known["columns"]) for known in found.values() if known["unique"] or known["primary_key"]}
        assert {(field.column,) for field in model._meta.concrete_fields if field.unique} <= unique


def test_rows_that_others_refer_to_cannot_be_deleted() -> None:
    @transaction.atomic
    def delete_all(model: Any) -> None:
        model.objects.all()._raw_delete("default")
        connection.check_constraints()

    fill(current_apps)
    for model in (Capture, SectionVersion):
        with pytest.raises(DatabaseError, match=r"(?i)foreign key"):
            delete_all(model)


@pytest.mark.parametrize(
    ("written", "rule", "offset"),
    [
        ("2025-06-02T14:30:00Z", "as given", 0),
        ("2025-06-02T14:30:00.123-04:00", "as given", -240),
        ("2025-06-02 14:30 +0545", "as given", 345),
        ("20250602T143000+0200", "as given", 120),
        ("Mon, 02 Jun 2025 14:30:00 GMT", "as given", 0),
        ("June 2, 2025, 07:47 PM EST", "as given", -300),
        ("02.06.2025 14:30 MESZ", "as given", 120),
        ("2025-06-02T14:30", "as given; no zone, read as Europe/London", 60),
        ("2025-06-02T14:30", "as given; no zone, read as UTC", None),
        ("9:22 p.m. ET, June 2", "as given", None),
        ("1748874600", "milliseconds since 1970, as given", None),
    ],
)
def test_offsets_of_earlier_versions_are_read_from_the_times_as_written(
    written: str, rule: str, offset: int | None
) -> None:
    offset_of = importlib.import_module("archive.migrations.0012_outlet_offsets").offset_of
    assert offset_of(written, rule, "minute", datetime(2025, 6, 2, 14, 30, tzinfo=UTC)) == offset
    assert offset_of(written, rule, "day", datetime(2025, 6, 2, tzinfo=UTC)) is None


def test_what_was_withheld_before_versions_were_looked_at_is_withheld() -> None:
    take_in((W1, U2))
    take_in((W1, U2), story="freed")
    freed = Article.objects.order_by("pk").last()
    assert freed
    # Before, the article had the values of all versions, and a curator who set the status saw all of them.
    Article.objects.update(standfirst="standfirstw1")
    Article.objects.filter(pk=freed.pk).update(curated_fields=["status"])
    migrate(("archive", "0014_wrong_passwords"))
    migrate()
    call_command("migrate", verbosity=0)
    shown = shown_versions(timezone.now())
    assert [version.headline for version in shown.exclude(article=freed)] == ["Story headlineu2"]
    assert shown.filter(article=freed).count() == 2
    assert Article.objects.exclude(pk=freed.pk).get().standfirst == "The standfirstu2."
    assert Change.objects.filter(hides=True, done=None).exists()


def test_rights_of_their_own_go_to_those_who_had_them_and_back() -> None:
    migrate(("archive", "0019_closing"))
    permissions = Permission.objects.filter(content_type__app_label="archive")
    viewers = Group.objects.create(name="Viewers")
    viewers.permissions.set(permissions.filter(codename="view_article"))
    namer = User.objects.create_user("namer")
    namer.user_permissions.set(permissions.filter(codename__in=["change_topic", "delete_topic", "change_article"]))
    cleaner = User.objects.create_user("cleaner")
    cleaner.user_permissions.set(permissions.filter(codename="delete_article"))
    assert not permissions.filter(codename="view_hidden").exists()

    migrate()
    assert set(viewers.permissions.values_list("codename", flat=True)) == {"view_article", "view_hidden"}
    given = {"merge_names", "change_in_bulk"}
    assert given < set(namer.user_permissions.values_list("codename", flat=True))
    assert set(cleaner.user_permissions.values_list("codename", flat=True)) == {"delete_article", "empty_trash"}
    curator = User.objects.create_user("curator")
    curator.user_permissions.set(permissions.filter(codename__in=["view_article", "change_article"]))

    migrate(("archive", "0019_closing"))
    assert [permission.codename for permission in viewers.permissions.all()] == ["view_article"]
    # Who views articles sees all that is hidden there.
    assert [permission.codename for permission in curator.user_permissions.all()] == ["change_article"]
    assert not permissions.filter(codename__in=["view_hidden", *given]).exists()
