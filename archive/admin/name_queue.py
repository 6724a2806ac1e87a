"""The queue: merges, names and statements that wait for a decision, with the texts by which a person decides.

One of them is open. Accept, correct, reject and skip are buttons and links of the page, each with a key.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import Truncator

from ..models import Mention, Name, NameType, Statement, Verdict, fold_name
from ..naming import (
    MERGES,
    NAMES,
    STATEMENTS,
    Cursor,
    count_mentions,
    count_proposed,
    page_of,
    passages_of,
    speaker_of,
    state_of,
    view_statement,
)
from ..operations import DECIDE_NAMES, DECIDE_STATEMENT, KEEP_APART, MERGE_NAMED, NameAct
from ..sight import visible
from .name_acts import carry_out, may_decide, may_merge

_KINDS = {MERGES: "Merges", NAMES: "Names", STATEMENTS: "Statements"}
_ABOUT = {
    MERGES: "Names that sound the same, or have the same consonants. To merge them moves all spellings to the first.",
    NAMES: "Names that rules found and nobody has looked at. What is rejected is shown nowhere.",
    STATEMENTS: "Statements by rules that are right less often. What is rejected is shown nowhere.",
}
_MAX_WORDS_CHARS = 90
# Who may have said it: persons and bodies of the same text.
_MAX_CANDIDATES = 50
_MAX_QUERY_CHARS = 200
_KEY = re.compile(r"[0-9]{1,18}(?:-[0-9]{1,18})?")

_Row = Sequence[Any]


@dataclass(frozen=True)
class Line:
    """A line of the list: what it is called, and where it is opened."""

    key: str
    label: str
    address: str
    is_open: bool


def show_queue(model_admin: "ModelAdmin[Any]", request: HttpRequest) -> HttpResponse:
    """Shows what waits, and one of it with its evidence; decides on it when it is sent back."""
    if not may_decide(request):
        raise PermissionDenied
    kind = request.GET.get("kind", "")
    kind = kind if kind in _KINDS else next((name for name in _KINDS if count_proposed(name, request.user)[0]), NAMES)
    if request.method == "POST":
        return _decide(request, kind)
    after = request.GET.get("after", "")
    page = page_of(kind, request.user, Cursor.read(after))
    rows = {_key_of(row): row for row in page.rows}
    wanted = request.GET.get("item", "")
    opened = rows.get(wanted) or _find(kind, wanted, request) or next(iter(rows.values()), None)
    key = _key_of(opened) if opened else ""
    following = _following(kind, list(rows), key, after, page.next)
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": "Names and statements to decide on",
        "kind": kind,
        "about": _ABOUT[kind],
        "kinds": [(name, label, _address(name), _count(name, request)) for name, label in _KINDS.items()],
        "lines": [
            Line(name, _label(row), _address(kind, after=after, item=name), name == key) for name, row in rows.items()
        ],
        "first": _address(kind) if after else "",
        "more": _address(kind, after=str(page.next)) if page.next else "",
        "key": key,
        "seen": state_of(opened) if opened else "",
        "next": following,
        "may_merge": may_merge(request),
        **(_evidence(kind, opened, request) if opened else {}),
    }
    return TemplateResponse(request, "admin/archive/name/queue.html", context)


def _evidence(kind: str, opened: _Row, request: HttpRequest) -> dict[str, Any]:
    if kind == STATEMENTS:
        (statement,) = opened
        return {
            "statement": statement,
            "speaker": speaker_of(statement, request.user),
            "view": view_statement(statement),
            "candidates": candidates_for(statement, request),
        }
    counts = count_mentions("spelling__name", [name.pk for name in opened], request.user)
    spellings = {name.pk: visible(name.spellings.order_by("pk"), request.user)[:_MAX_CANDIDATES] for name in opened}
    return {
        "names": [(name, counts[name.pk], spellings[name.pk], passages_of(name.pk, request.user)) for name in opened],
        "merge_address": f"{reverse('admin:archive_name_merge')}?{urlencode([('name', name.pk) for name in opened])}",
    }


def candidates_for(statement: Statement, request: HttpRequest) -> list[Name]:
    """Returns the persons and bodies that the text of a statement names. One query."""
    mentioned = visible(Mention.objects.filter(version=statement.version_id), request.user)
    names = Name.objects.filter(pk__in=mentioned.values("spelling__name")).exclude(type=NameType.PLACE)
    return list(names.exclude(verdict=Verdict.REJECTED).order_by("label", "pk")[:_MAX_CANDIDATES])


# --- what is in the list ---


def _key_of(row: _Row) -> str:
    return "-".join(str(part.pk) for part in row)


def _label(row: _Row) -> str:
    if isinstance(row[0], Statement):
        return Truncator(row[0].words).chars(_MAX_WORDS_CHARS)
    return " = ".join(f"\u2068{name}\u2069" for name in row)


def _find(kind: str, key: str, request: HttpRequest) -> _Row | None:
    """Returns what a key names, whether it waits or not; None if the user may not see all of it."""
    if not _KEY.fullmatch(key):
        return None
    ids = [int(part) for part in key.split("-")]
    if len(ids) != (2 if kind == MERGES else 1):
        return None
    model: type[Any] = Statement if kind == STATEMENTS else Name
    rows = visible(model._default_manager.filter(pk__in=ids), request.user)
    if kind == STATEMENTS:
        rows = rows.select_related("version__section__article", "speaker__name")
    found = {row.pk: row for row in rows if not getattr(row, "merged_into_id", None)}
    return tuple(found[pk] for pk in ids) if len(found) == len(ids) else None


def _following(kind: str, keys: list[str], key: str, after: str, more: Cursor | None) -> str:
    """Returns the query of the page of what comes behind in the list."""
    place = keys.index(key) + 1 if key in keys else 0
    if place < len(keys) and keys[place] != key:
        return urlencode({"kind": kind, "after": after, "item": keys[place]})
    return urlencode({"kind": kind, "after": str(more)} if more else {"kind": kind})


def _address(kind: str, **parameters: str) -> str:
    query = urlencode({"kind": kind, **{name: value for name, value in parameters.items() if value}})
    return f"{reverse('admin:archive_name_queue')}?{query}"


def _count(kind: str, request: HttpRequest) -> str:
    count, is_exact = count_proposed(kind, request.user)
    return f"{count:,}" if is_exact else f"more than {count:,}"


# --- decisions ---


def _decide(request: HttpRequest, kind: str) -> HttpResponse:
    """Does what the button says, and goes on to what comes next; back to the same where nothing was done."""
    key = request.POST.get("item", "")
    again = HttpResponseRedirect(_address(kind, after=request.GET.get("after", ""), item=key))
    opened = _find(kind, key, request)
    if opened is None:
        messages.error(request, "Nothing was done: it is not there any more, or somebody merged it meanwhile.")
        return HttpResponseRedirect(_address(kind))
    act, parameters = _act_for(request, kind, opened)
    if act is None:
        messages.error(request, "Nothing was done: the form was not complete. Choose again.")
        return again
    if act is MERGE_NAMED and not may_merge(request):
        raise PermissionDenied
    if not carry_out(request, act, parameters, seen=request.POST.get("seen", ""), rows=list(opened)):
        return again
    following = QueryDict(request.POST.get("next", "")[:_MAX_QUERY_CHARS])
    return HttpResponseRedirect(f"{reverse('admin:archive_name_queue')}?{following.urlencode()}")


def _act_for(request: HttpRequest, kind: str, opened: _Row) -> tuple[NameAct | None, dict[str, Any]]:
    decision = request.POST.get("decision", "")
    ids = [row.pk for row in opened]
    verdict = {"accept": Verdict.ACCEPTED, "reject": Verdict.REJECTED}.get(decision)
    if kind == MERGES and verdict:
        return (MERGE_NAMED if decision == "accept" else KEEP_APART), {"names": ids}
    if kind == NAMES and verdict:
        return DECIDE_NAMES, {"names": ids, "verdict": verdict}
    if kind == STATEMENTS and verdict:
        return DECIDE_STATEMENT, {"statement": ids[0], "names": [], "verdict": verdict}
    if kind == STATEMENTS and decision == "correct" and (speaker := chosen_speaker(request)):
        return DECIDE_STATEMENT, {"statement": ids[0], "names": [speaker.pk], "verdict": Verdict.ACCEPTED}
    return None, {}


def chosen_speaker(request: HttpRequest) -> Name | None:
    """Returns the name that was chosen from the list, or that was written: by a spelling, or by its number."""
    names = visible(Name.objects.filter(merged_into=None).exclude(verdict=Verdict.REJECTED), request.user)
    written = request.POST.get("written", "").strip()
    number = written or request.POST.get("speaker", "")
    if number.isascii() and number.isdecimal() and len(number) < 19:
        return names.filter(pk=number).first()
    found = names.filter(spellings__folded=fold_name(written)).exclude(type=NameType.PLACE) if written else []
    return next(iter(found), None)
