"""Users in the admin: added on one page with a role and a link, changed by nobody who may do less, never all gone."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from archive.models import PasswordLink
from archive.roles import ADMINISTRATOR, READER, ROLES, permissions_of, role_named
from archive.users import give_role, has_administrator, role_of

pytestmark = pytest.mark.django_db

ADD, LIST = reverse("admin:auth_user_add"), reverse("admin:auth_user_changelist")
PASSWORD = "correct horse battery"
BEYOND: dict[str, list[int]] = {"groups": [], "user_permissions": []}


def change_page(user: User) -> str:
    return reverse("admin:auth_user_change", args=[user.pk])


def link_page(user: User) -> str:
    return reverse("admin:auth_user_link", args=[user.pk])


def link_on(response: Any) -> str:
    """Returns the path of the link that a page shows."""
    found = re.search(
        r'<code id="link-address"[^>]*>http://testserver(/password/[^<]+)</code>', response.content.decode()
    )
    assert found, response.content.decode()
    return found[1]


def add(client: Client, name: str = "ada", role: str = "Curator", **fields: str) -> Any:
    return client.post(ADD, {"username": name, "email": "", "role": role, **fields})


def set_password(link: str, password: str = PASSWORD) -> Any:
    """Follows a link as a browser does, and sets a password."""
    browser = Client()
    page = browser.get(link, follow=True)
    if page.status_code != 200:
        return page
    sent = {"new_password1": password, "new_password2": password}
    return browser.post(page.redirect_chain[-1][0], sent, follow=True)


def change(client: Client, user: User, **fields: Any) -> Any:
    role = role_of(User.objects.get(pk=user.pk))
    shown = {"username": user.username, "role": role.name if role else "none", "is_active": "on", **BEYOND}
    sent = {name: value for name, value in {**shown, **fields}.items() if value is not None}
    return client.post(change_page(user), sent, follow=True)


def person(name: str, role: str, *more: str) -> User:
    user = User.objects.create_user(name, password="x")
    give_role(user, role_named(role))
    user.user_permissions.add(*Permission.objects.filter(codename__in=more))
    return User.objects.get(pk=user.pk)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


# --- adding ---


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_user_is_added_with_a_role_and_signs_in_with_the_link(admin_client: Client, role: Any) -> None:
    link = link_on(add(admin_client, role=role.name))
    user = User.objects.get(username="ada")
    assert (role_of(user), user.is_staff, user.is_superuser) == (role, role.is_staff, False)
    assert user.get_all_permissions() == permissions_of(role)
    assert not user.has_usable_password()
    assert "Your password is set" in set_password(link).content.decode()
    browser = Client()
    assert browser.login(username="ada", password=PASSWORD)
    assert browser.get("/admin/").status_code == (200 if role.is_staff else 302)


def test_link_works_once(admin_client: Client) -> None:
    link = link_on(add(admin_client))
    first = Client()
    waiting = first.get(link, follow=True).redirect_chain[-1][0]
    set_password(link)
    for answer in (set_password(link, "another word 77"), first.get(waiting)):
        assert answer.status_code == 410
        assert "This link does not work" in answer.content.decode()
    sent = {"new_password1": "another word 77", "new_password2": "another word 77"}
    assert first.post(waiting, sent).status_code == 410
    assert Client().login(username="ada", password=PASSWORD)


def test_link_that_two_use_at_the_same_time_sets_one_password(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = link_on(add(admin_client))
    slow = Client()
    page = slow.get(link, follow=True).redirect_chain[-1][0]
    from archive import password_links

    def meanwhile() -> None:
        monkeypatch.undo()
        set_password(link)

    monkeypatch.setattr(password_links, "wait_to_write", meanwhile)
    answer = slow.post(page, {"new_password1": "another word 77", "new_password2": "another word 77"})
    assert answer.status_code == 410
    assert Client().login(username="ada", password=PASSWORD)


def test_link_that_is_opened_by_a_preview_still_works(admin_client: Client) -> None:
    link = link_on(add(admin_client))
    for _ in range(3):
        assert Client().head(link, follow=True).status_code == 200
    assert "Your password is set" in set_password(link).content.decode()


def test_new_link_ends_the_earlier_one(admin_client: Client) -> None:
    earlier = link_on(add(admin_client))
    user = User.objects.get(username="ada")
    assert "A link is open until" in admin_client.get(link_page(user)).content.decode()
    later = link_on(admin_client.post(link_page(user)))
    assert set_password(earlier).status_code == 410
    assert "Your password is set" in set_password(later).content.decode()


def test_link_expires(admin_client: Client) -> None:
    link = link_on(add(admin_client))
    age = timedelta(seconds=django_settings.PASSWORD_RESET_TIMEOUT)
    PasswordLink.objects.update(made=timezone.now() - age + timedelta(minutes=1))
    assert Client().get(link).status_code == 302
    PasswordLink.objects.update(made=timezone.now() - age)
    assert Client().get(link).status_code == 410
    assert ">expired<" in admin_client.get(LIST).content.decode()


def test_password_that_is_set_by_other_ways_ends_the_link(admin_client: Client) -> None:
    link = link_on(add(admin_client))
    user = User.objects.get(username="ada")
    user.set_password("by hand 77 words")
    user.save()
    assert Client().get(link).status_code == 410
    assert "A link is open" not in admin_client.get(link_page(user)).content.decode()


def test_passwords_are_validated_and_the_link_stays_open(admin_client: Client) -> None:
    link = link_on(add(admin_client))
    for password, reason in (("ada", "too short"), ("password123", "too common")):
        answer = set_password(link, password)
        assert answer.status_code == 200
        assert reason in answer.content.decode()
    assert "Your password is set" in set_password(link).content.decode()


@pytest.mark.parametrize(
    "link", ["/password/MQ/x/", "/password/!!/x/", "/password/OTk5/d1fw0j-00/", "/password/MQ/0/"]
)
def test_invented_link_does_not_work(admin_client: Client, link: str) -> None:
    assert Client().get(link).status_code == 410


def test_link_is_not_kept_anywhere(admin_client: Client) -> None:
    response = add(admin_client)
    token = link_on(response).split("/")[3]
    assert "no-store" in response["Cache-Control"]
    user = User.objects.get(username="ada")
    for page in (LIST, link_page(user), change_page(user), reverse("admin:auth_user_history", args=[user.pk])):
        assert token not in admin_client.get(page).content.decode()
    assert token not in str(list(PasswordLink.objects.values_list()))


@pytest.mark.parametrize("name", ["ada", "Ada"])
def test_name_that_is_there_leads_to_its_user(admin_client: Client, name: str) -> None:
    add(admin_client)
    page = add(admin_client, name=name).content.decode()
    assert f'href="{change_page(User.objects.get(username="ada"))}"' in page
    assert User.objects.filter(username__iexact="ada").count() == 1


@pytest.mark.parametrize("fields", [{"username": ""}, {"role": ""}, {"role": "Owner"}, {"email": "no address"}])
def test_wrong_entries_add_nobody(admin_client: Client, fields: dict[str, str]) -> None:
    assert add(admin_client, **fields).status_code == 200
    assert User.objects.count() == 1


# --- changing ---


def test_role_is_changed_and_staff_follows(admin_client: Client) -> None:
    user = person("ada", "Curator")
    for role in (ADMINISTRATOR, READER, role_named("Librarian")):
        change(admin_client, user, role=role.name)
        user = User.objects.get(pk=user.pk)
        assert (role_of(user), user.is_staff) == (role, role.is_staff)
        assert user.get_all_permissions() == permissions_of(role)


def test_groups_and_permissions_beyond_the_role_stay(admin_client: Client) -> None:
    extra = Group.objects.create(name="Sports desk")
    user = person("ada", "Curator")
    own = Permission.objects.get(codename="view_hidden")
    change(admin_client, user, groups=[extra.pk], user_permissions=[own.pk])
    change(admin_client, user, groups=[extra.pk], user_permissions=[own.pk], role="Reader")
    user = User.objects.get(pk=user.pk)
    assert list(user.groups.values_list("name", flat=True).order_by("name")) == ["Reader", "Sports desk"]
    assert list(user.user_permissions.all()) == [own]


def test_staff_with_permissions_of_their_own_keep_them(admin_client: Client) -> None:
    user = User.objects.create_user("ada", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_topic"))
    assert "No role" in admin_client.get(LIST).content.decode()
    change(admin_client, user, email="ada@example.org", user_permissions=[user.user_permissions.get().pk])
    user.refresh_from_db()
    assert (user.email, user.is_staff, user.get_all_permissions()) == ("ada@example.org", True, {"archive.view_topic"})


def test_deactivated_user_is_signed_out_and_the_link_ends(admin_client: Client) -> None:
    link = link_on(add(admin_client))
    user = User.objects.get(username="ada")
    browser = signed_in(user)
    change(admin_client, user, is_active=None)
    assert browser.get("/admin/").status_code == 302
    assert Client().get(link).status_code == 410
    assert "is not active" in admin_client.post(link_page(user)).content.decode()
    change(admin_client, user)
    assert Client().get(link).status_code == 410


def test_role_that_is_taken_away_counts_at_once() -> None:
    user = person("ada", "Librarian")
    browser = signed_in(user)
    assert browser.get(reverse("admin:archive_article_changelist")).status_code == 200
    give_role(user, READER)
    assert browser.get(reverse("admin:archive_article_changelist")).status_code == 302


def test_page_of_a_user_asks_a_bounded_number_of_queries(
    admin_client: Client, django_assert_max_num_queries: Any
) -> None:
    user = User.objects.create_user("ada")
    with django_assert_max_num_queries(12):
        assert "Beyond the role" in admin_client.get(change_page(user)).content.decode()


def test_list_says_role_last_sign_in_and_link(admin_client: Client, django_assert_max_num_queries: Any) -> None:
    add(admin_client)
    page = admin_client.get(LIST).content.decode()
    assert "open until" in page
    assert "never" in page
    for number in range(10):
        person(f"user {number}", "Reader")
    with django_assert_max_num_queries(12):
        admin_client.get(LIST)
    for role, count in (("Reader", 10), ("Curator", 1), ("Administrator", 1), ("none", 0)):
        assert admin_client.get(LIST, {"role": role}).context["cl"].result_count == count


# --- nobody above, somebody left ---

MANAGER = ("view_user", "add_user", "change_user", "delete_user")


def test_manager_of_users_gives_no_role_above_their_own() -> None:
    client = signed_in(person("lane", "Curator", *MANAGER))
    for role in ("Librarian", "Administrator", "none"):
        assert add(client, role=role).status_code == 200
        assert not User.objects.filter(username="ada").exists()
    link_on(add(client, role="Curator"))
    change(client, User.objects.get(username="ada"), role="Administrator")
    assert role_of(User.objects.get(username="ada")) == role_named("Curator")


@pytest.mark.parametrize("above", ["Librarian", "Administrator", "superuser", "deactivated", "permission"])
def test_manager_of_users_changes_nobody_above(above: str) -> None:
    client = signed_in(person("lane", "Curator", *MANAGER))
    user = person("ada", above if above in ("Librarian", "Administrator") else "Curator")
    if above == "superuser":
        user = User.objects.create_superuser("ben")
    if above == "deactivated":
        give_role(user, ADMINISTRATOR)
        User.objects.filter(pk=user.pk).update(is_active=False)
    if above == "permission":
        user.user_permissions.add(Permission.objects.get(codename="view_hidden"))
    before = User.objects.filter(pk=user.pk).values().get()
    for page in (link_page(user), reverse("admin:auth_user_password_change", args=[user.pk])):
        assert client.post(page, {"password1": PASSWORD, "password2": PASSWORD}).status_code == 403
    assert client.post(reverse("admin:auth_user_delete", args=[user.pk]), {"post": "yes"}).status_code == 403
    assert change(client, user, role="Reader").status_code == 403
    assert client.get(change_page(user)).status_code == 200
    assert User.objects.filter(pk=user.pk).values().get() == before
    assert not PasswordLink.objects.exists()


def test_manager_of_groups_who_is_no_administrator_changes_none() -> None:
    user = person("lane", "Curator", "view_group", "change_group", "add_group")
    group = Group.objects.get(name="Curator")
    sent = {"name": "Curator", "permissions": [Permission.objects.get(codename="view_hidden").pk]}
    client = signed_in(user)
    assert client.post(reverse("admin:auth_group_change", args=[group.pk]), sent).status_code == 403
    assert client.post(reverse("admin:auth_group_add"), {**sent, "name": "New"}).status_code == 403


def test_last_administrator_cannot_be_locked_out(admin_client: Client, admin_user: User) -> None:
    person("invited", "Administrator")
    User.objects.filter(username="invited").update(password="!")
    for fields in ({"role": "Librarian"}, {"is_active": None}, {"role": "none"}):
        assert "no administrator who can sign in" in change(admin_client, admin_user, **fields).content.decode()
        admin_user.refresh_from_db()
        assert (admin_user.is_superuser, admin_user.is_active) == (True, True)
    person("second", "Administrator")
    change(admin_client, admin_user, role="Librarian")
    assert role_of(User.objects.get(pk=admin_user.pk)) == role_named("Librarian")


def test_group_of_the_last_administrators_keeps_its_permissions() -> None:
    client = signed_in(person("ada", "Administrator"))
    group = Group.objects.get(name="Administrator")
    page = reverse("admin:auth_group_change", args=[group.pk])
    answer = client.post(page, {"name": "Administrator", "permissions": []}, follow=True)
    assert "no administrator who can sign in" in answer.content.decode()
    assert has_administrator()
    assert client.post(reverse("admin:auth_group_delete", args=[group.pk]), {"post": "yes"}).status_code == 403


def test_nobody_deletes_themselves_and_lists_delete_nobody(admin_client: Client, admin_user: User) -> None:
    other = person("ada", "Administrator")
    assert (
        admin_client.post(reverse("admin:auth_user_delete", args=[admin_user.pk]), {"post": "yes"}).status_code == 403
    )
    sent = {"action": "delete_selected", "_selected_action": [other.pk], "post": "yes"}
    admin_client.post(LIST, sent)
    admin_client.post(reverse("admin:auth_group_changelist"), {**sent, "_selected_action": [1, 2, 3, 4, 5]})
    assert (User.objects.count(), Group.objects.filter(role_group__isnull=False).count()) == (2, len(ROLES))
    admin_client.post(reverse("admin:auth_user_delete", args=[other.pk]), {"post": "yes"})
    assert not User.objects.filter(pk=other.pk).exists()
