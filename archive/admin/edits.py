"""The admin of edits: what curators changed, in deleted rows too."""

from django.contrib import admin
from django.utils.text import Truncator

from ..models import Edit
from .captures import ReadOnlyAdmin

# In a cell of the list; the page of the edit has the whole text.
_MAX_CELL_CHARS = 60


@admin.register(Edit)
class EditAdmin(ReadOnlyAdmin):
    """Edits, the latest first. The history of a deleted row can be found only here."""

    list_display = ["at", "user_name", "of", "how", "field", "was", "became"]
    list_filter = ["subject", "how", "at"]
    search_fields = ["label", "user_name"]
    search_help_text = "Part of a headline or name, or of a user's name"
    list_per_page = 100

    @admin.display(ordering="label")
    def of(self, edit: Edit) -> str:
        return Truncator(edit.label).chars(_MAX_CELL_CHARS)

    @admin.display
    def was(self, edit: Edit) -> str:
        return Truncator(edit.old).chars(_MAX_CELL_CHARS)

    @admin.display
    def became(self, edit: Edit) -> str:
        return Truncator(edit.new).chars(_MAX_CELL_CHARS)
