"""Views of sections: in a version, compared with another, beside the results that they are among; their citations."""

from functools import cache
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.http import HttpRequest as DjangoHttpRequest
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from archive.models import Section, hidden_words

from ..articles import (
    CuratedValue,
    ReceivedArticle,
    SectionView,
    VersionError,
    as_received,
    curated_entry_values,
    curated_values,
    find_article_withdrawal,
    find_withdrawals,
    in_capture,
    load_section_marks,
    mark_section,
    read_section,
    shown_section,
)
from ..engines import EngineError
from ..index import shown_index
from ..outputs import Reference, head_tags, schema_org, section_reference
from ..results import Question, Visit, add_parameters, find_related
from .access import (
    get_section_or_404,
    login_to_search,
    may_see_withheld,
    read_visit,
    visible_version,
    visible_versions,
)
from .citing import download_citation, write_citations
from .marks import marks_context, remember_marks, with_chosen_marks
from .responses import HttpRequest, link_topics, site_url
from .visits import visit_context

# The parameter that names the section whose permalink led here.
_LED_FROM = "from"
_MAX_NUMBER_DIGITS = 19


def preview_section(request: DjangoHttpRequest, pk: int) -> str:
    """Returns the HTML of a section as it is read beside the results, for other pages. Raises Http404."""
    section = get_section_or_404(request, pk)
    if section.shown_in_id:
        section = get_section_or_404(request, section.shown_in_id)
    now, with_withheld = timezone.now(), may_see_withheld(request)
    section_view = read_section(section, {}, now=now, with_withheld=with_withheld)
    reference, received = _refer_to_section(request, section_view)
    context = _section_context(request, section_view, reference, received, Visit(Question()))
    return render_to_string("_preview.html", context, request)


@require_safe
@login_to_search
def section_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A section in the version that the URL names, with its versions, citations and related sections.

    For htmx its words alone, to read beside the results that it is one of.
    """
    section = get_section_or_404(request, pk)
    if address := _leads_on(request, section, "section"):
        return HttpResponseRedirect(address)
    section_view, error = _read_section(request, section)
    reference, received = _refer_to_section(request, section_view)
    visit = with_chosen_marks(request, read_visit(request))
    context = {
        **_section_context(request, section_view, reference, received, visit),
        "error": error,
        "led_from": _led_from(request, section),
    }
    if request.htmx:
        template = "_preview.html"
    else:
        template = "section.html"
        context |= _marks_of(section_view, visit, sees_all=may_see_withheld(request))
        context |= _around_section(request, section_view, reference, visit, headline=context["shown"].headline)
    response = render(request, template, context, status=404 if error else 200)
    patch_vary_headers(response, ["HX-Request"])
    return response if request.htmx else remember_marks(response, visit)


def _marks_of(section_view: SectionView, visit: Visit, *, sees_all: bool) -> dict[str, Any]:
    """Returns the names and statements of the words of a section, if the reader wants them, and how to change that."""
    pinned = section_view.version.get_absolute_url() if section_view.pinned else ""
    path, _, version = (pinned or section_view.section.get_absolute_url()).partition("?")
    others = Visit(visit.question, hit=visit.hit, marks=visit.marks, shows_marks=visit.shows_marks)
    context = marks_context(others, path)
    context["marks_url"] = add_parameters(context["marks_url"], version)
    if visit.shows_marks and not section_view.comparison:
        context["page_marks"] = load_section_marks(section_view, sees_all=sees_all)
    return context


def _section_context(
    request: DjangoHttpRequest,
    section_view: SectionView,
    reference: Reference,
    received: ReceivedArticle,
    visit: Visit,
) -> dict[str, Any]:
    """Returns the variables of the words of a section."""
    section, entry, now = section_view.section, section_view.shown, timezone.now()
    shown = received if section_view.pinned else section.article
    return {
        "section": section,
        "article": section.article,
        "curators_only": section.article.is_hidden_anyway(now),
        "withdrawal": find_withdrawals([section.pk], now=now).get(section.pk)
        if section.is_closed(now)
        else find_article_withdrawal(section.article, now=now),
        "is_withheld": may_see_withheld(request) and entry.pk in hidden_words(section.article, now),
        "section_view": section_view,
        "entry": entry,
        "marked": mark_section(shown.headline, entry, visit.question, shown_section(section_view), now=now),
        # What the section does not say itself, its article says.
        "shown": shown,
        "note": shown.note,
        "own_time": entry.time_published(section.article.source.zone),
        "topics": [] if section_view.pinned else link_topics(_own_topics(section)),
        "curated": reference.curated,
        "search_parameters": visit.search_parameters,
    }


def _around_section(
    request: HttpRequest, section_view: SectionView, reference: Reference, visit: Visit, *, headline: str
) -> dict[str, Any]:
    """Returns the variables of what stands around the words on the page of a section. A search for related ones."""
    section, version = section_view.section, section_view.version
    get_index = cache(shown_index)
    context: dict[str, Any] = {
        **visit_context(visit, section.article_id, get_index),
        "head_tags": head_tags(reference),
        "schema_org": schema_org(reference, updated=version.time_updated(section.article.source.zone)),
        "citations": _write_section_citations(reference, section_view),
    }
    try:
        context["related"] = find_related(section, section_view.shown, headline, get_index=get_index)
    except EngineError as problem:
        context["related_error"] = problem
    return context


@require_safe
@login_to_search
def section_citations(request: HttpRequest, pk: int) -> HttpResponse:
    """A section in every citation format."""
    section = get_section_or_404(request, pk)
    if address := _leads_on(request, section, "section-citations"):
        return HttpResponseRedirect(address)
    section_view, error = _read_section(request, section)
    if error:
        raise Http404(str(error))
    reference, received = _refer_to_section(request, section_view)
    context = {
        **visit_context(read_visit(request), section.article_id),
        "section": section,
        "version": section_view.shown,
        "article": section.article,
        "shown": received if section_view.pinned else section.article,
        "pinned": section_view.pinned,
        "received": received,
        "curated": reference.curated,
        "head_tags": head_tags(reference),
        "citations": _write_section_citations(reference, section_view),
    }
    return render(request, "cite.html", context)


@require_safe
@login_to_search
def section_citation(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    """A section in one citation format, as a file."""
    section = get_section_or_404(request, pk)
    if address := _leads_on(request, section, "section-citation", name):
        return HttpResponseRedirect(address)
    section_view, error = _read_section(request, section)
    if error:
        raise Http404(str(error))
    return download_citation(_refer_to_section(request, section_view)[0], name)


def _leads_on(request: HttpRequest, section: Section, page: str, *names: str) -> str:
    """Returns where the words of a section are shown, if another shows them; its received versions stay here."""
    if section.shown_in_id is None or any(request.GET.get(name) for name in ("version", "capture", "against")):
        return ""
    parameters = request.GET.copy()
    parameters[_LED_FROM] = str(section.pk)
    return f"{reverse(page, args=[section.shown_in_id, *names])}?{parameters.urlencode()}"


def _led_from(request: HttpRequest, section: Section) -> Section | None:
    """Returns the section whose permalink led to this one, which shows its words. One query, if there is one."""
    number = request.GET.get(_LED_FROM, "")
    if not (number.isascii() and number.isdecimal() and len(number) < _MAX_NUMBER_DIGITS):
        return None
    return Section.objects.filter(pk=int(number), shown_in=section).select_related("current").first()


def _refer_to_section(request: DjangoHttpRequest, section_view: SectionView) -> tuple[Reference, ReceivedArticle]:
    """Returns the reference of a section, and the values of its article as received in the capture of its version."""
    version, article = section_view.version, section_view.section.article
    # Only what curators set is looked up in all captures.
    versions = visible_versions(request, article).versions if article.curated_fields else ()
    captured = visible_version(request, article, version.capture)
    received = in_capture(article, versions, captured) if captured else as_received(article, versions)
    curated = () if section_view.pinned else [*_curated_of(section_view), *curated_values(article, versions)]
    reference = section_reference(
        version,
        article,
        site_url(request),
        section_id=section_view.section.pk,
        withdrawn=section_view.section.withdrawn,
        received=received,
        curated=curated,
    )
    return reference, received


def _curated_of(section_view: SectionView) -> list[CuratedValue]:
    """Returns what curators set of the entry itself. One query."""
    section, version = section_view.section, section_view.version
    zone, topics = section.article.source.zone, _own_topics(section)
    return curated_entry_values(section.as_shown(version), version, zone, topics)


def _own_topics(section: Section) -> list[str]:
    return sorted(topic.name for topic in section.topics.all())


def _write_section_citations(reference: Reference, section_view: SectionView) -> list[dict[str, Any]]:
    parameters = f"?version={section_view.version.number}" if section_view.pinned else ""
    return write_citations(reference, "section-citation", section_view.section.pk, parameters)


def _read_section(request: HttpRequest, section: Section) -> tuple[SectionView, VersionError | None]:
    """Returns the section in the version that the URL names; where there is none, the current one and the error."""
    now, with_withheld = timezone.now(), may_see_withheld(request)
    try:
        return read_section(section, request.GET.dict(), now=now, with_withheld=with_withheld), None
    except VersionError as error:
        return read_section(section, {}, now=now, with_withheld=with_withheld), error
