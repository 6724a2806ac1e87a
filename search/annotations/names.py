"""A name as its page shows it: how texts write it, and what a curator says of it. What is hidden shows nothing.

A name has a page as long as a section that readers see has it, in the words that it shows now. No HTML.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from archive.models import Mention, Name, Spelling, not_rejected, shown_sections


@dataclass(frozen=True)
class NamePage:
    """A name, and the spellings that texts have, the most frequent first, each with its number of sections."""

    name: Name
    spellings: tuple[Spelling, ...]


def find_name(number: int, *, now: datetime, sees_all: bool = False) -> NamePage | None:
    """Returns a name that a reader may see, else None; `sees_all` adds what is hidden. Two queries."""
    name = Name.objects.filter(not_rejected(), pk=number).first()
    if name is None:
        return None
    spellings = Spelling.objects.filter(name=name)
    if not sees_all:
        spellings = spellings.filter(_is_seen(now))
    found = tuple(spellings.order_by("script", "text"))
    return NamePage(name, found) if found else None


def _is_seen(now: datetime) -> Q:
    """Returns the condition that a spelling stands in words that readers see."""
    return Q(Exists(_mentions(now).filter(spelling=OuterRef("pk"))))


def _mentions(now: datetime) -> QuerySet[Mention]:
    return Mention.objects.filter(version__current_of__in=shown_sections(now))
