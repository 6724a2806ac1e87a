"""What curators change: for each model, the rows of other tables that belong to one of its rows.

SUBJECTS is the table. An operation that watches an article keeps what changes in its topics too.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Model

from ..curation import articles_under
from ..models import (
    Article,
    CopyJudgement,
    Name,
    NameJudgement,
    Section,
    Source,
    SourceHost,
    SourceName,
    Spelling,
    Statement,
    Topic,
    TopicName,
    Withdrawal,
    articles_of_spellings,
)
from ..naming import articles_of_names, articles_of_statements


@dataclass(frozen=True)
class Owned:
    """A table whose rows belong to a subject: `path` is the lookup that leads to its number.

    Where one of the `indexed` columns changes, or a row comes or goes that has them, the articles of the subject are
    indexed again. None names those columns that no reader sees.
    """

    model: type[Model]
    path: str
    indexed: frozenset[str]


@dataclass(frozen=True)
class Subject:
    """A model that curators change: its own table and those that belong to it, in the order in which rows are made.

    `articles` returns the articles that are of rows with these numbers.
    """

    model: type[Model]
    tables: tuple[Owned, ...]
    articles: Callable[[Iterable[int]], Iterable[int]]


def _articles_of_sources(ids: Iterable[int]) -> Iterable[int]:
    return Article.objects.filter(source__in=list(ids)).values_list("pk", flat=True)


def _articles(ids: Iterable[int]) -> Iterable[int]:
    return ids


def _articles_of_sections(ids: Iterable[int]) -> Iterable[int]:
    return Section.objects.filter(pk__in=list(ids)).order_by().values_list("article", flat=True).distinct()


_ALL = frozenset(field.attname for model in (Article, TopicName, Withdrawal) for field in model._meta.concrete_fields)
_NONE = frozenset[str]()
_SUBJECTS = (
    Subject(
        Source,
        (
            Owned(Source, "pk", frozenset({"name", "zone", "kind", "country"})),
            Owned(SourceName, "source", _NONE),
            Owned(SourceHost, "source", _NONE),
        ),
        _articles_of_sources,
    ),
    Subject(
        Topic,
        (Owned(Topic, "pk", frozenset({"name", "broader_id"})), Owned(TopicName, "topic", _ALL)),
        articles_under,
    ),
    Subject(
        Article,
        (
            Owned(Article, "pk", _ALL),
            Owned(Article.topics.through, "article", _ALL | {"topic_id"}),
            Owned(Withdrawal, "article", _ALL),
            Owned(CopyJudgement, "article", _NONE),
        ),
        _articles,
    ),
    Subject(
        Section,
        (
            Owned(Section, "pk", frozenset({*Section.SHOWN_COLUMNS, "part_of_id", "joined_to_id"})),
            Owned(Section.topics.through, "section", frozenset({"topic_id"})),
        ),
        _articles_of_sections,
    ),
    Subject(
        Name,
        (Owned(Name, "pk", frozenset({"own_label", "type", "verdict"})), Owned(NameJudgement, "name", _NONE)),
        articles_of_names,
    ),
    Subject(Spelling, (Owned(Spelling, "pk", frozenset({"name_id"})),), articles_of_spellings),
    Subject(Statement, (Owned(Statement, "pk", frozenset({"verdict", "speaker_id"})),), articles_of_statements),
)
# What texts name and state: their articles are indexed again, but nothing of them is new to readers.
ANNOTATED: frozenset[type[Model]] = frozenset({Name, Spelling, Statement})
# Parents first: an article needs its source, and its topics.
SUBJECTS: Mapping[type[Model], Subject] = {subject.model: subject for subject in _SUBJECTS}


def subject_named(name: str) -> Subject:
    """Returns the subject whose model has this name. Raises LookupError."""
    for subject in _SUBJECTS:
        if subject.model._meta.model_name == name:
            return subject
    raise LookupError(f"Operations know no {name!r}.")
