"""Who has which role, who may give it, and whether anybody is left who can: the rules of the pages of users.

A user may change whoever can do nothing that they cannot do themselves, and give roles by the same rule. The table of
the roles is in `archive.roles`. The admin imports this.
"""

from collections.abc import Iterable

from django.contrib.auth.models import Permission, User
from django.db.models import Q, QuerySet

from .models import RoleGroup
from .roles import ADMINISTRATOR, READER, ROLES, Role, permissions_of


def role_of(user: User) -> Role | None:
    """Returns the highest role of a user; None for who uses the admin by permissions of their own alone.

    No query where the user's groups were prefetched with their `role_group`.
    """
    if user.is_superuser:
        return ADMINISTRATOR
    names = {group.role_group.role for group in user.groups.all() if hasattr(group, "role_group")}
    highest = next((role for role in reversed(ROLES) if role.name in names), None)
    return highest or (None if user.is_staff else READER)


def give_role(user: User, role: Role | None) -> None:
    """Gives a saved user a role in place of the one they have; with None, staff without a role. Saves the user."""
    if role is not None and user.is_superuser and role == ADMINISTRATOR:
        return
    user.is_superuser = False
    user.is_staff = role is None or role.is_staff
    user.save()
    rows = {row.role: row.group_id for row in RoleGroup.objects.all()}
    user.groups.remove(*rows.values())
    if role is not None:
        user.groups.add(rows[role.name])


def is_administrator(user: User) -> bool:
    """Whether a user may do all that the table of roles has, and is not deactivated."""
    return bool(user.is_active and (user.is_superuser or user.has_perms(permissions_of(ADMINISTRATOR))))


def roles_to_give(editor: User) -> list[Role]:
    """Returns the roles that a user may give: those whose groups may do no more than the user."""
    if is_administrator(editor):
        return list(ROLES)
    own = editor.get_all_permissions()
    rows = RoleGroup.objects.select_related("group")
    groups = {row.role: _names(Permission.objects.filter(group=row.group)) for row in rows}
    return [role for role in ROLES if role != ADMINISTRATOR and groups.get(role.name, own) <= own]


def may_manage(editor: User, user: User) -> bool:
    """Whether a user may change another one, who can do no more, or could before they were deactivated."""
    if is_administrator(editor):
        return True
    rights = Permission.objects.filter(Q(user=user) | Q(group__user=user))
    return not user.is_superuser and _names(rights) <= editor.get_all_permissions()


def has_administrator() -> bool:
    """Whether somebody who is an administrator can sign in. A link that was not used yet does not count."""
    may_change_users = Q(user_permissions__codename="change_user") | Q(groups__permissions__codename="change_user")
    likely = User.objects.filter(Q(is_superuser=True) | Q(may_change_users, is_staff=True), is_active=True)
    return any(user.has_usable_password() and is_administrator(user) for user in likely.distinct())


def _names(permissions: QuerySet[Permission]) -> set[str]:
    rows: Iterable[tuple[str, str]] = permissions.values_list("content_type__app_label", "codename")
    return {f"{app}.{codename}" for app, codename in rows}
