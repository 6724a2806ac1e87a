"""Who may see what: the login that a closed archive requires, and articles that only curators see. For views."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django_htmx.http import HttpResponseClientRedirect

from archive.models import Article, Section

from ..results import mark_parts

View = Callable[..., HttpResponseBase]


def login_to_search(view: View) -> View:
    """Requires a login where LOGIN_TO_SEARCH is set, and keeps what a logged-in user gets out of shared caches."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if settings.LOGIN_TO_SEARCH and not request.user.is_authenticated:
            to_login = redirect_to_login(request.get_full_path())
            # htmx would follow a redirect and swap the login page in as a part of this one.
            return HttpResponseClientRedirect(to_login.url) if getattr(request, "htmx", False) else to_login
        response = view(request, *args, **kwargs)
        if request.user.is_authenticated:
            patch_cache_control(response, private=True)
        return response

    return guarded


def get_article_or_404(request: HttpRequest, pk: int) -> Article:
    """Returns an article that this user may see, with its source, or raises Http404. One query."""
    article = Article.objects.select_related("source").filter(pk=pk).first()
    if article is None:
        raise Http404(f"no article {pk}")
    _check_access(request, article)
    return article


def get_section_or_404(request: HttpRequest, pk: int) -> Section:
    """Returns a section that this user may see, with article and version, or raises Http404. One query."""
    sections = mark_parts(Section.objects.select_related("article__source", "current__capture", "gone"))
    section = sections.filter(pk=pk, current__isnull=False).first()
    if section is None:
        raise Http404(f"no section {pk}")
    _check_access(request, section.article)
    return section


def _check_access(request: HttpRequest, article: Article) -> None:
    """Raises Http404 for an article that is withheld or under embargo, unless the user is a curator."""
    if article.is_hidden(timezone.now()) and not request.user.has_perm("archive.view_article"):
        raise Http404(f"article {article.pk} is not shown")
