"""Plans of acts on many articles, as the admin shows them before they are done."""

from typing import Any

from django.test import Client
from django.urls import reverse


def confirm_plan(client: Client, page: Any) -> Any:
    """Presses the button of a page that shows a plan; returns the page of what was done."""
    address = reverse("admin:archive_operation_step", args=[page.context["operation"].pk])
    return client.post(address, {"step": "confirm"}, follow=True)


def is_plan(page: Any) -> bool:
    """Whether a page shows a plan."""
    return page.context is not None and "preview" in page.context
