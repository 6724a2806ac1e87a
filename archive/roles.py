"""The roles of users: what each of them may do, and with which permissions. README.md shows the table.

A role may do what those before it may, and more. Each is a group of Django with the permissions of the table; what
the views check are the permissions, never the role. `archive.users` says who has which role, and gives them.

`bring_up_to_table` makes the groups at each `manage.py migrate`, and gives them what the table has gained since. It
gives nothing twice, so that what an administrator took from a group stays away.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import Group, Permission
from django.db import transaction

from .models import RoleGroup


@dataclass(frozen=True)
class Ability:
    """Something that a role may do, in words, and the permissions of it: `app.codename`."""

    words: str
    permissions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Role:
    """A role: what it may do besides what the roles before it may, and whether it uses the admin."""

    name: str
    abilities: tuple[Ability, ...]
    is_staff: bool = True


def _rights(verb: str, *models: str) -> tuple[str, ...]:
    return tuple(f"archive.{verb}_{model}" for model in models)


ROLES = (
    Role(
        "Reader",
        (
            Ability("search, read and cite what is not hidden"),
            Ability("export results, and keep a record of own exports"),
        ),
        is_staff=False,
    ),
    Role("Contributor", (Ability("add documents, and see own ingest runs", ("archive.add_ingestrun",)),)),
    Role(
        "Curator",
        (
            Ability(
                "see articles, sections, captures, ingest runs, problems and edits in the admin",
                _rights("view", "article", "section", "capture", "ingestrun", "problem", "edit"),
            ),
            Ability(
                "edit articles, file them under topics, and keep apart what only looks like one article",
                ("archive.change_article",),
            ),
            Ability("see all operations, and undo own ones", ("archive.view_operation",)),
            Ability(
                "decide on names and statements that were found in texts", ("archive.view_name", "archive.change_name")
            ),
            Ability(
                "add and edit sources and topics",
                tuple(right for verb in ("view", "add", "change") for right in _rights(verb, "source", "topic")),
            ),
        ),
    ),
    Role(
        "Librarian",
        (
            Ability("see what is withheld, under embargo or withdrawn", ("archive.view_hidden",)),
            Ability("set the status and the embargo of articles", ("archive.view_hidden", "archive.change_article")),
            Ability("withdraw and restore articles and sections", ("archive.withdraw_article",)),
            Ability("change many articles at once, and merge two that are one", ("archive.change_in_bulk",)),
            Ability(
                "merge sources, topics or names",
                ("archive.merge_names", "archive.delete_source", "archive.delete_topic"),
            ),
            Ability("delete articles, sources and topics", _rights("delete", "article", "source", "topic")),
            Ability("empty the trash", ("archive.empty_trash",)),
            Ability("undo operations of others", ("archive.undo_operation",)),
            Ability(
                "update and rebuild the index, and have the bytes of captures checked", ("archive.maintain_archive",)
            ),
        ),
    ),
    Role(
        "Administrator",
        (
            Ability(
                "add users, give them roles, and deactivate them",
                ("auth.view_user", "auth.add_user", "auth.change_user", "auth.delete_user"),
            ),
            Ability(
                "set up groups of users with other permissions",
                ("auth.view_group", "auth.add_group", "auth.change_group", "auth.delete_group"),
            ),
        ),
    ),
)
READER, ADMINISTRATOR = ROLES[0], ROLES[-1]


def role_named(name: str) -> Role:
    """Returns the role with this name. Raises LookupError if there is none."""
    for role in ROLES:
        if role.name == name:
            return role
    raise LookupError(f"There is no role {name!r}; the roles are {', '.join(role.name for role in ROLES)}.")


def permissions_of(role: Role) -> frozenset[str]:
    """Returns the permissions of a role by the table, with those of the roles before it."""
    upto = ROLES[: ROLES.index(role) + 1]
    return frozenset(right for each in upto for ability in each.abilities for right in ability.permissions)


@transaction.atomic
def bring_up_to_table() -> None:
    """Makes the group of each role that has none, and gives the groups what the table has gained.

    A group that has the name of a role already is that of the role, and is left as it is. Permissions that are not in
    the database yet are given the next time.
    """
    known = _permission_ids()
    rows = {row.role: row for row in RoleGroup.objects.select_related("group")}
    for role in ROLES:
        row = rows.get(role.name) or _group_of(role)
        if row.granted is None:
            continue
        new = sorted((permissions_of(role) & known.keys()) - set(row.granted))
        if new:
            row.group.permissions.add(*(known[right] for right in new))
            row.granted = sorted({*row.granted, *new})
            row.save()


def _group_of(role: Role) -> RoleGroup:
    group, is_new = Group.objects.get_or_create(name=role.name)
    return RoleGroup.objects.create(role=role.name, group=group, granted=[] if is_new else None)


def _permission_ids() -> dict[str, int]:
    rows: Iterable[tuple[str, str, int]] = Permission.objects.values_list("content_type__app_label", "codename", "pk")
    return {f"{app}.{codename}": pk for app, codename, pk in rows}
