"""The migrations in either database: forward and back with rows, and the constraints afterwards."""

import hashlib
import importlib
import json
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
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
WITH_EDITS = ("archive", "0008_help_texts")
BEFORE_RECEIPTS = ("archive", "0010_section_version_length")
BEFORE_KEYS = ("archive", "0012_outlet_offsets")
BEFORE_WITHHOLDINGS = ("archive", "0014_wrong_passwords")
BEFORE_RIGHTS = ("archive", "0019_closing")
LAST = ("archive", "the last")
# The tables of evidence, each with the lookup of its articles.
EVIDENCE = {"Capture": "article_versions__article", "ArticleVersion": "article", "SectionVersion": "section__article"}


def migrate(*targets: tuple[str, str]) -> Any:
    """Migrates to these, or to the last ones; returns the models of that state."""
    executor = MigrationExecutor(connection)
    nodes = list(targets) or executor.loader.graph.leaf_nodes()
    executor.migrate(nodes)
    return MigrationExecutor(connection).loader.project_state(nodes).apps


# What happens to some rows, as a generator: it yields the state of the migrations at which it goes on, and is sent the
# models of that state. To migrate takes long; so each path through the migrations is taken once, with all its stories.
Story = Generator[tuple[str, str], Any, None]


def tell(stories: Iterable[Story], path: Sequence[tuple[str, str]]) -> None:
    """Migrates from state to state, and lets each story go on at the states that it waits for."""
    awaited = {story: next(story) for story in stories}
    for state in path:
        models = migrate(*([] if state == LAST else [state]))
        for story in [story for story in awaited if awaited[story] == state]:
            try:
                awaited[story] = story.send(models)
            except StopIteration:
                del awaited[story]
    assert not awaited, f"the path ends before {list(awaited.values())}"


@pytest.fixture
def migrated_again() -> Iterator[None]:
    """Migrates to the last state after a test, which may fail in an earlier one."""
    yield
    if MigrationExecutor(connection).migration_plan(MigrationExecutor(connection).loader.graph.leaf_nodes()):
        migrate()


def fill(models: Any, external_ids: Sequence[str] = ("", "7")) -> list[int]:
    """Records a capture of one article for each id, as the first release did; returns the articles' numbers."""
    numbers = []
    rows = {name: models.get_model("archive", name).objects for name in (*EVIDENCE, "Article", "Section", "Source")}
    source, _ = rows["Source"].get_or_create(name="Marbeck Courier")
    run = models.get_model("archive", "IngestRun").objects.create(started=timezone.now(), origin="a.jsonl")
    for external_id in external_ids:
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
        numbers.append(article.pk)
    return numbers


def assert_evidence_is_guarded(models: Any, numbers: Sequence[int]) -> None:
    for name, path in EVIDENCE.items():
        rows = models.get_model("archive", name).objects
        assert rows.filter(**{f"{path}__in": numbers}).count() == len(numbers)
        with pytest.raises(DatabaseError, match="evidence"), transaction.atomic():
            rows.update(id=9999)


def guarded_evidence() -> Story:
    models = yield FIRST_RELEASE
    numbers = fill(models)
    assert_evidence_is_guarded(models, numbers)
    models = yield LAST
    assert_evidence_is_guarded(models, numbers)
    versions = ArticleVersion.objects.filter(article__in=numbers)
    assert list(versions.values_list("external_id", "partial", "status")) == [
        ("", False, "usable"),
        ("7", False, "usable"),
    ]
    articles = Article.objects.filter(pk__in=numbers)
    assert list(articles.order_by("id").values_list("url_key", flat=True)) == [
        "courier.example/fire",
        "courier.example/fire7",
    ]
    sections = Section.objects.filter(article__in=numbers)
    of_sections = SectionVersion.objects.filter(section__in=sections)
    for rows in (articles, versions, of_sections):
        assert list(rows.values_list("published_offset", flat=True)) == [780, 780]
    assert [section.text for section in sections.select_related("current")] == ["A fire."] * 2
    assert {section.changed for section in sections} == {IngestRun.objects.order_by("pk")[0].started}
    models = yield FIRST_RELEASE
    assert_evidence_is_guarded(models, numbers)
    models = yield LAST
    assert_evidence_is_guarded(models, numbers)


def changed_sections() -> Story:
    """Sections of before changed with their ingest or the last edit."""
    models = yield FIRST_RELEASE
    numbers = fill(models, ("21", "22"))
    models = yield WITH_EDITS
    run = models.get_model("archive", "IngestRun").objects.get(captures__article_versions__article=numbers[0])
    for hours in (1, 2, -9):
        at = run.started + timedelta(hours=hours)
        models.get_model("archive", "Edit").objects.create(
            at=at, subject="article", subject_id=numbers[1], how="edited"
        )
    yield LAST
    sections = Section.objects.filter(article__in=numbers).order_by("article_id")
    assert list(sections.values_list("changed", flat=True)) == [run.started, run.started + timedelta(hours=2)]
    assert Edit.objects.filter(subject_id=numbers[1]).count() == 3


def keys_and_hashes() -> Story:
    """They are made anew, and no articles are merged."""
    models = yield FIRST_RELEASE
    numbers = fill(models, ("31", "32"))
    models = yield BEFORE_KEYS
    run = models.get_model("archive", "IngestRun").objects.first()
    keys = ("courier.example/fire?id=7&smid=x", "courier.example/fire?id=7&mod=y#part")
    for number, key in zip(numbers, keys, strict=True):
        models.get_model("archive", "Article").objects.filter(pk=number).update(url_key=key)
        # The same answer twice, at one address by the keys of today.
        models.get_model("archive", "AddressGone").objects.create(
            address_key=key.partition("#")[0], address=key, status=404, captured=run.started, origin="a.warc", run=run
        )
    yield LAST
    articles = Article.objects.filter(pk__in=numbers).order_by("id")
    assert list(articles.values_list("url_key", flat=True)) == [
        "courier.example/fire?id=7",
        "courier.example/fire?id=7#part",
    ]
    assert AddressGone.objects.count() == 2
    assert set(SectionVersion.objects.filter(text="A fire.").values_list("words_sha256", flat=True)) == {
        SectionItem(("A fire.",)).words_sha256
    }
    models = yield BEFORE_KEYS
    assert_evidence_is_guarded(models, numbers)


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
        source=models.get_model("archive", "Source").objects.get_or_create(name="Marbeck Courier")[0],
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


def votes(folder: Path, client: Client, ingest_file: Callable[..., list[Outcome]]) -> Story:
    """Captures of before receipts keep their permalinks, and are not taken in again."""
    lines = lines_of(folder)
    models = yield BEFORE_RECEIPTS
    pk = fill_with_captures(models, [item for _, item in lines])
    yield LAST
    article = Article.objects.get(pk=pk)
    for vote, (_, item) in zip(VOTES, lines, strict=True):
        page = client.get(article.get_absolute_url(), {"capture": item.sha256}).content.decode()
        assert vote["text"] in page
    assert [receipt.captured.day for receipt in load_history(article).steps] == [11, 12]
    with transaction.atomic():
        _take_in_again(article, lines, ingest_file)
        # Two captures of the same bytes would not fit into the first release.
        transaction.set_rollback(True)


def _take_in_again(
    article: Article, lines: Sequence[tuple[Path, ArticleItem]], ingest_file: Callable[..., list[Outcome]]
) -> None:
    before = [list(model.objects.values()) for model in (Article, Section, Capture, ArticleVersion, Edit)]
    call_command("ingest", *(str(path) for path, _ in lines), verbosity=0)
    for number, (path, _) in enumerate(lines, start=1):
        assert ingest_file(path, captured=VOTED + timedelta(days=number))[0].status == "unchanged"
    assert [list(model.objects.values()) for model in (Article, Section, Capture, ArticleVersion, Edit)] == before
    assert ingest_file(lines[0][0], captured=VOTED + timedelta(days=5))[0].status == "changed"
    assert article.sections.get().text == VOTES[0]["text"]
    article.refresh_from_db()
    assert article.headline == "Plan B it is"


def test_rows_of_the_first_releases_migrate_forward_and_back(
    migrated_again: None, tmp_path: Path, client: Client, ingest_file: Callable[..., list[Outcome]]
) -> None:
    MigrationExecutor(connection).migrate([("archive", None)])
    assert not [name for name in connection.introspection.table_names() if name.startswith("archive_")]
    stories = [guarded_evidence(), changed_sections(), keys_and_hashes(), votes(tmp_path, client, ingest_file)]
    forward = [FIRST_RELEASE, WITH_EDITS, BEFORE_RECEIPTS, BEFORE_KEYS, LAST]
    tell(stories, [*forward, BEFORE_KEYS, FIRST_RELEASE, LAST])


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


def withheld_versions() -> Story:
    """What was withheld before versions were looked at is withheld."""
    yield LAST
    take_in((W1, U2))
    take_in((W1, U2), story="freed")
    freed = Article.objects.order_by("pk").last()
    assert freed
    # Before, the article had the values of all versions, and a curator who set the status saw all of them.
    Article.objects.update(standfirst="standfirstw1")
    Article.objects.filter(pk=freed.pk).update(curated_fields=["status"])
    yield BEFORE_WITHHOLDINGS
    yield LAST
    call_command("migrate", verbosity=0)
    shown = shown_versions(timezone.now())
    assert [version.headline for version in shown.exclude(article=freed)] == ["Story headlineu2"]
    assert shown.filter(article=freed).count() == 2
    assert Article.objects.exclude(pk=freed.pk).get().standfirst == "The standfirstu2."
    assert Change.objects.filter(hides=True, done=None).exists()


def rights() -> Story:
    """Rights of their own go to those who had them, and back."""
    yield BEFORE_RIGHTS
    permissions = Permission.objects.filter(content_type__app_label="archive")
    viewers = Group.objects.create(name="Viewers")
    viewers.permissions.set(permissions.filter(codename="view_article"))
    namer = User.objects.create_user("namer")
    namer.user_permissions.set(permissions.filter(codename__in=["change_topic", "delete_topic", "change_article"]))
    cleaner = User.objects.create_user("cleaner")
    cleaner.user_permissions.set(permissions.filter(codename="delete_article"))
    assert not permissions.filter(codename="view_hidden").exists()

    yield LAST
    assert set(viewers.permissions.values_list("codename", flat=True)) == {"view_article", "view_hidden"}
    given = {"merge_names", "change_in_bulk"}
    assert given < set(namer.user_permissions.values_list("codename", flat=True))
    assert set(cleaner.user_permissions.values_list("codename", flat=True)) == {"delete_article", "empty_trash"}
    curator = User.objects.create_user("curator")
    curator.user_permissions.set(permissions.filter(codename__in=["view_article", "change_article"]))

    yield BEFORE_RIGHTS
    assert [permission.codename for permission in viewers.permissions.all()] == ["view_article"]
    # Who views articles sees all that is hidden there.
    assert [permission.codename for permission in curator.user_permissions.all()] == ["change_article"]
    assert not permissions.filter(codename__in=["view_hidden", *given]).exists()


def test_what_was_hidden_and_who_saw_it_migrate_forward_and_back(migrated_again: None) -> None:
    path = [LAST, BEFORE_WITHHOLDINGS, BEFORE_RIGHTS, LAST, BEFORE_RIGHTS]
    tell([withheld_versions(), rights()], path)
