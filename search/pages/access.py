"""Who may see what: the sign-in that a closed archive asks for, and the articles that are held back. For views."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django_htmx.http import HttpResponseClientRedirect

from archive.models import Article, Section

View = Callable[..., HttpResponseBase]


def may_search(view: View) -> View:
    """Asks for a sign-in where the archive is for signed-in users only; what they get, no shared cache keeps."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if settings.LOGIN_TO_SEARCH and not request.user.is_authenticated:
            to_login = redirect_to_login(request.get_full_path())
            # A part of a page cannot be swapped for the page that asks for the sign-in.
            return HttpResponseClientRedirect(to_login.url) if getattr(request, "htmx", False) else to_login
        response = view(request, *args, **kwargs)
        if request.user.is_authenticated:
            patch_cache_control(response, private=True)
        return response

    return guarded


def find_article(request: HttpRequest, pk: int) -> Article:
    """Returns an article with its source. Raises Http404 where there is none, or none for this person. One query."""
    return _shown_to(request, Article.objects.select_related("source").filter(pk=pk).first())


def find_section(request: HttpRequest, pk: int) -> Section:
    """Returns a section that has a version, with its article and source. Raises Http404 likewise. One query."""
    sections = Section.objects.select_related("article__source", "current__capture", "gone")
    section = sections.filter(pk=pk, current__isnull=False).first()
    if section is None:
        raise Http404(pk)
    _shown_to(request, section.article)
    return section


def _shown_to(request: HttpRequest, article: Article | None) -> Article:
    if article is None or (article.is_held(timezone.now()) and not request.user.has_perm("archive.view_article")):
        raise Http404("not there, or held")
    return article
