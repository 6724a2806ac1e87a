"""Views of recorded exports: a person's own, one compared with the archive of now, and its deletion.

Only their owner sees them: to anybody else they do not exist.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from ..engines import EngineError
from ..exports import FORMATS, ExportOptionError, ExportOptions
from ..exports.comparisons import ChangedArticle, ChangedSection, SectionTitle, load_headlines, load_titles
from ..exports.recorded import MAX_RECORDED, RecordedExport, compare_with_now, question_of
from ..query import QueryError
from ..results import Question, build_chips, encode, keep_queries, read_last
from .access import View, login_to_search
from .responses import HttpRequest, render_error_page, render_page
from .slots import EXPORT_SLOTS, limit_running

_PAGE_RECORDS = 20
# Sections that a page lists of each kind; all of them are counted.
MAX_LISTED = 200


@dataclass(frozen=True)
class ShownExport:
    """A recorded export as its owner sees it. Without a question, it cannot be run again, for the `reason`."""

    record: RecordedExport
    format_label: str
    question: Question
    options: ExportOptions
    reason: str = ""

    @property
    def pk(self) -> int:
        return self.record.pk

    @property
    def result_url(self) -> str:
        """The address of the page of results."""
        return reverse("search") + self.question.to_querystring()

    @property
    def file_url(self) -> str:
        """The address of the file, the same as when it was exported."""
        parameters = encode([*self.question.parameters, *self.options.parameters])
        return f"{reverse('export', args=[self.record.format])}?{parameters}"

    @property
    def chips(self) -> list[Any]:
        return list(build_chips(self.question, self.question.span(self.record.made)))


@dataclass(frozen=True)
class ListedChange:
    """A section that was added, changed, or is gone; its title only where readers may see it."""

    section: int
    article: int
    title: SectionTitle | None
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class ChangeGroup:
    """The sections of one kind of change: how many there are, and the first of them."""

    name: str
    total: int
    listed: list[ListedChange]


def _signed_in(view: View) -> View:
    """Requires a login, and keeps what a person gets out of all caches."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response.headers["Cache-Control"] = "private, no-store"
        return response

    return login_to_search(login_required(guarded))


@require_safe
@_signed_in
def exports_page(request: HttpRequest) -> HttpResponse:
    """The exports of a person, the latest first."""
    records = RecordedExport.objects.filter(user=request.user.pk).defer("listing")
    page = Paginator(records, _PAGE_RECORDS).get_page(read_last(request.GET, "part"))
    shown = [_show(record) for record in page]
    # The links have short addresses.
    keep_queries(export.question.q for export in shown)
    context = {"page": page, "exports": shown, "max_recorded": MAX_RECORDED}
    return render_page(request, "exports.html", context)


@require_safe
@_signed_in
@limit_running(EXPORT_SLOTS)
def recorded_export(request: HttpRequest, pk: int) -> HttpResponse:
    """What is new, changed, or gone since an export, as readers may see it now."""
    record = _get_own_or_404(request, pk)
    export, now = _show(record), timezone.now()
    keep_queries([export.question.q])
    context: dict[str, Any] = {"export": export, "question": export.question, "now": now, "max_listed": MAX_LISTED}
    if export.reason or record.listing is None:
        return render_page(request, "recorded_export.html", context)
    try:
        comparison = compare_with_now(record, now=now)
    except (QueryError, EngineError) as error:
        return render_error_page(request, "recorded_export.html", context, error)
    named = {"New": comparison.added, "Changed": comparison.changed, "Gone": comparison.gone}
    context |= {
        "comparison": comparison,
        "groups": [ChangeGroup(name, len(found), list(_list(found, now=now))) for name, found in named.items()],
        "articles": _with_headlines(comparison.articles[:MAX_LISTED], now=now),
    }
    return render_page(request, "recorded_export.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@_signed_in
def delete_export(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks whether a recorded export is to be deleted, and deletes it."""
    record = _get_own_or_404(request, pk)
    if request.method == "POST":
        record.delete()
        return HttpResponseRedirect(reverse("exports"))
    return render_page(request, "delete_export.html", {"export": _show(record)})


def _get_own_or_404(request: HttpRequest, pk: int) -> RecordedExport:
    record = RecordedExport.objects.filter(user=request.user.pk, pk=pk).first()
    if record is None:
        raise Http404(f"no export {pk} of this person")
    return record


def _show(record: RecordedExport) -> ShownExport:
    known = FORMATS.get(record.format)
    label = known.label if known else record.format
    try:
        question, options = question_of(record)
    except ExportOptionError as error:
        return ShownExport(record, label, Question(), ExportOptions(), reason=str(error))
    return ShownExport(
        record, label, question, options, reason="" if known else f"There is no format {label!r} any more."
    )


def _with_headlines(articles: Sequence[ChangedArticle], *, now: datetime) -> list[tuple[ChangedArticle, str]]:
    """Returns articles with their headlines, where readers may see them."""
    headlines = load_headlines((article.article for article in articles), now=now)
    return [(article, headlines.get(article.article, "")) for article in articles]


def _list(changes: Collection[ChangedSection], *, now: datetime) -> Iterator[ListedChange]:
    listed = list(changes)[:MAX_LISTED]
    titles = load_titles((change.current.section for change in listed), now=now)
    for change in listed:
        section = change.current
        yield ListedChange(section.section, section.article, titles.get(section.section), change.reasons)
