"""All rows of a record in a form in which two records can be compared: without numbers, and without times of now.

A row that refers to another has the digest of that one in place of its number. Times after the beginning of the
comparison are those at which the rows were written, and are the same for all.
"""

import hashlib
from collections import Counter
from datetime import datetime
from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import Model

# What says how the record came about, not what it is: how often something was tried, and what is counted now and then.
_LEFT_OUT = frozenset({"Archive", "Change", "IngestRun", "Proposal", "RoleGroup"})
_LEFT_OUT_FIELDS = frozenset({("Name", "mentioned"), ("Problem", "run"), ("Capture", "run"), ("Problem", "id")})
# Numbers of articles in columns that are no foreign keys.
_ARTICLE_NUMBERS = frozenset(
    {("ComparedText", "article_id"), ("ComparedText", "first"), ("TextPrint", "article_id")}
    | {("CopyPair", "article_id"), ("CopyPair", "other_id")}
)


def load_rows(since: datetime) -> dict[str, Counter[str]]:
    """Returns table -> its rows as text, each with how often it is there. Reads the whole record."""
    digest_of = cache(lambda model, pk: _digest(_row(model._base_manager.get(pk=pk), digest_of, since)))
    found = {}
    for model in apps.get_models():
        if model._meta.app_label == "archive" and model.__name__ not in _LEFT_OUT:
            rows = Counter(_row(instance, digest_of, since) for instance in model._base_manager.all())
            # A problem is noted by each run that meets it.
            found[model.__name__] = Counter(set(rows)) if model.__name__ == "Problem" else rows
    return found


def _digest(row: str) -> str:
    return hashlib.sha256(row.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _row(instance: Model, digest_of: Any, since: datetime) -> str:
    model = type(instance)
    values = {}
    for field in model._meta.local_concrete_fields:
        name, value = field.name, getattr(instance, field.attname)
        place = model.__name__, name
        related = field.remote_field.model if field.remote_field else None
        is_number = field.primary_key and not related and place not in _ARTICLE_NUMBERS
        if is_number or place in _LEFT_OUT_FIELDS:
            continue
        if value is not None and place == ("Section", "current"):
            # Its version refers to it in turn.
            value = (
                apps.get_model("archive", "SectionVersion")
                ._base_manager.values_list("number", "words_sha256")
                .get(pk=value)
            )
        elif value is not None and related:
            value = digest_of(related, value)
        elif value is not None and place in _ARTICLE_NUMBERS:
            value = digest_of(apps.get_model("archive", "Article"), value)
        elif isinstance(value, datetime) and value >= since:
            value = "now"
        values[name] = value
    return repr(values)
