"""The choice of one topic in the forms of the admin: typed into a list, or without scripts written as a name.

Django's list of choices is empty until a script fills it. `archive.admin` uses it for moves and for filing.
"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import Field
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ..models import Topic, TopicName, with_name

# No number, so no topic has it.
_UNKNOWN = "unknown"


class _TopicSelect(AutocompleteSelect):
    """Django's list, with a field for the name where no script fills the list."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        written = data.get(f"{name}_written")
        if written is None:
            return super().value_from_datadict(data, files, name)
        written = " ".join(str(written).split())[:500]
        if not written:
            return ""
        other = with_name(TopicName, written).first()
        topic = with_name(Topic, written).values_list("pk", flat=True).first() or (other and other.topic_id)
        return str(topic or _UNKNOWN)

    def format_value(self, value: Any) -> Any:
        return super().format_value(None if value == _UNKNOWN else value)

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = self.choices.queryset.filter(pk=value).first() if str(value).isdecimal() else None
        return format_html(
            '{}<noscript><input class="vTextField" name="{}_written" value="{}" maxlength="200" dir="auto" '
            'aria-label="Whole name of the topic, or another name"></noscript>',
            super().render(name, value, attrs, renderer),
            name,
            chosen or "",
        )


class TopicField(forms.ModelChoiceField):
    """One topic. `relation` is the field of a model whose permissions decide about the list."""

    def __init__(self, relation: "Field[Any, Any]", **options: Any) -> None:
        super().__init__(Topic.objects.all(), widget=_TopicSelect(relation, admin.site), **options)
        self.error_messages["invalid_choice"] = "No topic has this name. Write its whole name, or another name of it."
