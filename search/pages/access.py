"""What a request asks for and may see: the search, the login that a closed archive requires, articles. For views."""

from collections.abc import Callable
from functools import wraps
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django_htmx.http import HttpResponseClientRedirect

from archive.models import Article, ArticleVersion, Capture, Section, is_section_shown, shown_versions
from archive.sight import may_see_all, visible

from ..articles import (
    Tombstone,
    Viewer,
    find_article_tombstone,
    find_section_tombstone,
    load_versions,
    shown_of,
)
from ..errors import SearchError
from ..results import Question, Visit, keep_queries, mark_parts
from .tombstones import answer_withdrawn

View = Callable[..., HttpResponseBase]


class WithdrawnError(SearchError, Http404):
    """What the address leads to is withdrawn by the archive; `login_to_search` answers with its tombstone."""

    def __init__(self, tombstone: Tombstone) -> None:
        super().__init__("withdrawn by the archive")
        self.tombstone = tombstone


def login_to_search(view: View) -> View:
    """Requires a login where LOGIN_TO_SEARCH is set, and keeps what a logged-in user gets out of shared caches.

    What the archive has withdrawn is answered with its tombstone.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if settings.LOGIN_TO_SEARCH and not request.user.is_authenticated:
            to_login = redirect_to_login(request.get_full_path())
            # htmx would follow a redirect and swap the login page in as a part of this one.
            return HttpResponseClientRedirect(to_login.url) if getattr(request, "htmx", False) else to_login
        try:
            response = view(request, *args, **kwargs)
        except WithdrawnError as error:
            response = answer_withdrawn(request, error.tombstone)
        if request.user.is_authenticated:
            patch_cache_control(response, private=True)
        return response

    return guarded


def read_question(request: HttpRequest) -> Question:
    """Returns the search that an address or a sent form asks for. Its query is kept if it is long and written out.

    Raises UnknownQueryError, which is a 404.
    """
    question = Question.from_parameters(request.POST if request.method == "POST" else request.GET)
    if "q" in request.POST or "q" in request.GET:
        # The links of the page have the short address.
        keep_queries([question.q])
    return question


def read_visit(request: HttpRequest) -> Visit:
    """Returns the visit that an address asks for, and keeps its query as `read_question` does."""
    visit = Visit.from_parameters(request.GET)
    if "q" in request.GET:
        keep_queries([visit.question.q])
    return visit


def may_see_withheld(request: HttpRequest) -> bool:
    """Whether this user sees what is withheld, under embargo or withdrawn."""
    return may_see_all(request.user)


def viewer_of(request: HttpRequest) -> Viewer:
    """Returns who reads, and that it is now."""
    return Viewer(timezone.now(), sees_all=may_see_withheld(request))


def downloadable_captures(request: HttpRequest) -> QuerySet[Capture] | None:
    """Returns the captures whose bytes this user may download, as in the admin; None if the user may download none."""
    user = request.user
    if not (user.is_staff and user.has_perm("archive.view_capture")):
        return None
    return visible(Capture.objects.all(), user)


def get_article_or_404(request: HttpRequest, pk: int) -> Article:
    """Returns an article that this user may see, with its source, or raises Http404 or WithdrawnError. One query."""
    article = Article.objects.select_related("source").filter(pk=pk).first()
    now = timezone.now()
    if article and (may_see_withheld(request) or not article.is_hidden(now)):
        return article
    if tombstone := find_article_tombstone(pk, now=now):
        raise WithdrawnError(tombstone)
    raise Http404(f"article {pk} is not shown" if article else f"no article {pk}")


class VisibleVersions(NamedTuple):
    """The versions of an article that a user may see, oldest first, and whether there are others."""

    versions: tuple[ArticleVersion, ...]
    has_others: bool


def load_versions_or_404(request: HttpRequest, article: Article) -> VisibleVersions:
    """Returns the versions of an article that this user may see, or raises Http404. Two queries."""
    visible = visible_versions(request, article)
    if not visible.versions:
        raise Http404(f"article {article.pk} is not shown")
    return visible


def visible_versions(request: HttpRequest, article: Article) -> VisibleVersions:
    """Returns the versions of an article that this user may see. Two queries."""
    stored = load_versions(article)
    versions = stored if may_see_withheld(request) else shown_of(stored, timezone.now())
    return VisibleVersions(versions, len(versions) < len(stored))


def visible_version(request: HttpRequest, article: Article, capture: Capture) -> ArticleVersion | None:
    """Returns an article as a whole in one of its captures; None if this user may not see that. One query."""
    versions = ArticleVersion.objects.all() if may_see_withheld(request) else shown_versions(timezone.now())
    version = versions.filter(article=article, capture=capture).first()
    if version:
        version.article = article
    return version


def get_section_or_404(request: HttpRequest, pk: int) -> Section:
    """Returns a section that this user may see, with article and version; raises Http404 or WithdrawnError.

    Its words may be shown in another section. One query.
    """
    sections = Section.objects.all()
    if not may_see_withheld(request):
        sections = sections.filter(is_section_shown(timezone.now()))
    related = mark_parts(sections.select_related("article__source", "current__capture", "gone", "part_of"))
    related = related.prefetch_related("topics")
    section = related.filter(pk=pk, current__isnull=False).first()
    if section:
        return section
    if tombstone := find_section_tombstone(pk, now=timezone.now()):
        raise WithdrawnError(tombstone)
    raise Http404(f"no section {pk}")
