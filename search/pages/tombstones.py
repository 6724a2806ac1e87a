"""How what the archive has withdrawn is answered: with a tombstone, a page for people, lines of text for programs.

Its status is 451 where a law or a court asks for the withdrawal (RFC 7725), and 410 else. Imported by `access` alone.
"""

from collections.abc import Iterator
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers

from archive.imprint import imprint

from ..articles import Tombstone
from .responses import site_url

# These addresses are those of files, which programs fetch; the others are pages.
_FILE_ROUTES = ("article-citation", "section-citation")
_PAGE_TYPES = ["text/html", "text/plain", "application/json"]
_FILE_TYPES = ["text/plain", "application/json", "text/html"]


def answer_withdrawn(request: HttpRequest, tombstone: Tombstone) -> HttpResponse:
    """Returns the tombstone of what an address leads to, for the program that asks."""
    match = request.resolver_match
    is_file = match is not None and match.url_name in _FILE_ROUTES
    preferred = request.get_preferred_type(_FILE_TYPES if is_file else _PAGE_TYPES)
    if preferred == "text/html" and not getattr(request, "htmx", False):
        response = render(request, "tombstone.html", {"tombstone": tombstone}, status=tombstone.status)
    else:
        lines = "".join(f"{line}\n" for line in _write_lines(tombstone))
        response = HttpResponse(lines, content_type="text/plain; charset=utf-8", status=tombstone.status)
    if tombstone.status == HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS:
        # Nobody else stands between the reader and the archive.
        response.headers["Link"] = f'<{site_url(request)}{reverse("search")}>; rel="blocked-by"'
    # It may be restored at any moment; caches may keep both statuses otherwise (RFC 9110, section 15.1).
    response.headers["Cache-Control"] = "no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    patch_vary_headers(response, ["Accept", "HX-Request"])
    return response


def _write_lines(tombstone: Tombstone) -> Iterator[str]:
    if tombstone.deleted:
        yield f"The archive has deleted this {tombstone.noun}, on {tombstone.deleted:%Y-%m-%d}."
    else:
        yield f"The archive has withdrawn this {tombstone.noun}."
    for label, value in (("Headline", tombstone.headline), ("Heading", tombstone.heading)):
        if value:
            yield f"{label}: {' '.join(value.split())}"
    for row in tombstone.withdrawals:
        until = f", until {row.until:%Y-%m-%d %H:%M} UTC" if row.until else ""
        yield f"Withdrawn on {row.at:%Y-%m-%d}{until}. Reason: {row.reason_in_sentence}."
        if row.note:
            yield row.note
    if contact := imprint().contact:
        yield f"Contact: {contact}"
