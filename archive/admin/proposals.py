"""Proposals to merge: pairs of articles that may be one article at two addresses, with both side by side."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone

from ..copies import (
    Proposal,
    find_pairs,
    judge_not_the_same,
    load_proposals,
    merge_articles,
    with_other_addresses,
)
from ..errors import CurationError
from ..models import Article, CopyJudgement, Section
from ..operations import JUDGED_NOT_THE_SAME, MERGED_ARTICLES, operation
from ..search_port import Run, get_search_port
from ..sight import visible
from .indexing import sync_index

_PER_PAGE = 50
# Of longer texts, the beginning is compared.
_MAX_PARAGRAPHS = 400
_MERGE = "archive.change_in_bulk"
_JUDGE = "archive.change_article"

# More digits than any row of a table has.
_NUMBER = re.compile(r"[0-9]{1,18}")

# A row of the page: the paragraph in the one text and in the other.
_Sides = tuple[list[Run], list[Run]]


@admin.register(CopyJudgement)
class ProposalAdmin(admin.ModelAdmin):
    """The list of proposals, in place of a list of rows; one of them is open."""

    def get_urls(self) -> list[URLPattern]:
        # What was judged has no pages of its own.
        view = self.admin_site.admin_view(self.changelist_view)
        return [path("", view, name="archive_copyjudgement_changelist")]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: CopyJudgement | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: CopyJudgement | None = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: CopyJudgement | None = None) -> bool:
        return request.user.has_perm("archive.view_article")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("archive.view_article")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            return self._decide(request)
        now = timezone.now()
        pairs = find_pairs(now)
        page: Page[Any] = Paginator(pairs, _PER_PAGE).get_page(request.GET.get("p"))
        named = [pair for pair in pairs if f"{pair.article_id}-{pair.other_id}" == request.GET.get("pair")]
        listed = load_proposals(list(page), now)
        page.object_list = listed
        found = (load_proposals(named, now) if named else []) or listed
        opened = found[0] if found else None
        context = {
            **self.admin_site.each_context(request),
            "title": "Proposals to merge",
            "opts": self.opts,
            "page": page,
            "opened": opened,
            "rows": _compare(request, opened) if opened else [],
            "max_paragraphs": _MAX_PARAGRAPHS,
            "may_merge": request.user.has_perm(_MERGE),
            "may_judge": request.user.has_perm(_JUDGE),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/archive/proposals.html", context)

    def _decide(self, request: HttpRequest) -> HttpResponse:
        """Merges two articles or keeps them apart, as the form says, and comes back to the list."""
        decision = request.POST.get("decision", "")
        numbers = [request.POST.get(name, "") for name in ("article", "other")]
        if decision not in ("first", "second", "apart") or not all(_NUMBER.fullmatch(number) for number in numbers):
            messages.error(request, "Nothing was done: the form was not complete. Choose again.")
            return HttpResponseRedirect(request.path)
        if not request.user.has_perm(_JUDGE if decision == "apart" else _MERGE):
            raise PermissionDenied
        first, second = (int(number) for number in numbers)
        known = visible(Article.objects.filter(pk__in=[first, second]), request.user)
        try:
            if known.count() != 2:
                raise CurationError("One of the articles is not there any more.")
            label = _carry_out(decision, first, second, request.user.get_username())
        except CurationError as error:
            messages.error(request, f"Nothing was done. {error}")
        else:
            messages.success(request, f"{label}. Operations can undo it.")
            sync_index(request)
        return HttpResponseRedirect(request.path)


def _carry_out(decision: str, first: int, second: int, user_name: str) -> str:
    kept, merged = (first, second) if decision == "first" else (second, first)
    kind = JUDGED_NOT_THE_SAME if decision == "apart" else MERGED_ARTICLES
    with operation(kind, user_name=user_name, label="") as act:
        act.watch(Article, [*with_other_addresses(merged), kept])
        act.label = judge_not_the_same(first, second) if decision == "apart" else merge_articles(merged, kept)
        return act.label


def _compare(request: HttpRequest, proposal: Proposal) -> list[_Sides]:
    """Returns the paragraphs of both side by side, with what differs."""
    compare: Callable[[Sequence[str], Sequence[str]], Sequence[Sequence[Run]]] = get_search_port().compare_words
    paragraphs = [_paragraphs(request, article) for article in (proposal.article, proposal.other)]
    merged = compare(*paragraphs)
    return [
        ([run for run in runs if run.kind != "added"], [run for run in runs if run.kind != "removed"])
        for runs in merged
    ]


def _paragraphs(request: HttpRequest, article: Article) -> list[str]:
    sections = visible(Section.objects.filter(article=article, gone=None, part_of=None), request.user)
    texts = sections.exclude(current=None).order_by("position", "pk").values_list("current__text", flat=True)
    return [line for text in texts for line in text.split("\n")][:_MAX_PARAGRAPHS]
