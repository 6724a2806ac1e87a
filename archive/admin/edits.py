"""What curators changed, of everything there is and was: to be looked at."""

from django.contrib import admin
from django.utils.text import Truncator

from ..models import Edit
from .captures import ReadOnlyAdmin

# A cell of the list; the row's own page has all of it.
_CELL = 60


@admin.register(Edit)
class EditAdmin(ReadOnlyAdmin):
    """Edits, the latest first; those of what was deleted are found here alone."""

    list_display = ["at", "user_name", "of", "how", "field", "was", "became"]
    list_filter = ["subject", "how", "at"]
    search_fields = ["label", "user_name"]
    search_help_text = "Part of a headline or name, or of a user's name"
    list_per_page = 100

    @admin.display(ordering="label")
    def of(self, edit: Edit) -> str:
        return Truncator(edit.label).chars(_CELL)

    @admin.display
    def was(self, edit: Edit) -> str:
        return Truncator(edit.old).chars(_CELL)

    @admin.display
    def became(self, edit: Edit) -> str:
        return Truncator(edit.new).chars(_CELL)
