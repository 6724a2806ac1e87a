"""What of the archive a user may see. The admin and the pages of search ask here, and nowhere else.

Readers see what is neither withheld nor under embargo, and what the archive has not withdrawn. Users with the
permission to see what is hidden see everything. Other staff see the rows of the tables that their permissions name,
without those that come from what is hidden: each table has a rule here.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache, partial
from typing import Any, NamedTuple, TypeVar, cast

from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import (
    BigIntegerField,
    DateTimeField,
    Exists,
    Expression,
    Model,
    OuterRef,
    Q,
    QuerySet,
    TextField,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils import timezone

from .curation import MERGED
from .models import (
    Article,
    ArticleVersion,
    Capture,
    Edit,
    IngestRun,
    Mention,
    Name,
    NameJudgement,
    Operation,
    OperationRow,
    Placement,
    Problem,
    Section,
    SectionVersion,
    Source,
    SourceHost,
    SourceName,
    Spelling,
    Statement,
    Topic,
    TopicName,
    Withdrawal,
    Withholding,
    closed_sections,
    is_hidden,
    is_in_shown_words,
    is_section_shown,
    is_shown,
    is_version_shown,
    shown_versions,
    withdrawn_words,
    withheld_at,
)

RIGHT = "archive.view_hidden"

User = AbstractBaseUser | AnonymousUser
AnyModel = TypeVar("AnyModel", bound=Model)


def may_see_all(user: User) -> bool:
    """Whether a user sees what is withheld, under embargo, withdrawn or in the trash too."""
    return bool(user.has_perm(RIGHT))  # type: ignore[union-attr]


class _TimeOfQuery(Expression):
    """The time at which a query is sent, so that a condition can be made once and used at any time."""

    output_field = DateTimeField()

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (connection.ops.adapt_datetimefield_value(timezone.now()),)


class _TimeToCome(_TimeOfQuery):
    """The place of the time in a query that is compiled before it is sent."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (_TimeToCome,)


class _CompiledOnce(Expression):
    """A query of the rows of one column, which names nothing of a query around it, for conditions with `__in`.

    Its text is made once for each kind of database: for operations that takes twenty times as long as to ask it.
    """

    output_field = TextField()

    def __init__(self, make: Callable[[datetime], QuerySet[Any, Any]]) -> None:
        super().__init__()
        self._make = make
        self._compiled: dict[str, tuple[str, tuple[Any, ...]]] = {}

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        if connection.vendor not in self._compiled:
            rows = self._make(cast(datetime, _TimeToCome()))
            self._compiled[connection.vendor] = rows.query.get_compiler(connection=connection).as_sql()
        text, values = self._compiled[connection.vendor]
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        return f"({text})", tuple(now if value is _TimeToCome else value for value in values)


@cache
def _condition(model: type[Model]) -> Q:
    """Returns the rule of a table. Made once: a rule nests queries, and to make them takes longer than to ask them."""
    return _RULES[model](cast(datetime, _TimeOfQuery()))


def visible(rows: QuerySet[AnyModel], user: User) -> QuerySet[AnyModel]:
    """Returns those of the rows that a user may see; no rows of a table of the archive that has no rule."""
    if may_see_all(user):
        return rows
    if rows.model in _RULES:
        return rows.filter(_condition(rows.model))
    return rows.none() if rows.model._meta.app_label == Article._meta.app_label else rows


def _article(now: datetime) -> Q:
    return is_shown(now)


def _touched_articles(now: datetime) -> QuerySet[Article]:
    """Returns the articles of which something is withheld or withdrawn: what was said of them is hidden too."""
    withheld = Withholding.objects.filter(withheld_at(now)).values("article")
    closed = closed_sections(now).order_by().values("article")
    return Article.objects.filter(is_hidden(now) | Q(pk__in=withheld) | Q(pk__in=closed)).order_by()


def _untouched_articles(now: datetime) -> QuerySet[Article]:
    """Returns the articles of which nothing is withheld or withdrawn."""
    withheld = Withholding.objects.filter(withheld_at(now), article=OuterRef("pk"))
    closed = closed_sections(now).filter(article=OuterRef("pk"))
    return Article.objects.filter(is_shown(now), ~Exists(withheld), ~Exists(closed))


def _section(now: datetime) -> Q:
    return is_section_shown(now)


def _words(now: datetime) -> Q:
    return is_in_shown_words(now)


def _in_words(now: datetime) -> Q:
    """What is in a version of a section that is shown: a mention, a statement."""
    # Not by one more query: databases bound how deep queries are nested.
    return is_in_shown_words(now, path="version__")


def hidden_mentions(user: User) -> QuerySet[Mention]:
    """Returns the mentions of names that a user may not see, found by what hides them: they are few."""
    if may_see_all(user):
        return Mention.objects.none()
    now = timezone.now()
    versions = SectionVersion.objects.filter(~_words(now), section__article__in=_touched_articles(now).values("pk"))
    return Mention.objects.filter(version__in=versions.order_by().values("pk")).order_by()


def _spelling(now: datetime) -> Q:
    """A spelling that a text which is shown has; or one that a curator added to such a name, and no text has."""
    mentions = Mention.objects.filter(spelling=OuterRef("pk"))
    return Q(shown=True) | Q(~Exists(mentions), curated=True, name__shown=True)


def _name(now: datetime) -> Q:
    """A name that a text which is shown has; or one that was merged, if such a text has it as it was written."""
    spelt_so = Spelling.objects.filter(name=OuterRef("merged_into_id"), text=OuterRef("label"), shown=True)
    return Q(shown=True) | Q(Exists(spelt_so), merged_into__isnull=False)


def _untouched_names(now: datetime) -> QuerySet[Name]:
    """Returns the visible names of which no spelling is hidden: what was said of one may have it, as of an article."""
    hidden = Spelling.objects.filter(Exists(Mention.objects.filter(spelling=OuterRef("pk"))), shown=False)
    of_name = Q(name=OuterRef("pk")) | Q(name=OuterRef("merged_into_id"))
    return Name.objects.filter(_name(now), ~Exists(hidden.filter(of_name)))


def _version(now: datetime) -> Q:
    return is_version_shown(now)


def _capture(now: datetime) -> Q:
    """A capture whose bytes are those of versions that are shown, and of no other: several articles may share them.

    No version of these bytes has words that are withdrawn.
    """
    versions = ArticleVersion.objects.filter(capture__sha256=OuterRef("sha256"))
    shown = shown_versions(now).filter(capture__sha256=OuterRef("sha256"))
    found = Q(Exists(shown), ~Exists(versions.exclude(pk__in=shown_versions(now).values("pk"))))
    for condition in withdrawn_words(now):
        withdrawn = Placement.objects.filter(condition).order_by().values("article_version__capture__sha256")
        found &= ~Q(sha256__in=withdrawn)
    return found


def _named(model: type[Source | Topic], path: str) -> Callable[[datetime], Q]:
    """A source or topic of an article that is shown, or of none, if a curator added it. `path` leads to it from there.

    Those that ingest added come from articles; where they are withheld, or deleted since, so are their names.
    """

    def rule(now: datetime) -> Q:
        articles = Article.objects.filter(**{path: OuterRef("pk")})
        added = LogEntry.objects.filter(
            content_type__app_label=model._meta.app_label,
            content_type__model=model._meta.model_name,
            action_flag=ADDITION,
            object_id=Cast(OuterRef("pk"), TextField()),
        )
        return Q(Exists(articles.filter(is_shown(now)))) | Q(~Exists(articles), Exists(added))

    return rule


def _problem(now: datetime) -> Q:
    """A problem of an article of which nothing is withheld; or of a place from which nothing came that is hidden."""
    at_place = Capture.objects.filter(run=OuterRef("run"), origin=OuterRef("origin"), locator=OuterRef("locator"))
    hidden = Exists(at_place.exclude(_capture(now)))
    return Q(article__in=_untouched_articles(now)) | Q(~hidden, article=None)


def _visible_subjects(now: datetime) -> dict[str, QuerySet[Any]]:
    """Returns the visible rows of what curators change, by the name of the model."""
    return {
        "article": _untouched_articles(now),
        "source": Source.objects.filter(_SOURCE(now)),
        "topic": Topic.objects.filter(_TOPIC(now)),
        "section": Section.objects.filter(_section(now), article__in=_untouched_articles(now)),
        "name": _untouched_names(now),
        "spelling": Spelling.objects.filter(_spelling(now), name__in=_untouched_names(now)),
        "statement": Statement.objects.filter(_in_words(now)),
    }


def _edit(now: datetime) -> Q:
    """An edit of a row that is there and visible. A merge names rows that are not.

    It excludes rather than finds, so that a database goes through the latest edits and not through all of a subject.
    """
    shown = ~Q(how=MERGED)
    for subject, visible_rows in _visible_subjects(now).items():
        shown &= ~Q(~Exists(visible_rows.filter(pk=OuterRef("subject_id"))), subject=subject)
    for named, image in _NAMINGS:
        rows = _rows_naming_hidden(named, image, now)
        shown &= ~Q(Exists(rows.filter(operation=OuterRef("operation"))), subject__in=_OF_NAMES)
    return shown


# What curators decide on that texts name and state.
_OF_NAMES = ("name", "spelling", "statement")


class _Naming(NamedTuple):
    """What a row of an operation may name beside its subject: the column of the table that has its number."""

    subject: str
    table: type[Model]
    column: str
    named: str


# Who was kept apart from whom, and whom a curator gave a statement as the speaker; before the operation and after it.
_NAMINGS = tuple(
    (naming, image)
    for naming in (
        _Naming("name", NameJudgement, "other_id", "name"),
        _Naming("statement", Statement, "speaker_id", "spelling"),
    )
    for image in ("before", "after")
)


def _rows_naming_hidden(naming: _Naming, image: str, now: datetime) -> QuerySet[OperationRow]:
    """Returns the rows of operations on names and statements that were about another name too, which is hidden now."""
    rows = OperationRow.objects.order_by().filter(subject=naming.subject, table=naming.table._meta.label_lower)
    number = Cast(KeyTextTransform(naming.column, image), BigIntegerField())
    # Where the column is null, SQLite casts the word to 0.
    named = rows.annotate(named=number).filter(named__gt=0)
    return named.filter(~Exists(_visible_subjects(now)[naming.named].filter(pk=OuterRef("named"))))


def _operations_naming_hidden(naming: _Naming, image: str, now: datetime) -> QuerySet[Any, Any]:
    return _rows_naming_hidden(naming, image, now).values("operation")


def _operation(now: datetime) -> Q:
    """An operation all of whose rows are there and visible. A merge names rows that are not.

    Operations may have millions of rows, nearly all of them visible: those that are not are found by what hides them.
    """
    shown = ~Q(kind=MERGED)
    for subject in ("touched article", "section of a touched article", *_visible_subjects(now)):
        shown &= ~Q(pk__in=_CompiledOnce(partial(_operations_with_hidden, subject)))
    for naming, image in _NAMINGS:
        shown &= ~Q(pk__in=_CompiledOnce(partial(_operations_naming_hidden, naming, image)))
    return shown


def _operations_with_hidden(subject: str, now: datetime) -> QuerySet[Any, Any]:
    """Returns the operations that changed a hidden row of a subject."""
    rows = OperationRow.objects.order_by().values("operation")
    articles = _touched_articles(now).values("pk")
    if subject == "touched article":
        return rows.filter(subject="article", subject_id__in=articles)
    if subject == "section of a touched article":
        return rows.filter(subject="section", subject_id__in=Section.objects.filter(article__in=articles).values("pk"))
    there = _visible_subjects(now)[subject]
    if subject in ("article", "section"):
        there = there.model._default_manager.all()
    return rows.filter(~Exists(there.filter(pk=OuterRef("subject_id"))), subject=subject)


_LOGGED = ("article", "source", "topic", "section")


def _log_entry(now: datetime) -> Q:
    """An entry of the admin's log about a row that is there and visible, or of another app. A merge names others.

    Names are too many to be looked up by their numbers as texts; edits say who changed them.
    """
    label = Article._meta.app_label
    found = ~Q(content_type__app_label=label) | Q(content_type__app_label=label, content_type__model="ingestrun")
    for name in _LOGGED:
        ids = _CompiledOnce(partial(_visible_as_text, name))
        found |= Q(content_type__app_label=label, content_type__model=name, object_id__in=ids)
    return found & ~Q(change_message__startswith="Merged with")


def _visible_as_text(name: str, now: datetime) -> QuerySet[Any, Any]:
    """Returns the numbers of the visible rows of a table as the log has them."""
    rows = _visible_subjects(now)[name].order_by().annotate(as_text=Cast("pk", TextField()))
    numbers: QuerySet[Any, Any] = rows.values("as_text")
    return numbers


def _of_source(now: datetime) -> Q:
    """Another name or an address of a source that is visible."""
    return Q(source__in=Source.objects.filter(_SOURCE(now)))


def _everything(now: datetime) -> Q:
    return Q()


def _topic(now: datetime) -> Q:
    """A topic that a curator added, or one of an article that is shown."""
    return Q(curated=True) | _named(Topic, "topics")(now)


def _topic_name(now: datetime) -> Q:
    return Q(topic__in=Topic.objects.filter(_topic(now)))


_SOURCE, _TOPIC = _named(Source, "source"), _topic
_RULES: Mapping[type[Model], Callable[[datetime], Q]] = {
    Article: _article,
    ArticleVersion: _version,
    Section: _section,
    SectionVersion: _words,
    Capture: _capture,
    Mention: _in_words,
    Name: _name,
    Spelling: _spelling,
    Statement: _in_words,
    Source: _SOURCE,
    Topic: _TOPIC,
    TopicName: _topic_name,
    SourceName: _of_source,
    SourceHost: _of_source,
    # It names its article by the number alone; what was written for readers is all that it says.
    Withdrawal: _everything,
    IngestRun: _everything,
    Problem: _problem,
    Edit: _edit,
    Operation: _operation,
    LogEntry: _log_entry,
}
