"""search/exports/packages: what a package has, for BagIt, for ordinary tools, and for people."""

import csv
import hashlib
import io
import shutil
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.utils import timezone

from archive.curation import mark_curated
from archive.ingest import settle_articles
from archive.models import Article, Capture, SectionVersion, archive_identity
from archive.models.captures import capture_path
from search.exports import FORMATS, ExportOptions, make_export, packages
from search.exports.packages import zip_writer
from search.results import Question

from .conftest import Package, make_package

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("storm")]


def hashes_in(text: bytes) -> dict[str, str]:
    return {name: sha256 for sha256, name in (line.split("  ") for line in text.decode().splitlines())}


def test_package_is_a_complete_bag() -> None:
    files = make_package(captures=True).files
    assert files["bagit.txt"] == b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    payload = {name: data for name, data in files.items() if name.startswith("data/")}
    assert hashes_in(files["manifest-sha256.txt"]) == {
        name: hashlib.sha256(data).hexdigest() for name, data in payload.items()
    }
    tags = {name: data for name, data in files.items() if name not in payload and name != "tagmanifest-sha256.txt"}
    assert set(tags) == {"bagit.txt", "bag-info.txt", "manifest-sha256.txt", "README.txt"}
    assert hashes_in(files["tagmanifest-sha256.txt"]) == {
        name: hashlib.sha256(data).hexdigest() for name, data in tags.items()
    }
    info = dict(line.split(": ", 1) for line in files["bag-info.txt"].decode().splitlines())
    assert info["Payload-Oxum"] == f"{sum(map(len, payload.values()))}.{len(payload)}"
    assert info["Source-Organization"] == "Cuttings"


def test_ordinary_tools_unpack_and_check_it(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(make_package(captures=True).data)
    unzip, check = shutil.which("unzip"), shutil.which("sha256sum")
    assert unzip
    assert check
    subprocess.run([unzip, "-q", "x.zip"], cwd=tmp_path, check=True)
    (folder,) = (path for path in tmp_path.iterdir() if path.is_dir() and path.name.startswith("cuttings-storm-"))
    manifests = ["manifest-sha256.txt", "tagmanifest-sha256.txt"]
    subprocess.run([check, "--check", "--strict", "--quiet", *manifests], cwd=folder, check=True)


def test_manifest_names_every_row_with_its_evidence() -> None:
    package = make_package()
    rows = package.manifest["rows"]
    listed = csv.DictReader(io.StringIO(package.files["data/results.csv"].decode("utf-8-sig")))
    assert [str(row["section"]) for row in rows] == [row["section"] for row in listed]
    assert len(rows) == 7 == package.manifest["row_count"]
    for row in rows:
        version = SectionVersion.objects.get(section=row["section"], number=row["version"])
        assert row["words_sha256"] == version.words_sha256
        assert row["capture_sha256"] == version.capture.sha256
        assert row["article"] == version.section.article_id
        assert row["state"] == "shown"
    assert [article["article"] for article in package.manifest["articles"]] == list(
        dict.fromkeys(row["article"] for row in rows)
    )


def test_manifest_says_how_the_list_came_about() -> None:
    manifest = make_package("storm OR \ud800", fields=("section", "text"), text="passages", first=3).manifest
    assert manifest["query"] == "storm OR \ud800"
    assert manifest["read_as"] == "storm"
    assert (manifest["columns"], manifest["text"], manifest["first"]) == (["section", "text"], "passages", 3)
    assert (manifest["sort"], manifest["listed_by"], manifest["unit"]) == ("relevance", "article", "section")
    assert manifest["archive_id"] == archive_identity()
    assert len(manifest["rows"]) == 3


def test_rows_of_articles_have_their_sections() -> None:
    rows = make_package(unit="article").manifest["rows"]
    assert sorted((row["matched"], len(row["sections"])) for row in rows) == [(1, 1), (6, 6)]


def test_contents_are_chosen_by_name() -> None:
    files = make_package(contents=("jsonl", "txt")).files
    assert {name for name in files if name.startswith("data/")} == {
        "data/results.jsonl",
        "data/results.txt",
        "data/manifest.json",
    }
    with pytest.raises(CommandError, match=r"There is no format 'package' in a package. The formats are: csv, "):
        call_command("export", "storm", "--format", "package", "--contents", "csv,package", "-o", "x.zip")


def test_captures_are_there_once_and_as_received() -> None:
    files = make_package(captures=True).files
    captures = {name: data for name, data in files.items() if name.startswith("data/captures/")}
    assert {name.rpartition("/")[2] for name in captures} == set(Capture.objects.values_list("sha256", flat=True))
    for name, data in captures.items():
        assert hashlib.sha256(data).hexdigest() == name.rpartition("/")[2]
    assert not [name for name in make_package().files if name.startswith("data/captures/")]


def test_damaged_captures_are_left_out_and_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capture = Capture.objects.earliest("pk")
    path = capture_path(capture.sha256)
    path.chmod(0o644)
    path.write_bytes(b"other")
    package = make_package(captures=True)
    left_out = {row["sha256"]: row["left_out"] for row in package.manifest["captures"] if row["left_out"]}
    assert list(left_out) == [capture.sha256]
    assert "are not those that were received" in left_out[capture.sha256]
    assert f"data/captures/{capture.sha256}" not in package.files
    assert b"1 capture could not be added" in package.files["README.txt"]
    assert (package.manifest["captures_in_package"], package.manifest["captures_left_out"]) == (1, 1)
    (tmp_path / "x.zip").write_bytes(package.data)
    call_command("verify-package", str(tmp_path / "x.zip"))
    assert "asked for and are not in the package: 1." in capsys.readouterr().out


def test_captures_that_a_user_may_not_see_are_left_out_and_named() -> None:
    """Their bytes may have words of other articles that are withheld."""
    hidden, shown = Capture.objects.order_by("pk")
    export = make_export(
        FORMATS["package"], Question(q="storm"), ExportOptions(captures=True), site_url="", now=timezone.now()
    )
    package = Package(b"".join(replace(export, captures=Capture.objects.exclude(pk=hidden.pk)).write()))
    left_out = {row["sha256"]: row["left_out"] for row in package.manifest["captures"]}
    assert left_out == {hidden.sha256: "Whoever made the package may not see these bytes.", shown.sha256: None}
    assert [name for name in package.files if "/captures/" in name] == [f"data/captures/{shown.sha256}"]


def test_words_that_may_not_be_shown_are_in_no_file() -> None:
    article = Article.objects.get(headline="Storm live")
    article.status = "canceled"
    mark_curated(article, ["status"])
    article.save()
    settle_articles([article.pk])
    package = make_package(captures=True)
    live = [row for row in package.manifest["rows"] if row["article"] == article.pk]
    assert {row["state"] for row in live} == {"withdrawn"}
    assert {row["words_sha256"] for row in live} == {None}
    assert not [name for name, data in package.files.items() if b"harbour" in data or b"Storm live" in data]


def test_an_empty_result_is_a_whole_package() -> None:
    package = make_package("zebra", captures=True)
    assert package.manifest["rows"] == []
    assert package.manifest["captures"] == []
    assert b"0 sections" in package.files["README.txt"]


@pytest.mark.parametrize("q", ["../../etc/passwd", "a\r\nb: c", "буря", "x" * 5000, ""])
def test_names_in_the_zip_are_safe_and_the_info_has_one_value_a_line(q: str) -> None:
    package = make_package(q)
    with zipfile.ZipFile(io.BytesIO(package.data)) as file:
        assert {name.partition("/")[0] for name in file.namelist()} == {file.namelist()[0].partition("/")[0]}
        assert all(packages.bag.is_safe_name(name) for name in file.namelist())
    assert len(package.files["bag-info.txt"].splitlines()) == 6
    assert package.manifest["query"] == q


def test_rows_that_are_many_are_kept_on_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_writer, "MAX_SPOOLED_BYTES", 10)
    assert len(make_package(captures=True).manifest["rows"]) == 7


def test_page_sends_a_package(client: Any) -> None:
    response = client.get("/export.package?q=storm")
    assert response["Content-Type"] == "application/zip"
    assert ".zip" in response["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(response.getvalue())) as file:
        assert file.testzip() is None
    wrong = client.get("/export.package?q=storm&contents=doc")
    assert (wrong.status_code, "There is no format 'doc'" in wrong.content.decode()) == (400, True)


def test_captures_are_for_users_who_may_see_them(client: Any, django_user_model: Any) -> None:

    refused = client.get("/export.package?q=storm&captures=1")
    assert (refused.status_code, "captures" in refused.content.decode()) == (403, True)
    user = django_user_model.objects.create_user("reader")
    client.force_login(user)
    assert client.get("/export.package?q=storm&captures=1").status_code == 403
    user.is_staff = True
    user.save()
    user.user_permissions.add(Permission.objects.get(codename="view_capture"))
    with zipfile.ZipFile(io.BytesIO(client.get("/export.package?q=storm&captures=1").getvalue())) as file:
        assert len([name for name in file.namelist() if "/captures/" in name]) == 2
