"""The lists of the admin: each can say which of its filters are in use, for the page to show and to remove.

`archive.sites` gives it to every admin class that is registered; nothing else imports this.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.http import HttpRequest


@dataclass(frozen=True)
class ChosenFilter:
    """A filter that is in use: its title, the value, and the query of the list without it."""

    title: str
    value: str
    without: str


class FilteredList(ChangeList):
    """A list that can say which of its filters are in use."""

    @property
    def chosen_filters(self) -> list[ChosenFilter]:
        chosen = []
        for spec in self.filter_specs:
            # The first choice of each filter is not to filter.
            every, *values = list(spec.choices(self)) or [{}]
            chosen += [
                ChosenFilter(str(spec.title), str(value["display"]), str(every["query_string"]))
                for value in values
                if value["selected"]
            ]
        return chosen

    @property
    def is_looking_for_a_value(self) -> bool:
        """Whether somebody has just asked a filter for the values with a certain name."""
        return any(getattr(spec, "looked_for", "") for spec in self.filter_specs)


class _WithFilteredList:
    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[FilteredList]:
        return FilteredList


def with_filtered_list(admin_class: "type[admin.ModelAdmin[Any]]") -> "type[admin.ModelAdmin[Any]]":
    """Returns an admin class whose list says which of its filters are in use."""
    listing = type(admin_class.__name__, (_WithFilteredList, admin_class), {})
    listing.__module__, listing.__doc__ = admin_class.__module__, admin_class.__doc__
    return listing
