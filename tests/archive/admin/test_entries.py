"""The entries of an article in the admin: values in place, taken back, put in order, and what readers see of it."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from lxml.html import fromstring

from archive.models import Article, Edit, Operation, Section, SectionVersion, Topic
from archive.operations import undo
from search.results.answers import Answer

pytestmark = pytest.mark.django_db
Ask = Callable[..., Answer]
Commit = Callable[..., Any]

HEADINGS = ("Third", "Second", "First")


@pytest.fixture
def receive(ingest_file: Callable[..., Any], tmp_path: Path) -> Callable[..., Article]:
    """Ingests a live page with these entries, newest first."""

    def receive(*headings: str, words: str = "Words of it.") -> Article:
        sections = [
            {
                "id": heading.lower(),
                "heading": heading,
                "text": f"{heading}: {words}",
                "published": f"2025-06-02T1{len(headings) - number}:00:00Z",
            }
            for number, heading in enumerate(headings)
        ]
        path = tmp_path / "live.json"
        about = {"id": "live", "source": "courier.example", "headline": "Live page", "kind": "live"}
        path.write_text(json.dumps({**about, "sections": sections}))
        return Article.objects.get(pk=ingest_file(path)[0].article_id)

    return receive


@pytest.fixture
def live(receive: Callable[..., Article]) -> Article:
    return receive(*HEADINGS)


def entry_of(article: Article, heading: str) -> Section:
    return article.sections.get(current__heading=heading)


def address_of(section: Section) -> str:
    return reverse("admin:archive_article_entry", args=[section.article_id, section.pk])


def form_of(client: Client, section: Section) -> dict[str, Any]:
    """Returns what the form of an entry would send if nothing were edited."""
    page = fromstring(client.get(address_of(section)).content)
    (form,) = page.xpath('//form[@class="entry-form"]')
    return {name: value for name, value in form.form_values() if name != "place"}


@pytest.fixture
def save(admin_client: Client, django_capture_on_commit_callbacks: Commit) -> Callable[..., Any]:
    def save(section: Section, *, form: dict[str, Any] | None = None, **changes: Any) -> Any:
        sent = {**(form or form_of(admin_client, section)), **changes}
        with django_capture_on_commit_callbacks(execute=True):
            response = admin_client.post(address_of(section), sent, follow=True)
        section.refresh_from_db()
        return response

    return save


@pytest.fixture
def move(admin_client: Client) -> Callable[..., Any]:
    def move(section: Section, action: str, **more: Any) -> Any:
        address = reverse("admin:archive_article_move_entry", args=[section.article_id])
        return admin_client.post(address, {action: section.pk, **more})

    return move


def headings_shown(client: Client, article: Article) -> list[str]:
    page = fromstring(client.get(article.get_absolute_url()).content)
    return [
        heading.text_content() for heading in page.xpath('//section[starts-with(@id, "s")]/*[self::h2 or self::h3]')
    ]


def test_heading_that_a_curator_sets_is_found_and_marked_and_the_version_stays(
    live: Article, save: Callable[..., Any], ask: Ask, client: Client
) -> None:
    section = entry_of(live, "Second")
    before = list(SectionVersion.objects.values())
    save(section, heading="Quokka talks")
    assert section.curated_heading == "Quokka talks"
    assert ask("heading:quokka").sections == 1
    assert ask("heading:second").sections == 0
    assert list(SectionVersion.objects.values()) == before
    for address in (section.get_absolute_url(), live.get_absolute_url()):
        page = client.get(address).content.decode()
        assert "Heading set by a curator; as received: <bdi>“Second”</bdi>" in page
    assert (
        "Heading set by a curator"
        in client.get("/search/?q=quokka&per=section").content.decode() + client.get("/?q=quokka").content.decode()
    )
    pinned = client.get(f"{section.get_absolute_url()}?version=1").content.decode()
    assert "Quokka" not in pinned


def test_citation_prints_what_was_received_and_names_the_archives_value(
    live: Article, save: Callable[..., Any], client: Client
) -> None:
    section = entry_of(live, "Second")
    time = {"published_0": "2025-06-03", "published_1": "09:30:00", "published_precision": "minute"}
    save(section, heading="Quokka talks", **time)
    text = client.get(f"{section.get_absolute_url()}cite.text").content.decode()
    assert "Second" in text.partition("Set by curators")[0]
    assert "not received: heading “Quokka talks”; time of the entry 3 June 2025, 09:30" in text


def test_export_has_the_shown_values_and_names_them_as_the_archives(
    live: Article, save: Callable[..., Any], client: Client
) -> None:
    Topic.objects.create(name="Talks")
    save(entry_of(live, "Second"), heading="Quokka talks", key_event="on", note="A note.", topics="talks")
    (line,) = b"".join(client.get("/export.jsonl?q=quokka").streaming_content).splitlines()  # type: ignore[attr-defined]
    row = json.loads(line)
    assert (row["heading"], row["key_event"], row["note"]) == ("Quokka talks", True, "A note.")
    assert row["topics"] == ["Talks"]
    assert row["curated"] == ["heading", "key_event", "entry_note"]


def test_time_of_an_entry_is_searched_as_shown(live: Article, save: Callable[..., Any], ask: Ask) -> None:
    section = entry_of(live, "Second")
    save(section, published_0="2024-01-01", published_1="00:00:00", published_precision="day")
    assert ask("date:2024-01-01").sections == 1
    assert section.shown.published_rule == "set by a curator"


def test_time_can_be_set_to_unknown(live: Article, save: Callable[..., Any]) -> None:
    section = entry_of(live, "Second")
    save(section, published_0="", published_1="", published_precision="")
    assert (section.curated_precision, section.published) == ("", None)


def test_topics_of_an_entry_add_to_those_of_its_article(live: Article, save: Callable[..., Any], ask: Ask) -> None:
    live.topics.add(Topic.objects.create(name="War"))
    Topic.objects.create(name="Prisoners")
    section = entry_of(live, "Second")
    save(section, topics="prisoners")
    assert ask("topic:Prisoners").sections == 1
    assert ask("topic:Prisoners topic:War second").sections == 1


def test_unknown_topic_is_an_error_and_nothing_is_saved(live: Article, save: Callable[..., Any]) -> None:
    section = entry_of(live, "Second")
    response = save(section, heading="Other", topics="No such topic")
    assert "There is no topic “No such topic”." in response.content.decode()
    assert section.curated_heading is None


def test_saving_without_a_change_sets_nothing(live: Article, save: Callable[..., Any]) -> None:
    section = entry_of(live, "Second")
    save(section)
    assert section.curated_fields == ()
    assert not Operation.objects.exists()


def test_value_that_equals_what_was_received_is_no_curators(live: Article, save: Callable[..., Any]) -> None:
    section = entry_of(live, "Second")
    save(section, heading="Other")
    save(section, heading="Second")
    assert section.curated_fields == ()


@pytest.mark.parametrize("name", ["heading", "published", "key_event", "note", "topics"])
def test_each_value_is_taken_back_alone(live: Article, save: Callable[..., Any], name: str) -> None:
    Topic.objects.create(name="Talks")
    section = entry_of(live, "Second")
    set_to = {"heading": "Other", "key_event": "on", "note": "A note.", "topics": "Talks"}
    time = {"published_0": "2024-01-01", "published_1": "00:00:00", "published_precision": "day"}
    save(section, **set_to, **time)
    fields = {*section.curated_fields, "topics"}
    save(section, take_back=name)
    left = {*section.curated_fields, *(["topics"] if section.topics.exists() else [])}
    assert left == fields - {name}


def test_later_capture_does_not_undo_what_was_set(
    live: Article, save: Callable[..., Any], receive: Callable[..., Article]
) -> None:
    section = entry_of(live, "Second")
    save(section, heading="Other")
    receive(*HEADINGS, words="Quite other words.")
    section.refresh_from_db()
    assert (section.heading, section.text) == ("Other", "Second: Quite other words.")


def test_second_of_two_curators_is_told_and_nothing_is_overwritten(
    live: Article, save: Callable[..., Any], admin_client: Client
) -> None:
    section = entry_of(live, "Second")
    opened = form_of(admin_client, section)
    save(section, heading="Of the first")
    response = save(section, form=opened, heading="Of the second")
    page = response.content.decode()
    assert "It was changed since you opened it. Now it has heading “Of the first”" in page
    assert "Of the second</textarea>" in page
    assert section.heading == "Of the first"
    (form,) = fromstring(response.content).xpath('//form[@class="entry-form"]')
    save(section, form={name: value for name, value in form.form_values() if name != "place"})
    assert section.heading == "Of the second"


def test_entry_opens_and_closes_in_the_list_by_htmx(live: Article, admin_client: Client) -> None:
    section = entry_of(live, "Second")
    opened = admin_client.get(address_of(section), headers={"HX-Request": "true"}).content.decode()
    assert opened.strip().startswith(f'<li id="e{section.pk}" class="opened"')
    assert "<html" not in opened
    closed = admin_client.get(f"{address_of(section)}?closed", headers={"HX-Request": "true"}).content.decode()
    assert re.match(rf'<li id="e{section.pk}" value="2" tabindex="-1">', closed)


def test_moves_show_on_the_page_of_readers_and_in_its_export(
    live: Article, move: Callable[..., Any], client: Client
) -> None:
    assert headings_shown(client, live) == ["Third", "Second", "First"]
    response = move(entry_of(live, "First"), "up")
    assert response["Location"].endswith(f"#e{entry_of(live, 'First').pk}")
    assert headings_shown(client, live) == ["Third", "First", "Second"]
    move(entry_of(live, "Second"), "to", place="1")
    assert headings_shown(client, live) == ["Second", "Third", "First"]
    page = client.get(live.get_absolute_url()).content.decode()
    assert page.count("moved by a curator") == Section.objects.filter(curated_after__isnull=False).count() > 0
    written = b"".join(client.get("/export.md?q=words&rows=article").streaming_content).decode()  # type: ignore[attr-defined]
    places = [written.index(f"{heading}: Words") for heading in ("Second", "Third", "First")]
    assert places == sorted(places)
    move(entry_of(live, "Second"), "back")
    assert headings_shown(client, live) == ["Third", "First", "Second"]


def test_new_entries_go_on_top_and_moved_ones_stay_behind_their_predecessor(
    live: Article, move: Callable[..., Any], receive: Callable[..., Article], client: Client
) -> None:
    move(entry_of(live, "First"), "up")
    receive("Fourth", *HEADINGS)
    assert headings_shown(client, live) == ["Fourth", "Third", "First", "Second"]


@pytest.mark.parametrize(
    ("action", "place"), [("up", ""), ("to", "0"), ("to", "1"), ("to", "x"), ("to", ""), ("nothing", "")]
)
def test_moves_that_go_nowhere_change_nothing(
    live: Article, move: Callable[..., Any], action: str, place: str
) -> None:
    assert move(entry_of(live, "Third"), action, place=place).status_code == (404 if action == "nothing" else 302)
    assert not Operation.objects.exists()


def test_acts_are_undone_and_the_history_of_the_article_names_them(
    live: Article, save: Callable[..., Any], move: Callable[..., Any], admin_client: Client
) -> None:
    section = entry_of(live, "First")
    save(section, heading="Quokka")
    move(section, "up")
    assert [row.kind for row in Operation.objects.order_by("pk")] == ["edited entry", "reordered"]
    history = admin_client.get(reverse("admin:archive_article_history", args=[live.pk])).content.decode()
    assert "Quokka" in history
    assert Edit.objects.filter(subject="section", field="heading", old="First", new="Quokka").exists()
    for done in Operation.objects.order_by("-pk"):
        undo(done, user_name="ann")
    section.refresh_from_db()
    assert (section.curated_heading, section.curated_after) == (None, None)


def test_edit_of_one_entry_marks_no_other_as_changed(live: Article, save: Callable[..., Any]) -> None:
    before = dict(Section.objects.values_list("pk", "changed"))
    section = entry_of(live, "Second")
    save(section, heading="Quokka")
    after = dict(Section.objects.values_list("pk", "changed"))
    assert {pk for pk in before if before[pk] != after[pk]} == {section.pk}


def test_users_without_the_permission_see_the_list_and_cannot_edit(live: Article, client: Client) -> None:
    user = User.objects.create_user("viewer", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_article"))
    client.force_login(user)
    page = client.get(reverse("admin:archive_article_change", args=[live.pk])).content.decode()
    assert "Second" in page
    assert 'name="up"' not in page
    section = entry_of(live, "Second")
    assert client.get(address_of(section)).status_code == 403
    assert client.post(address_of(section), {"heading": "Other"}).status_code == 403
    move = reverse("admin:archive_article_move_entry", args=[live.pk])
    assert client.post(move, {"up": section.pk}).status_code == 403


def test_page_of_400_entries_takes_few_queries(
    receive: Callable[..., Article], admin_client: Client, django_assert_max_num_queries: Any
) -> None:
    live = receive(*(f"Entry {number}" for number in range(400)))
    address = reverse("admin:archive_article_change", args=[live.pk])
    admin_client.get(address)
    with django_assert_max_num_queries(20):
        page = admin_client.get(address)
    assert page.content.count(b"<li id=") == 400
    section = live.sections.order_by("position")[200]
    with django_assert_max_num_queries(20):
        admin_client.get(address_of(section), headers={"HX-Request": "true"})


def test_articles_lead_to_the_next_in_the_list_one_came_from(
    ingest_file: Callable[..., Any], tmp_path: Path, admin_client: Client
) -> None:
    path = tmp_path / "many.jsonl"
    path.write_text(
        "\n".join(
            json.dumps({"id": str(n), "source": "s", "headline": f"Story {n}", "text": "Words.", "kind": kind})
            for n, kind in enumerate(["article", "live", "article", "article"])
        )
    )
    ingest_file(path)
    listed = admin_client.get(reverse("admin:archive_article_changelist"), {"kind__exact": "article"})
    links = fromstring(listed.content).xpath('//table[@id="result_list"]//th/a/@href')
    assert len(links) == 3
    page = fromstring(admin_client.get(links[0]).content)
    assert "1 of 3" in page.xpath('string(//nav[@class="neighbours"])')
    visited = [links[0]]
    while following := page.xpath('//nav[@class="neighbours"]/a[@rel="next"]/@href'):
        visited.append(following[0])
        page = fromstring(admin_client.get(following[0]).content)
    assert [address.split("?")[0] for address in visited] == [address.split("?")[0] for address in links]
    assert "3 of 3" in page.xpath('string(//nav[@class="neighbours"])')


def test_deleted_topic_of_an_entry_comes_back_with_its_undo(
    live: Article,
    save: Callable[..., Any],
    admin_client: Client,
    ask: Ask,
    django_capture_on_commit_callbacks: Commit,
) -> None:
    topic = Topic.objects.create(name="Talks", curated=True)
    section = entry_of(live, "Second")
    save(section, topics="Talks")
    with django_capture_on_commit_callbacks(execute=True):
        admin_client.post(reverse("admin:archive_topic_delete", args=[topic.pk]), {"post": "yes"})
    assert not section.topics.exists()
    assert ask("topic:Talks").total == 0
    undo(Operation.objects.order_by("-pk")[0], user_name="ann")
    assert [row.name for row in section.topics.all()] == ["Talks"]


@pytest.fixture
def divide(admin_client: Client, django_capture_on_commit_callbacks: Commit) -> Callable[..., Any]:
    """Splits or joins as the page does that shows what comes of it."""

    def divide(section: Section, chosen: str, **changes: Any) -> Any:
        address = reverse("admin:archive_article_divide", args=[section.article_id, section.pk])
        page = fromstring(admin_client.get(f"{address}?{chosen}").content)
        (form,) = page.xpath('//div[@id="content-main"]//form')
        with django_capture_on_commit_callbacks(execute=True):
            return admin_client.post(address, {**dict(form.form_values()), **changes}, follow=True)

    return divide


def test_entry_is_split_after_a_look_at_both_parts_and_joined_again(
    receive: Callable[..., Article], divide: Callable[..., Any], admin_client: Client, ask: Ask
) -> None:
    live = receive(*HEADINGS, words="words of it.\nA quokka swam.\nThe end.")
    section = entry_of(live, "Second")
    address = reverse("admin:archive_article_divide", args=[live.pk, section.pk])
    places = fromstring(admin_client.get(address).content).xpath('//p[@class="split-here"]/a/@href')
    assert places == [f"{address}?at=1", f"{address}?at=2"]
    look = fromstring(admin_client.get(f"{address}?at=1").content)
    assert [part.get("aria-label") for part in look.xpath("//form//section")] == ["First part", "Second part"]
    assert not Operation.objects.exists()
    response = divide(section, "at=1")
    part = Section.objects.get(part_of=section)
    assert response.redirect_chain[-1][0] == address_of(part)
    assert ask("second quokka", unit="section").total == 0
    rows = fromstring(admin_client.get(reverse("admin:archive_article_change", args=[live.pk])).content)
    assert [row.get("id") for row in rows.xpath('//section[@id="entries"]//li')][1:3] == [
        f"e{section.pk}",
        f"e{part.pk}",
    ]
    assert "Split off by a curator" in rows.xpath(f'//li[@id="e{part.pk}"]')[0].text_content()
    divide(section, "join")
    assert ask("second quokka", unit="section").total == 1
    assert [operation.kind for operation in Operation.objects.order_by("pk")] == ["split", "joined"]
    for operation in Operation.objects.order_by("-pk"):
        undo(operation, user_name="ben")
    assert not Section.objects.exclude(part_of=None).exists()


def test_choice_that_was_made_of_another_state_is_not_carried_out(
    receive: Callable[..., Article], divide: Callable[..., Any]
) -> None:
    live = receive(*HEADINGS, words="words of it.\nA quokka swam.")
    section = entry_of(live, "Second")
    for changes in ({"seen": "other"}, {"at": "7"}, {"at": "x"}, {"at": "0"}):
        response = divide(section, "at=1", **changes)
        assert response.status_code == 409
        assert "Nothing was changed." in response.content.decode()
    assert not Operation.objects.exists()


def test_page_of_the_article_names_divisions_that_a_capture_does_not_leave(
    receive: Callable[..., Article], divide: Callable[..., Any], admin_client: Client
) -> None:
    live = receive(*HEADINGS, words="words of it.\nA quokka swam.")
    divide(entry_of(live, "Second"), "at=1")
    part = Section.objects.get(part_of__current__heading="Second")
    address = reverse("admin:archive_article_change", args=[live.pk])
    assert "is not split any more" not in admin_client.get(address).content.decode()
    receive(*HEADINGS, words="words of it.\nA wallaby swam.")
    assert "is not split any more" in admin_client.get(address).content.decode()
    assert admin_client.get(address_of(part)).status_code == 404


def test_join_that_was_looked_at_with_other_words_is_not_carried_out(
    receive: Callable[..., Article], divide: Callable[..., Any], save: Callable[..., Any], admin_client: Client
) -> None:
    live = receive(*HEADINGS)
    first, second = entry_of(live, "Third"), entry_of(live, "Second")
    address = reverse("admin:archive_article_divide", args=[live.pk, first.pk])
    (form,) = fromstring(admin_client.get(f"{address}?join").content).xpath('//div[@id="content-main"]//form')
    save(second, heading="Another heading", note="A note.", topics="")
    refused = admin_client.post(address, dict(form.form_values()))
    assert (refused.status_code, Section.objects.filter(joined_to=first).count()) == (409, 0)
    look = admin_client.get(f"{address}?join").content.decode()
    assert "what the second entry has besides: its time, its note." in look
    divide(first, "join")
    assert Section.objects.get(joined_to=first) == second
    # Of two browsers that press the same button, the second changes nothing.
    assert admin_client.post(address, dict(form.form_values())).status_code == 409


def test_pages_on_which_entries_are_split_have_a_bounded_number_of_queries(
    receive: Callable[..., Article],
    divide: Callable[..., Any],
    admin_client: Client,
    django_assert_max_num_queries: Any,
) -> None:
    live = receive(*(f"Entry {number}" for number in range(40)), words="\n".join(f"Line {n}." for n in range(30)))
    section = entry_of(live, "Entry 20")
    for place in (20, 10):
        divide(section, f"at={place}")
    divide(entry_of(live, "Entry 30"), "join")
    for entry in (section, entry_of(live, "Entry 30")):
        address = reverse("admin:archive_article_divide", args=[live.pk, entry.pk])
        for chosen in ("", "?at=3", "?join"):
            with django_assert_max_num_queries(20):
                assert admin_client.get(address + chosen).status_code == 200
    with django_assert_max_num_queries(17):
        admin_client.get(reverse("admin:archive_article_change", args=[live.pk]))
