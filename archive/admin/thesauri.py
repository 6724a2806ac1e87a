"""The pages of the admin that bring a thesaurus in, with a look before, and the file that exports topics.

The file that was looked at waits on disk (`archive.uploads`), so that the very same bytes are brought in.
"""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import PermissionDenied
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import get_valid_filename
from django.views.decorators.csrf import csrf_protect

from .. import uploads
from ..curation import CurationError
from ..models import Topic
from ..sight import visible
from ..thesauri import (
    EXPORT_FORMATS,
    MAX_BYTES,
    Thesaurus,
    ThesaurusError,
    carry_out,
    load_concepts,
    plan_import,
    read_thesaurus,
    write_thesaurus,
)
from ..topic_tree import load_tree
from .indexing import sync_index

_RIGHTS = ("archive.add_topic", "archive.change_topic", "archive.change_in_bulk")
# The page names so many of each kind, and counts all.
MAX_LISTED = 50
# The parts of a request around its file.
_MAX_FORM_BYTES = 100_000


def may_import(request: HttpRequest) -> bool:
    return request.user.has_perms(_RIGHTS)


class ThesaurusForm(forms.Form):
    """A file, and which of its names become the names of topics."""

    file = forms.FileField(
        label="File",
        help_text="SKOS (RDF/XML, Turtle, N-Triples, JSON-LD), or CSV with the columns name, broader, other names, "
        f"note and identifier; {MAX_BYTES // 1024 // 1024} MiB at most.",
    )
    language = forms.RegexField(
        r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$",
        label="Language of the names",
        required=False,
        max_length=20,
        widget=AdminTextInputWidget(attrs={"class": "vTextField", "autocomplete": "off"}),
        help_text="A BCP 47 code, like en or pt-BR. Empty: English, or else the language with the most names.",
    )
    others = forms.BooleanField(label="Keep names in other languages as other names", required=False, initial=True)


def import_thesaurus(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """Answers the page of imports; refuses a body that is too large without reading it."""
    if not may_import(request):
        raise PermissionDenied
    if request.method == "POST":
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdigit() and int(length) > MAX_BYTES + _MAX_FORM_BYTES:
            messages.error(request, f"The file is too large; at most {MAX_BYTES // 1024 // 1024} MiB are read.")
            return HttpResponseRedirect(request.path)
        request.upload_handlers = [TemporaryFileUploadHandler(request)]
    return csrf_protect(_answer)(request, model_admin)


def _answer(request: HttpRequest, model_admin: Any) -> HttpResponse:
    if request.method == "POST" and request.POST.get("step") == "import":
        return _bring_in(request, model_admin)
    form = ThesaurusForm(request.POST or None, request.FILES or None)
    if request.method != "POST" or not form.is_valid():
        return _show(request, model_admin, form)
    file = form.cleaned_data["file"]
    options = {"language": form.cleaned_data["language"], "others": "yes" if form.cleaned_data["others"] else ""}
    try:
        thesaurus = _read(file.read(MAX_BYTES + 1), file.name, options)
    except ThesaurusError as error:
        form.add_error("file", str(error))
        return _show(request, model_admin, form)
    upload = uploads.hold([(file.name, file.file)], options, user_id=request.user.pk or 0)
    return _show(request, model_admin, form, thesaurus=thesaurus, token=upload.token, name=upload.names[0])


def _read(data: bytes, name: str, options: Any) -> Thesaurus:
    return read_thesaurus(data, name, language=options["language"], others=bool(options["others"]))


def _bring_in(request: HttpRequest, model_admin: Any) -> HttpResponse:
    upload = uploads.claim(request.POST.get("token", ""), user_id=request.user.pk or 0)
    if upload is None:
        messages.error(request, "The file is not there any more, or it was brought in already. Choose it again.")
        return HttpResponseRedirect(request.path)
    try:
        ((name, path),) = upload.files
        thesaurus = _read(path.read_bytes(), name, upload.options)
        _, plan = carry_out(
            thesaurus,
            user_name=request.user.get_username(),
            label=f"Imported the thesaurus {name}",
            shown=request.POST.get("shown", "?"),
        )
    except (ThesaurusError, CurationError) as error:
        messages.error(request, f"{error} Nothing was brought in.")
        return HttpResponseRedirect(request.path)
    finally:
        uploads.release(upload)
    sync_index(request)
    messages.success(
        request,
        f"{len(plan.new):,} topics were added and {len(plan.changed):,} changed; {plan.same:,} were as in the file. "
        "The import can be undone under Operations.",
    )
    return HttpResponseRedirect(reverse("admin:archive_topic_tree"))


def _show(
    request: HttpRequest,
    model_admin: Any,
    form: ThesaurusForm,
    *,
    thesaurus: Thesaurus | None = None,
    token: str = "",
    name: str = "",
) -> HttpResponse:
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": "Import a thesaurus",
        "form": form,
        "max_listed": MAX_LISTED,
    }
    if thesaurus is not None:
        plan = plan_import(thesaurus)
        context |= {"plan": plan, "token": token, "name": name, "languages": thesaurus.languages}
    return TemplateResponse(request, "admin/archive/topic/import.html", context)


def export_thesaurus(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """Sends the topics that the user may see, or those under one, as a file."""
    if not model_admin.has_view_or_change_permission(request):
        raise PermissionDenied
    written = EXPORT_FORMATS.get(request.GET.get("format", "turtle"))
    if written is None:
        messages.error(request, f"There is no such format. Formats: {', '.join(EXPORT_FORMATS)}.")
        return HttpResponseRedirect(reverse("admin:archive_topic_tree"))
    tree = load_tree(visible(Topic.objects.all(), request.user))
    under = request.GET.get("under", "")
    root = (
        int(under) if under.isascii() and under.isdigit() and len(under) <= 18 and int(under) in tree.names else None
    )
    concepts = load_concepts(tree, tree.names if root is None else tree.under(root))
    stem = get_valid_filename(tree.names[root])[:60] if root else "topics"
    name = f"{stem}-{timezone.now():%Y-%m-%d}.{written.ending}"
    return HttpResponse(
        write_thesaurus(concepts, written.name),
        content_type=written.media_type,
        headers={"Content-Disposition": content_disposition_header(as_attachment=True, filename=name) or ""},
    )
