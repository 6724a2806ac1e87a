"""Browsers in which somebody with a role has signed in."""

from django.contrib.auth.models import User
from django.test import Client

from archive.roles import role_named
from archive.users import give_role


def client_of(role: str, name: str = "cleo") -> Client:
    """Adds a user with this role, and signs in."""
    user = User.objects.create_user(name)
    give_role(user, role_named(role))
    client = Client()
    client.force_login(user)
    return client
