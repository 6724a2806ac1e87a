"""The admin of topics: their tree, with counts; one topic with its other names; and moves, with a look before.

The tree is a page of its own beside the list, in which topics are found and merged. A topic is moved on the page of
moves alone, which shows where it would be, what goes along and what is indexed again.
"""

from collections import Counter
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from ..curation import CurationError, move_topics, narrower_of, refuse_place
from ..models import Topic, TopicName, is_shown
from ..operations import MOVED, name_rows, operation
from ..same_names import fold_name
from ..sight import User, may_see_all, visible
from ..thesauri import EXPORT_FORMATS
from ..topic_tree import TopicTree, count_articles, filed_under, load_tree
from .articles import NamedAdmin
from .columns import show_words
from .conflicts import ConflictForm
from .filing import file_result
from .indexing import sync_index
from .thesauri import export_thesaurus, import_thesaurus, may_import
from .topic_choice import TopicField
from .topic_rows import write_tree

# A page of moves names them all.
_MAX_MOVED = 100


def _counted(user: User) -> Q:
    """The condition of the articles that a user's counts count."""
    return Q() if may_see_all(user) else is_shown(timezone.now())


class _NamesFormSet(forms.BaseInlineFormSet):
    """The other names of a topic. Each is checked by itself; here, that no two new ones are the same."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        deleted = {id(form) for form in self.deleted_forms}
        kept = [form.instance for form in self.forms if form.has_changed() and id(form) not in deleted]
        written = Counter(fold_name(name.name) for name in kept)
        written[fold_name(self.instance.name)] += 1
        for name in kept:
            if written[fold_name(name.name)] > 1:
                raise forms.ValidationError(f"“{name.name}” is there twice, among the names of this topic.")


class NameInline(admin.TabularInline):
    """Other names, which whoever may change the topic may change too."""

    template = "admin/archive/inline_table.html"
    model = TopicName
    formset = _NamesFormSet
    extra = 1

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("archive.view_topic") or self.has_change_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("archive.change_topic" if obj else "archive.add_topic")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)


class TopicForm(ConflictForm):
    """A topic. Where a new one goes is checked here; one that is there is moved on the page of moves."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        broader = cleaned.get("broader")
        if broader and not self.instance.pk:
            tree = load_tree()
            placed = TopicTree({**tree.names, 0: cleaned.get("name", "")}, {**tree.broader, 0: None})
            if refusal := refuse_place(placed, 0, broader.pk):
                self.add_error("broader", refusal)
        return cleaned


class MoveForm(forms.Form):
    """Where topics go; empty for the first level."""

    broader = TopicField(
        Topic._meta.get_field("broader"),
        label="New broader topic",
        required=False,
        help_text="Type a part of its name or of another name. Empty: the first level.",
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["broader"]
        field.queryset = visible(Topic.objects.all(), user)  # type: ignore[attr-defined]


@admin.register(Topic)
class TopicAdmin(NamedAdmin):
    form = TopicForm
    inlines = [NameInline]
    list_display = ["name", "broader", "note_shown"]
    list_select_related = ["broader"]
    search_fields = ["name", "other_names__name"]
    search_help_text = "Part of a name or of another name"
    autocomplete_fields = ["broader"]
    actions = [*NamedAdmin.actions, "move"]
    fields = ["name", "broader", "note", "definition", "identifier"]
    article_parameter = "topics__id__exact"
    relinked = frozenset({str(Topic._meta.get_field("broader"))})
    change_list_template = "admin/archive/topic/change_list.html"
    change_form_template = "admin/archive/topic/change_form.html"

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("tree/", wrap(self.show_tree), name="archive_topic_tree"),
            path("file/", wrap(partial(file_result, self)), name="archive_topic_file"),
            path("import/", csrf_exempt(wrap(partial(import_thesaurus, self))), name="archive_topic_import"),
            path("export/", wrap(partial(export_thesaurus, self)), name="archive_topic_export"),
            path("move/", wrap(self.move_page), name="archive_topic_move"),
            *super().get_urls(),
        ]

    # --- deletions ---

    def count_relinked(self, request: HttpRequest, ids: list[Any]) -> dict[str, int]:
        moving = visible(Topic.objects.filter(pk__in=narrower_of(ids)), request.user).count()
        return {"narrower topics that move up": moving} if moving else {}

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        # The page says where it is, and leads to the page of moves.
        return [name for name in self.fields or () if not (obj and name == "broader")]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in ("note", "definition"):
            kwargs["widget"] = AdminTextareaWidget(attrs={"rows": 3})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        if not change and isinstance(obj, Topic):
            obj.curated = True
        super().save_model(request, obj, form, change)

    @admin.display(description="Note", ordering="note")
    def note_shown(self, topic: Topic) -> str:
        return show_words(topic.note) if topic.note else ""

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context: dict[str, Any] = dict(extra_context or {})
        topic = self.get_object(request, unquote(object_id)) if request.method == "GET" else None
        if isinstance(topic, Topic):
            tree = load_tree(visible(Topic.objects.all(), request.user))
            counts = count_articles(tree, tree.under(topic.pk), _counted(request.user))
            context |= {
                "path": [(pk, tree.names[pk]) for pk in tree.path_to(topic.pk)[:-1]],
                "narrower": [(pk, tree.names[pk]) for pk in tree.narrower.get(topic.pk, ())],
                "filed": counts.filed.get(topic.pk, 0),
                "together": counts.with_narrower.get(topic.pk, 0),
            }
        return super().change_view(request, object_id, form_url, context)

    # --- the tree ---

    def show_tree(self, request: HttpRequest) -> HttpResponse:
        """The page of all topics that the user may see, or of those under one. Two queries."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        tree = load_tree(visible(Topic.objects.all(), request.user))
        root = _read_number(request.GET.get("under", ""))
        if root not in tree.names:
            root = None
        counts = count_articles(tree, tree.names, _counted(request.user))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Tree of topics",
            "path": [(pk, tree.names[pk]) for pk in tree.path_to(root)] if root else [],
            "tree": write_tree(tree, counts, root=root, may_change=self.has_change_permission(request)),
            "total": len(tree.names),
            "first_level": len(tree.narrower.get(None, ())),
            "levels": tree.levels,
            "may_add": self.has_add_permission(request),
            "may_import": may_import(request),
            "formats": EXPORT_FORMATS.values(),
            "under": root,
        }
        return TemplateResponse(request, "admin/archive/topic/tree.html", context)

    # --- moves ---

    @admin.action(description="Move in the tree", permissions=["change"])
    def move(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        ids = list(queryset.order_by("name").values_list("pk", flat=True)[: _MAX_MOVED + 1])
        if len(ids) > _MAX_MOVED:
            messages.error(
                request, f"At most {_MAX_MOVED} topics are moved at once. Move their broader topic instead."
            )
            return None
        query = "&".join(f"topic={pk}" for pk in ids)
        return HttpResponseRedirect(f"{reverse('admin:archive_topic_move')}?{query}")

    def move_page(self, request: HttpRequest) -> HttpResponse:
        """Asks where topics go, shows what the move would do, and moves them once that is sent back."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        ids = [pk for text in request.GET.getlist("topic")[:_MAX_MOVED] if (pk := _read_number(text))]
        topics = list(visible(Topic.objects.filter(pk__in=ids), request.user).order_by("name"))
        if not topics:
            messages.error(request, "The topics are not there any more. Choose others.")
            return HttpResponseRedirect(reverse("admin:archive_topic_tree"))
        form = MoveForm(request.POST or None, user=request.user)
        look: dict[str, Any] = {}
        if request.method == "POST" and form.is_valid():
            broader = form.cleaned_data["broader"]
            look = self._look_at_move(topics, broader, user=request.user)
            if request.POST.get("look") == look["digest"] and not look["refusals"]:
                try:
                    moved = self._move(request, topics, broader)
                except CurationError as error:
                    form.add_error("broader", str(error))
                    look = {}
                else:
                    where = f"under “{broader}”" if broader else "to the first level"
                    messages.success(request, f"{moved:,} topic{'' if moved == 1 else 's'} moved {where}.")
                    return HttpResponseRedirect(reverse("admin:archive_topic_tree"))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Move {name_rows(Topic.objects.filter(pk__in=ids), len(topics))}",
            "topics": topics,
            "form": form,
            "media": self.media + form.media,
            "look": look,
        }
        return TemplateResponse(request, "admin/archive/topic/move.html", context)

    def _look_at_move(self, topics: list[Topic], broader: Topic | None, *, user: User) -> dict[str, Any]:
        """Returns what a move would do, with a digest of it, and why it would not; as far as the user may see it."""
        tree = load_tree()
        shown = load_tree(visible(Topic.objects.all(), user))
        target = broader.pk if broader else None
        rows, refusals = [], []
        for topic in topics:
            if refusal := refuse_place(tree, topic.pk, target):
                refusals.append(refusal)
            before = [shown.names[pk] for pk in shown.path_to(topic.pk)]
            after = [*([shown.names[pk] for pk in shown.path_to(target)] if target else []), topic.name]
            rows.append((before, after, sum(1 for _ in shown.under(topic.pk)) - 1))
        moving = [topic.pk for topic in topics if topic.broader_id != target]
        under = {step for pk in moving for step in tree.under(pk)}
        articles = len({article for _, article in filed_under(under, _counted(user))})
        return {
            "rows": rows,
            "refusals": refusals,
            "articles": articles,
            "stay": len(topics) - len(moving),
            "digest": f"{target or 0} {articles} {'; '.join(' › '.join(before) for before, _, _ in rows)}",
        }

    def _move(self, request: HttpRequest, topics: list[Topic], broader: Topic | None) -> int:
        ids = [topic.pk for topic in topics]
        where = f"under “{broader}”" if broader else "to the first level"
        label = f"Moved {name_rows(Topic.objects.filter(pk__in=ids), len(ids))} {where}"
        with operation(MOVED, user_name=request.user.get_username(), label=label) as act:
            act.watch(Topic, ids)
            moved = move_topics(list(Topic.objects.filter(pk__in=ids)), broader)
        sync_index(request)
        return len(moved)


def _read_number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None
