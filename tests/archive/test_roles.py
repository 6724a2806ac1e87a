"""The groups of the roles: made from the table, brought up to it, and never overwritten."""

from dataclasses import replace
from itertools import pairwise

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from archive import roles
from archive.models import RoleGroup
from archive.roles import ROLES, Ability, bring_up_to_table, permissions_of, role_named

pytestmark = pytest.mark.django_db


def rights_of(name: str) -> set[str]:
    rows = Permission.objects.filter(group__name=name).values_list("content_type__app_label", "codename")
    return {".".join(row) for row in rows}


def known_rights() -> set[str]:
    return {".".join(row) for row in Permission.objects.values_list("content_type__app_label", "codename")}


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_migration_made_the_group_of_each_role(role: roles.Role) -> None:
    assert rights_of(role.name) == permissions_of(role)


def test_every_permission_of_the_table_is_there() -> None:
    assert permissions_of(roles.ADMINISTRATOR) <= known_rights()


def test_each_role_may_do_more_than_the_one_before() -> None:
    rights = [permissions_of(role) for role in ROLES]
    assert all(less < more for less, more in pairwise(rights))


def test_every_permission_of_its_own_belongs_to_a_role() -> None:
    """Those of Django's four verbs come with each table, whether there is a page for them or not."""
    own = Permission.objects.filter(content_type__app_label="archive").exclude(
        codename__regex=r"^(add|change|delete|view)_[a-z]+$"
    )
    own_rights = {f"archive.{codename}" for codename in own.values_list("codename", flat=True)}
    assert own_rights | {"archive.view_hidden"} <= permissions_of(roles.ADMINISTRATOR)


def test_group_gets_what_the_table_gained_and_nothing_again(monkeypatch: pytest.MonkeyPatch) -> None:
    curator = Group.objects.get(name="Curator")
    curator.permissions.remove(Permission.objects.get(codename="view_edit"))
    number = ROLES.index(role_named("Curator"))
    more = replace(ROLES[number], abilities=(*ROLES[number].abilities, Ability("trash", ("archive.empty_trash",))))
    monkeypatch.setattr(roles, "ROLES", (*ROLES[:number], more, *ROLES[number + 1 :]))
    call_command("migrate", verbosity=0)
    assert rights_of("Curator") == permissions_of(more) - {"archive.view_edit"}


def test_renamed_group_stays_that_of_its_role() -> None:
    Group.objects.filter(name="Curator").update(name="Redaktion")
    bring_up_to_table()
    assert not Group.objects.filter(name="Curator").exists()
    assert RoleGroup.objects.get(role="Curator").group.name == "Redaktion"


def test_deleted_group_is_made_again() -> None:
    Group.objects.get(name="Curator").delete()
    bring_up_to_table()
    assert rights_of("Curator") == permissions_of(role_named("Curator"))


def test_group_that_had_the_name_before_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    Group.objects.get(name="Curator").delete()
    theirs = Group.objects.create(name="Curator")
    theirs.permissions.add(Permission.objects.get(codename="view_topic"))
    for _ in range(2):
        bring_up_to_table()
        assert rights_of("Curator") == {"archive.view_topic"}
    assert RoleGroup.objects.get(role="Curator").group == theirs


def test_permission_that_is_not_there_yet_is_given_the_next_time(monkeypatch: pytest.MonkeyPatch) -> None:
    Group.objects.get(name="Librarian").delete()
    with monkeypatch.context() as earlier:
        known = roles._permission_ids()
        del known["archive.empty_trash"]
        earlier.setattr(roles, "_permission_ids", lambda: known)
        bring_up_to_table()
    assert "archive.empty_trash" not in rights_of("Librarian")
    bring_up_to_table()
    assert "archive.empty_trash" in rights_of("Librarian")


def test_unknown_role_is_refused_with_the_names_of_all() -> None:
    with pytest.raises(LookupError, match="Reader, Contributor"):
        role_named("curator")
