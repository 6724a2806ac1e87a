"""The page on which curators add documents, as the tests use it."""

import json
import re
from typing import Any

from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

ADD = "/admin/archive/ingestrun/add/"


def file(name: str, content: bytes | str | dict[str, Any] | list[Any]) -> SimpleUploadedFile:
    if not isinstance(content, bytes | str):
        content = json.dumps(content)
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


def fire(**keys: Any) -> dict[str, Any]:
    return {"headline": "Fire in Marbeck", "text": "A fire.", "source": "Courier", "id": "1", **keys}


def send(client: Client, *files: SimpleUploadedFile, step: str = "ingest", **fields: str) -> Any:
    return client.post(ADD, {**fields, "file": list(files), "step": step})


def curator(*codenames: str, name: str = "lib") -> User:
    user = User.objects.create_user(name, password="x", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return user


def text_of(response: Any) -> str:
    """Returns what a page says, without its tags and with single spaces."""
    main = response.content.decode().partition('id="content')[2]
    return " ".join(re.sub(r"<[^>]*>", " ", main).split())
