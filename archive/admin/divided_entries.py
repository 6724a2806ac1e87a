"""The page on which an entry is split before a paragraph, or joined with the next, after a look at what comes of it.

For `entries` alone; what is split is up to `archive.curation`.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.text import Truncator

from ..curation import (
    CurationError,
    boundaries_of,
    find_next,
    why_not_joined,
    why_not_split,
)
from ..models import Section
from ..operations import JOINED, SPLIT, Act, operation, record_join, record_split
from ..sight import visible
from .entry_list import divide_address, entry_address, is_place
from .indexing import sync_index

_MAX_LABEL_CHARS = 80
_CHANGED = "It was changed since you opened the page. Look at it as it is now, and choose again."


def divide_entry(
    request: HttpRequest, site: admin.AdminSite, load: Callable[[], Section], digest_of: Callable[[Section], str]
) -> HttpResponse:
    """Shows an entry with the places at which it can be split, or what a choice leads to; and carries it out.

    `load` reads the entry, `digest_of` names its state: a choice that was made of another state is not carried out.
    """
    error = ""
    section = load()
    if request.method == "POST":
        try:
            kind = JOINED if "join" in request.POST else SPLIT
            with operation(kind, user_name=request.user.get_username(), label="") as act:
                # Read again, now that nobody else writes.
                section = load()
                following = _next(request, section) if kind is JOINED else None
                if request.POST.get("seen") != _seen(section, following, digest_of):
                    raise CurationError(_CHANGED)
                begins, done = _join(section, following, act) if following else _split(request, section, act)
        except CurationError as refusal:
            error = str(refusal)
        else:
            sync_index(request)
            messages.success(request, done)
            return HttpResponseRedirect(entry_address(section.article_id, begins))
    choice = _choice(request, section)
    context = {
        **site.each_context(request),
        "title": "Split or join an entry",
        "subtitle": str(section),
        "opts": Section._meta,
        "section": section,
        "article": section.article,
        "address": divide_address(section.article_id, section.pk),
        "entry_address": entry_address(section.article_id, section.pk),
        "seen": _seen(section, choice.get("following"), digest_of),
        "error": error,
        **choice,
    }
    template = "admin/archive/article/divide.html"
    return TemplateResponse(request, template, context, status=409 if error else 200)


def _seen(section: Section, following: Section | None, digest_of: Callable[[Section], str]) -> str:
    """Returns what names the state that a choice is made of: of an entry, or of the two that would be joined."""
    return ".".join(f"{entry.pk}-{digest_of(entry)}" for entry in (section, following) if entry)


def _join(section: Section, following: Section, act: Act) -> tuple[int, str]:
    """Joins two entries; returns the entry to go on with, and what was done. Raises CurationError."""
    act.label = f"Joined “{_name(section)}” of “{section.article}” with the next entry"
    record_join(act, section, following)
    return section.pk, "Joined."


def _split(request: HttpRequest, section: Section, act: Act) -> tuple[int, str]:
    """Splits an entry; returns its second part, and what was done. Raises CurationError."""
    act.label = f"Split “{_name(section)}” of “{section.article}”"
    begins = record_split(act, section, _place(request.POST.get("at", "")))
    return begins, "Split. This is the second part: give it a heading, if it is to have one."


def _name(section: Section) -> str:
    return Truncator(str(section)).chars(_MAX_LABEL_CHARS)


def _choice(request: HttpRequest, section: Section) -> dict[str, Any]:
    """Returns what the page shows: the paragraphs with their places, or the two parts, or the two entries."""
    paragraphs = section.paragraphs
    following = _next(request, section)
    if "join" in request.GET and following:
        return {
            "following": following,
            "left_out": _own_values(following),
            "refusal": why_not_joined(section, following),
        }
    refusal = why_not_split(section)
    places = set() if refusal else {boundary.place for boundary in boundaries_of(section)}
    at = _place(request.GET.get("at", ""))
    if at in places:
        return {"at": at, "first": paragraphs[:at], "second": paragraphs[at:]}
    lines = [{"text": text, "at": number if number in places else 0} for number, text in enumerate(paragraphs)]
    return {
        "lines": lines,
        "refusal": refusal,
        "can_split": bool(places),
        "can_join": following is not None,
    }


def _own_values(section: Section) -> list[str]:
    """Returns what an entry has besides heading, words and topics: none of it is shown while it is joined."""
    shown = section.shown
    values = {
        "its time": shown.published,
        "its byline": shown.byline,
        "its note": shown.note,
        "that it is a key event": shown.key_event,
    }
    return [name for name, value in values.items() if value]


def _next(request: HttpRequest, section: Section) -> Section | None:
    """Returns the entry after this one, if the user may see it."""
    following = find_next(section)
    return following if following and visible(Section.objects.filter(pk=following.pk), request.user).exists() else None


def _place(written: str) -> int:
    return int(written) if is_place(written) else -1
