"""What the archive knows of its users beside Django's own tables: groups that are roles, links to set a password."""

from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models


class RoleGroup(models.Model):
    """The group of a role, and which permissions it got; `archive.roles` has the table of the roles."""

    role = models.CharField(max_length=30, unique=True)
    group = models.OneToOneField(Group, models.CASCADE, related_name="role_group")
    granted = models.JSONField(
        null=True, help_text="What the table gave the group. Null: the group was there before, and gets nothing."
    )

    class Meta:
        default_permissions: ClassVar = ()

    def __str__(self) -> str:
        return self.role


class PasswordLink(models.Model):
    """The link by which a user sets a password once; `archive.password_links` makes and checks it."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="password_link")
    made = models.DateTimeField()
    # A part of what the link's token signs: another one ends the link.
    nonce = models.CharField(max_length=32)
    # Of the password at that time: a password that is set by other ways ends the link too.
    auth_hash = models.CharField(max_length=64)

    class Meta:
        default_permissions: ClassVar = ()

    def __str__(self) -> str:
        return f"Link of {self.user}, made {self.made:%Y-%m-%d %H:%M} UTC"
