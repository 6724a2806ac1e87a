"""archive/admin/thesauri.py, filing.py and the command `topics`: imports, exports, and filing a whole result."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client

from archive.models import Article, Operation, Topic
from archive.thesauri import read_thesaurus
from tests.archive.thesauri.vocabularies import SUBJECT_HEADINGS, media_topics_turtle

pytestmark = pytest.mark.django_db

IMPORT, EXPORT = "/admin/archive/topic/import/", "/admin/archive/topic/export/"
FILE = "/admin/archive/topic/file/"


def send(client: Client, text: str, name: str = "x.ttl", **options: str) -> Any:
    file = SimpleUploadedFile(name, text.encode())
    return client.post(IMPORT, {"file": file, "language": "", "others": "on", **options})


def test_thesaurus_is_looked_at_and_then_brought_in(admin_client: Client) -> None:
    look = send(admin_client, SUBJECT_HEADINGS)
    page = look.content.decode()
    assert "8 new" in page
    assert "also narrower than “Law”" in page
    assert "another concept has this name" in page
    assert not Topic.objects.exists()
    sent = {"step": "import", "token": look.context["token"], "shown": look.context["plan"].digest}
    assert admin_client.post(IMPORT, sent).status_code == 302
    assert Topic.objects.count() == 8
    assert Operation.objects.get().label == "Imported the thesaurus x.ttl"
    # A second browser that sends the same page brings nothing in again.
    admin_client.post(IMPORT, sent)
    assert Operation.objects.count() == 1


def test_import_that_is_not_what_was_shown_is_refused(admin_client: Client) -> None:
    look = send(admin_client, SUBJECT_HEADINGS)
    Topic.objects.create(name="Law")
    sent = {"step": "import", "token": look.context["token"], "shown": look.context["plan"].digest}
    page = admin_client.post(IMPORT, sent, follow=True).content.decode()
    assert "Look again" in page
    assert Topic.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "text", "options", "message"),
    [
        ("x.ttl", "nonsense", {}, "cannot be read as Turtle"),
        ("x.csv", "name\n\x00A", {}, ""),
        ("x.ttl", SUBJECT_HEADINGS, {"language": "<b>"}, "valid value"),
    ],
)
def test_bad_file_or_option_is_answered_in_the_form(
    admin_client: Client, name: str, text: str, options: dict[str, str], message: str
) -> None:
    response = send(admin_client, text, name, **options)
    assert response.status_code == 200
    assert message in response.content.decode()
    assert not Topic.objects.exists()


def test_export_sends_all_or_a_branch(admin_client: Client) -> None:
    broader = Topic.objects.create(name="Law", curated=True)
    Topic.objects.create(name="Courts", broader=broader, curated=True)
    Topic.objects.create(name="Sea", curated=True)
    for name, total in (("turtle", 3), ("rdf-xml", 3), ("csv", 3)):
        response = admin_client.get(EXPORT, {"format": name})
        ending = response["Content-Disposition"].rpartition(".")[2].strip('"')
        assert len(read_thesaurus(response.content, f"x.{ending}").concepts) == total
    branch = admin_client.get(EXPORT, {"format": "csv", "under": str(broader.pk)})
    assert branch.content.decode("utf-8-sig").splitlines()[1:] == ["Law,,,,,,,", "Courts,Law,,,,,,"]
    assert admin_client.get(EXPORT, {"format": "exe"}).status_code == 302


def test_pages_need_their_permissions(client: Client) -> None:
    user = User.objects.create_user("curator", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_topic", "change_topic", "add_topic"]))
    client.force_login(user)
    assert send(client, SUBJECT_HEADINGS).status_code == 403
    assert client.get(FILE).status_code == 403
    assert client.get(EXPORT, {"format": "csv"}).status_code == 200
    client.logout()
    assert client.get(EXPORT).status_code == 302


def test_result_is_filed_under_a_topic_after_a_look(seed: Article, admin_client: Client) -> None:
    topic = Topic.objects.create(name="Exchanges", curated=True)
    result = admin_client.get("/", {"q": "prisoner"}).content.decode()
    assert f"{FILE}?q=prisoner" in result
    assert f'formaction="{FILE}"' in result
    assert "1 article: " in admin_client.get(f"{FILE}?q=prisoner").content.decode()
    planned = admin_client.post(f"{FILE}?q=prisoner", {"topic": topic.pk})
    assert planned.status_code == 302
    assert "Look first" in admin_client.get(planned["Location"]).content.decode()
    assert not seed.topics.exists()
    assert Operation.objects.get().label == "Filed 1 article under “Exchanges”"
    picked = admin_client.get(f"{FILE}?q=zebra&pick=a{seed.pk}").content.decode()
    assert "1 article: <bdi>the picked hits" in picked
    assert "The result has no articles" in admin_client.get(f"{FILE}?q=zebra").content.decode()
    assert admin_client.get(f"{FILE}?q=%22%22&pick=x1").status_code == 200


def test_result_shows_the_entry_only_to_those_who_may_file(seed: Article, client: Client) -> None:
    assert "File under" not in client.get("/", {"q": "prisoner"}).content.decode()


def test_command_imports_and_exports(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "topics.ttl"
    path.write_text(media_topics_turtle(("en-GB",)))
    call_command("topics", "import", str(path), "--dry-run")
    assert not Topic.objects.exists()
    call_command("topics", "import", str(path))
    assert "1,127 new, 0 changed, 0 unchanged, 0 refused" in capsys.readouterr().out
    out = tmp_path / "out.csv"
    call_command("topics", "export", str(out))
    call_command("topics", "import", str(out))
    assert "0 new, 0 changed, 1,127 unchanged, 0 refused" in capsys.readouterr().out
    with pytest.raises(CommandError, match="name a format"):
        call_command("topics", "export", str(tmp_path / "out.xyz"))
    with pytest.raises(CommandError, match="No such file"):
        call_command("topics", "import", str(tmp_path / "none.ttl"))
