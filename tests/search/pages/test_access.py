"""search/pages/access.py: who may see what."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from archive.models import Article

pytestmark = pytest.mark.django_db


def test_every_view_of_a_result_asks_for_a_sign_in(seed: Article, client: Client, settings: Any) -> None:
    settings.LOGIN_TO_SEARCH = True
    for url in ("/feed.atom?q=", "/suggest?q=p", "/values/source/", f"/articles/{seed.pk}/more/?q=russia"):
        assert client.get(url)["Location"].startswith("/login/?next="), url
        part = client.get(url, headers={"HX-Request": "true"})
        assert part["HX-Redirect"].startswith("/login/?next=")
        assert part.content == b""
    client.force_login(User.objects.create_user("reader"))
    assert client.get("/feed.atom?q=").status_code == 200
