"""The admin of edits: what curators changed, in deleted rows too."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from ..models import Edit, Operation
from .captures import ReadOnlyAdmin
from .columns import in_readers_zone, show_instant, show_words
from .filters import row_filter, titled, values_filter


def _of_operation(edits: QuerySet[Any], operation_id: int, request: HttpRequest) -> QuerySet[Any]:
    return edits.filter(operation=operation_id)


@admin.register(Edit)
class EditAdmin(ReadOnlyAdmin):
    """Edits, the latest first. The history of a deleted row can be found only here."""

    list_display = ["made_at", "user_name", "of", "how", "field_name", "was", "became"]
    list_filter = [
        row_filter(Operation, "operation", "operation__id__exact", _of_operation),
        "subject",
        values_filter(Edit, "how"),
        ("at", titled(admin.DateFieldListFilter, "time of the edit")),
    ]
    fields = ["made_at", "user_name", "subject", "label", "how", "field", "old", "new"]
    search_fields = ["label", "user_name"]
    search_help_text = "Part of a headline or name, or of a user's name"
    list_per_page = 50

    @admin.display(description=in_readers_zone("Made"), ordering="at")
    def made_at(self, edit: Edit) -> str:
        return show_instant(edit.at)

    @admin.display(ordering="label")
    def of(self, edit: Edit) -> str:
        return show_words(edit.label)

    @admin.display(description="Field", ordering="field", empty_value="all")
    def field_name(self, edit: Edit) -> str | None:
        return edit.field or None

    @admin.display(empty_value="empty")
    def was(self, edit: Edit) -> str | None:
        return show_words(edit.old) if edit.old else None

    @admin.display(empty_value="empty")
    def became(self, edit: Edit) -> str | None:
        return show_words(edit.new) if edit.new else None
