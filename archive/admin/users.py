"""The admin of users and groups: a user is added with a role, and gets a link to set the password.

The rules of who may change whom are in `archive.users`, the links in `archive.password_links`.
"""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth import admin as auth_admin
from django.contrib.auth.models import Group, Permission, User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model, Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.text import capfirst

from ..models import PasswordLink, wait_to_write
from ..password_links import end_link, expiry_of, is_open, make_link
from ..roles import ROLES, Role, role_named
from ..users import give_role, has_administrator, is_administrator, may_manage, role_of, roles_to_give
from .columns import in_readers_zone, show_instant

# The choice of those who use the admin by permissions of their own.
_NO_ROLE = "none"
NO_ROLE_WORDS = "No role"


class _NobodyLeftError(Exception):
    """A change after which no administrator could sign in."""


class KeepsAnAdministrator(admin.ModelAdmin):
    """An admin whose changes are taken back where they leave the archive without an administrator."""

    def changeform_view(self, request: HttpRequest, *args: Any, **options: Any) -> Any:
        return self._keep(request, super().changeform_view, *args, **options)

    def delete_view(self, request: HttpRequest, *args: Any, **options: Any) -> Any:
        return self._keep(request, super().delete_view, *args, **options)

    def changelist_view(self, request: HttpRequest, *args: Any, **options: Any) -> Any:
        return self._keep(request, super().changelist_view, *args, **options)

    def _keep(self, request: HttpRequest, view: Any, *args: Any, **options: Any) -> Any:
        if request.method != "POST":
            return view(request, *args, **options)
        try:
            with transaction.atomic():
                # Two administrators who deactivate each other do so in turns.
                wait_to_write()
                had_one = has_administrator()
                response = view(request, *args, **options)
                if had_one and not has_administrator():
                    raise _NobodyLeftError
        except _NobodyLeftError:
            text = "Nothing was changed: no administrator who can sign in would be left. Make another one first."
            messages.error(request, text)
            return HttpResponseRedirect(request.get_full_path())
        return response


class RoleFilter(admin.SimpleListFilter):
    title = "role"
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [*((role.name, role.name) for role in ROLES), (_NO_ROLE, NO_ROLE_WORDS)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        wanted = [user.pk for user in queryset if _value_of(role_of(user)) == self.value()]
        return queryset.filter(pk__in=wanted)


class UserForm(forms.ModelForm):
    """A user and their role. `editor` is set by the admin: who fills in the form."""

    editor: User
    role = forms.ChoiceField(widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Of a user whom the editor may not change, the form has no fields besides those of the class.
        if "username" in self.fields:
            self.fields["username"].label = "Name"
            self.fields["username"].help_text = "For signing in: letters, digits and @ . + - _"
            self.fields["email"].help_text = "For your own records: the archive sends no e-mail."
            roles = roles_to_give(self.editor)
            choices: list[tuple[str, Any]] = [(role.name, _describe(role)) for role in roles]
            present = role_of(self.instance) if self.instance.pk else roles[0]
            if self.instance.pk and (present is None or is_administrator(self.editor)):
                words = "Uses the admin with the permissions below, and no others"
                choices.append((_NO_ROLE, _describe_choice(NO_ROLE_WORDS, words)))
            role = self.fields["role"]
            assert isinstance(role, forms.ChoiceField)  # noqa: S101
            role.choices = choices
            role.initial = _value_of(present)
        if "is_active" in self.fields:
            self.fields["is_active"].help_text = "Only active users can sign in. What others did stays on record."
        if "groups" in self.fields:
            beyond = Group.objects.filter(role_group=None)
            self.fields["groups"].queryset = beyond  # type: ignore[attr-defined]
            if self.instance.pk:
                self.initial["groups"] = list(beyond.filter(user=self.instance))

    @property
    def chosen_role(self) -> Role | None:
        name = self.cleaned_data["role"]
        return None if name == _NO_ROLE else role_named(name)

    def clean_username(self) -> str:
        name: str = self.cleaned_data["username"]
        other = User.objects.filter(username__iexact=name).exclude(pk=self.instance.pk).first()
        if other and "username" in self.changed_data:
            raise forms.ValidationError(
                format_html(
                    'There is a user <a href="{}">{}</a> already: a link to set the password is made there.',
                    reverse("admin:auth_user_change", args=[other.pk]),
                    other.username,
                )
            )
        return name


def _value_of(role: Role | None) -> str:
    return role.name if role else _NO_ROLE


def _describe(role: Role) -> str:
    may = "; ".join(ability.words for ability in role.abilities)
    number = ROLES.index(role)
    before = f"All that a {ROLES[number - 1].name} may, and: {may}" if number else capfirst(may)
    return _describe_choice(role.name, before)


def _describe_choice(name: str, words: str) -> str:
    return format_html('<strong>{}</strong> <span class="may">{}.</span>', name, words)


admin.site.unregister([User, Group])


@admin.register(User)
class UserAdmin(KeepsAnAdministrator, auth_admin.UserAdmin):
    """Users, each with a role. Who adds one gets the link to set the password, and hands it on."""

    form = UserForm
    add_form = UserForm
    add_form_template = "admin/auth/user/add.html"
    change_form_template = "admin/auth/user/change.html"
    list_display = ["name", "role_shown", "email", "signed_in", "link_shown", "is_active"]
    list_filter = [RoleFilter, "is_active"]
    ordering = ["username"]
    actions = None
    fieldsets = [
        (None, {"fields": ["username", "first_name", "last_name", "email"]}),
        ("Role", {"fields": ["role", "is_active"]}),
        ("Beyond the role", {"fields": ["groups", "user_permissions"], "classes": ["collapse"]}),
        ("Record", {"fields": ["signed_in", "date_joined"]}),
    ]
    add_fieldsets = [(None, {"fields": ["username", "email", "role"]})]
    readonly_fields = ["signed_in", "date_joined"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        groups = Prefetch("groups", Group.objects.select_related("role_group"))
        users: QuerySet[User] = super().get_queryset(request)
        return users.select_related("password_link").prefetch_related(groups)

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Any:
        if obj is None:
            return self.add_fieldsets
        names, _, beyond, record = self.fieldsets
        role = "role" if self.has_change_permission(request, obj) else "role_shown"
        shown = [names, ("Role", {"fields": [role, "is_active"]})]
        return [*shown, *([beyond] if is_administrator(_editor(request)) else []), record]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "user_permissions":
            # The name of a permission has that of its table.
            kwargs["queryset"] = Permission.objects.select_related("content_type")
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_form(self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        return type("UserForm", (form,), {"editor": _editor(request)})

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        may = super().has_change_permission(request, obj)
        return may and (not isinstance(obj, User) or may_manage(_editor(request), obj))

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        may = super().has_delete_permission(request, obj)
        return may and (not isinstance(obj, User) or (obj != request.user and may_manage(_editor(request), obj)))

    def get_urls(self) -> list[URLPattern]:
        link = path("<path:object_id>/link/", self.admin_site.admin_view(self.link_view), name="auth_user_link")
        return [link, *super().get_urls()]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None) -> Any:
        buttons = {"show_save_and_add_another": False, "show_save_and_continue": False}
        days = settings.PASSWORD_RESET_TIMEOUT // (24 * 3600)
        context = {"title": "Add a user", "link_days": days, **buttons, **(extra_context or {})}
        return super().add_view(request, form_url, context)

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        assert isinstance(obj, User)  # noqa: S101
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        if not obj.is_active:
            end_link(obj)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        # The groups of the form are those beyond the role: saving them takes the role's away, and it comes last.
        super().save_related(request, form, formsets, change)
        give_role(form.instance, form.chosen_role)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        return self._show_link(request, obj, is_new=True)

    def link_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Says whether the link of a user is open, and makes a new one."""
        with transaction.atomic():
            wait_to_write()
            user = self.get_object(request, object_id)
            if user is None:
                raise Http404(f"no user {object_id}")
            if not self.has_change_permission(request, user):
                raise PermissionDenied
            if request.method == "POST" and user.is_active:
                self.log_change(request, user, "Made a link to set the password.")
                return self._show_link(request, user, is_new=False)
        return self._render_link(request, user, {"link": getattr(user, "password_link", None)})

    def _show_link(self, request: HttpRequest, user: User, *, is_new: bool) -> HttpResponse:
        address = make_link(user, request)
        link = PasswordLink.objects.select_related("user").get(user=user)
        return self._render_link(request, user, {"link": link, "address": address, "is_new": is_new})

    def _render_link(self, request: HttpRequest, user: User, context: dict[str, Any]) -> HttpResponse:
        link = context["link"]
        shared = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Link for {user.get_username()}",
            "original": user,
            "role": _value_of(role_of(User.objects.get(pk=user.pk))),
            "is_open": link is not None and is_open(link),
            "expiry": expiry_of(link) if link else None,
        }
        response = TemplateResponse(request, "admin/auth/user/link.html", {**shared, **context})
        response["Cache-Control"] = "no-store"
        return response

    @admin.display(description="Name", ordering="username")
    def name(self, user: User) -> str:
        return user.get_username()

    @admin.display(description="Role")
    def role_shown(self, user: User) -> str:
        role = role_of(user)
        return role.name if role else NO_ROLE_WORDS

    @admin.display(description=in_readers_zone("Last sign-in"), ordering="last_login")
    def signed_in(self, user: User) -> str:
        return show_instant(user.last_login, "never")

    @admin.display(description="Link to set the password", empty_value="none")
    def link_shown(self, user: User) -> str | None:
        link = getattr(user, "password_link", None)
        if link is None:
            return None
        return format_html("open until {}", show_instant(expiry_of(link))) if is_open(link) else "expired"


@admin.register(Group)
class GroupAdmin(KeepsAnAdministrator, auth_admin.GroupAdmin):
    """Groups of users. Those of the roles cannot be deleted; who is no administrator grants only what they have."""

    actions = None

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not hasattr(obj, "role_group")

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_change_permission(request, obj) and self._may_grant(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and self._may_grant(request)

    def _may_grant(self, request: HttpRequest) -> bool:
        """Whether the user may do everything already: who changes a group could be in it."""
        return is_administrator(_editor(request))


def _editor(request: HttpRequest) -> User:
    user = request.user
    assert isinstance(user, User)  # noqa: S101
    return user
