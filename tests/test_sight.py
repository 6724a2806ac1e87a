"""A walk over every address of the site, as each kind of user: no word of what is withheld is in any answer.

The addresses come from the table of URLs, so that a new one fails here until it has a sample of its arguments; the
rows come from the database, so that a new table of the admin is walked by itself.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import cache
from itertools import combinations, islice, product
from typing import Any, ClassVar
from urllib.parse import quote, unquote_plus

import pytest
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Permission, User
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from archive.admin_sight import _SightOfAdmin, _SightOfRows
from archive.copies import merge_articles
from archive.curation import Terms, mark_curated, merge
from archive.ingest import settle_articles
from archive.items import Kind
from archive.models import (
    Article,
    ArticleVersion,
    Capture,
    Edit,
    IngestRun,
    Name,
    Operation,
    Problem,
    Proposal,
    Section,
    SectionVersion,
    Statement,
    Topic,
    Withdrawal,
    record_changes,
)
from archive.naming import MERGES, NAMES, STATEMENTS, weigh
from archive.operations import (
    DELETED,
    EDITED,
    ENTRY_EDITED,
    JOINED,
    MERGED,
    MERGED_ARTICLES,
    SPLIT,
    TRASHED,
    delete_for_good,
    operation,
    record_join,
    record_split,
    withdraw,
)
from archive.search_port import no_progress
from archive.sight import RIGHT
from search.exports import FORMATS
from search.fields import FIELDS
from search.index import engine, sync
from search.models import RecordedExport
from search.outputs import CITATIONS
from tests.archive.naming.names import mention_first_word
from tests.conftest import BuildOnce
from tests.search.exports.archive_of_storms import text_in
from tests.withheld_stories import FAR, HISTORIES, U1, U2, W1, W2, Message, markers, take_in

pytestmark = pytest.mark.django_db


# --- the archive ---

# Who walks as a curator, and edited articles before they were hidden.
CURATOR = "curator"

# What all histories do to rows is tested with the rules; these are of each kind.
WALKED = (
    "withheld, then usable with other words",
    "freed, and withheld again",
    "under embargo, then a correction without one",
    "usable, withheld, usable",
)


def tell(number: int, messages: Iterable[Message]) -> tuple[Message, ...]:
    """Returns messages with marks of their own: those of no other story begin like them."""
    mark = "q" + chr(ord("a") + number)
    return tuple(
        replace(message, name=message.name + mark, words=(message.words and message.words + mark))
        for message in messages
    )


def marks_of(messages: Iterable[Message]) -> set[str]:
    return {message.words or message.name for message in messages}


# The patterns of the archives that were built, by what they were built of.
_patterns: dict[object, re.Pattern[str]] = {}


@contextmanager
def hidden_archive(
    build_once: BuildOnce, *, locked: bool, histories: Iterable[str] = WALKED
) -> Iterator[re.Pattern[str]]:
    """Fills an archive with stories of which something is hidden; yields the pattern of words that nobody may see.

    `locked` leaves what happened last out of the index: another process keeps it.
    """
    made_of = ("hidden archive", locked, tuple(histories))

    def build() -> None:
        words = _fill(tuple(histories))
        if not locked:
            sync.drain(no_progress)
        _patterns[made_of] = re.compile("|".join(sorted(words)))

    build_once(made_of, build)
    _log_changes(User.objects.create_superuser("editor"))
    with engine().write() if locked else nullcontext():
        yield _patterns[made_of]


def _fill(histories: Sequence[str]) -> set[str]:
    """Records the stories, indexes them, and hides the last of them; returns the words that nobody may see."""
    hidden: set[str] = set()
    stories: list[tuple[str, Kind, tuple[Message, ...]]] = []
    for number, (messages, visible) in enumerate(HISTORIES[name] for name in histories):
        told = tell(number, messages)
        hidden |= marks_of(told) - {f"{name}q{chr(ord('a') + number)}" for name in visible}
        stories.append((f"story-{number}", "live" if number % 2 else "article", told))
    for story, kind, messages in stories:
        take_in(messages[:-1] or messages, story=story, kind=kind)
    hidden |= _curate(first=len(stories))
    acts = {act: tell(len(stories) + 3 + number, (U1, U2)) for number, act in enumerate(ACTS)}
    for act, messages in acts.items():
        take_in(messages, story=f"act-{messages[0].name}", kind="live" if "section" in act else "article")
    sync.drain(no_progress)
    for story, kind, messages in stories:
        take_in(messages, story=story, kind=kind, order=(len(messages) - 1,))
    for version in SectionVersion.objects.order_by("pk"):
        mention_first_word(version)
    weigh()
    words = {"editedmarker", "problemmarker"}
    for act, messages in acts.items():
        _edit(Article.objects.get(headline__endswith=messages[-1].name))
        words |= ACTS[act](Article.objects.get(headline__endswith=messages[-1].name), marks_of(messages))
    return words | {word for mark in hidden for word in markers(mark)}


def _curate(first: int) -> set[str]:
    """Adds traces of curators and of ingest about withheld articles; returns their marks."""
    (withheld,), (other,) = tell(first, (W1,)), tell(first + 1, (W2,))
    for message in (withheld, other):
        take_in((message,), story=f"held-{message.name}")
    article = Article.objects.get(headline__endswith=withheld.name)
    with operation(EDITED, user_name="editor", label=f"Edited {article}") as act:
        act.watch(Article, [article.pk])
        article.note = "editedmarker"
        mark_curated(article, ["note"])
        article.save()
    run = article.captures.get().run
    for about in (article, None):
        Problem.objects.create(
            run=run, level="note", origin=f"held-{withheld.name}", reason="problemmarker", article=about
        )
    kept = Topic.objects.create(name="Bridges")
    topics = Topic.objects.filter(name__endswith=other.name)
    with operation(MERGED, user_name="editor", label=f"Merged {topics.get()} into {kept}") as act:
        act.watch(Topic, [kept.pk, topics.get().pk])
        merge(kept, topics, operation=act.operation)
    return {withheld.name, other.name}


def _edit(article: Article) -> None:
    """Edits an article as the curator of the walk does: the operation names its headline, which is hidden later."""
    with operation(EDITED, user_name=CURATOR, label=f"Edited {article}") as act:
        act.watch(Article, [article.pk])
        article.language = "en-GB"
        article.save()


def _log_changes(user: User) -> None:
    """Adds the entries of the admin's log about what `_curate` edited."""
    article = Article.objects.get(note="editedmarker")
    for row in (article, article.source, article.topics.get()):
        LogEntry.objects.create(
            user=user,
            content_type=ContentType.objects.get_for_model(row),
            object_id=str(row.pk),
            object_repr=str(row),
            action_flag=CHANGE,
            change_message=f"Changed {row}",
        )


def _all_words(marks: Iterable[str]) -> set[str]:
    return {word for mark in marks for word in markers(mark)}


def _withhold(article: Article, marks: set[str]) -> set[str]:
    return _set(article, marks, status="withheld")


def _put_under_embargo(article: Article, marks: set[str]) -> set[str]:
    return _set(article, marks, embargo=FAR)


def _set(article: Article, marks: set[str], **values: Any) -> set[str]:
    for name, value in values.items():
        setattr(article, name, value)
    mark_curated(article, values)
    article.save()
    settle_articles([article.pk])
    record_changes([article.pk])
    return _all_words(marks)


def _delete(article: Article, marks: set[str]) -> set[str]:
    with operation(DELETED, user_name="editor", label=f"Deleted {article}") as act:
        act.watch(Article, [article.pk])
        article.delete()
    return _all_words(marks)


def _trash(article: Article, marks: set[str]) -> set[str]:
    with operation(TRASHED, user_name="editor", label=f"Moved {article} to the trash") as act:
        act.watch(Article, [article.pk])
        Article.objects.filter(pk=article.pk).update(trashed=act.operation.at)
    return _all_words(marks)


def _delete_for_good(article: Article, marks: set[str]) -> set[str]:
    words = _trash(article, marks)
    delete_for_good([article.pk], user_name="editor")
    return words


def _withdraw_at_both_addresses(article: Article, marks: set[str]) -> set[str]:
    """Withdraws an article that was received at another address too."""
    take_in((Message(max(marks)),), story=f"address-{max(marks)}")
    other = Article.objects.latest("pk")
    with operation(MERGED_ARTICLES, user_name="editor", label="") as act:
        act.watch(Article, [article.pk, other.pk])
        act.label = merge_articles(other.pk, article.pk)
    return _withdraw(article, marks)


def _withdraw(article: Article, marks: set[str]) -> set[str]:
    withdraw([article], Terms("law", note="By order of the court."), user_name="editor")
    return _all_words(marks)


def _withdraw_section(article: Article, marks: set[str]) -> set[str]:
    """The section that both captures have, each with other words; the rest of the page is read by everyone.

    Before, a curator gave it a heading and a note of its own.
    """
    section = article.sections.get(key="lead")
    with operation(ENTRY_EDITED, user_name=CURATOR, label=f"Edited {section.heading}") as act:
        act.watch(Section, [section.pk])
        section.curated_heading, section.curated_note = "Headingmarker", "Entrynotemarker"
        section.save()
    withdraw([section], Terms("request"), user_name="editor")
    words = {f"{value}{mark}" for mark in marks for value in ("heading", "text", "rest")}
    return words | {"headingmarker", "entrynotemarker"}


def _withdraw_divided_section(article: Article, marks: set[str]) -> set[str]:
    """The lead is split, its second part joined with the entry behind it, and that is withdrawn: all share words."""

    def load(**wanted: Any) -> Section:
        return article.sections.select_related("current", "article").filter(**wanted).latest("current")

    lead = load(key="lead")
    with operation(SPLIT, user_name=CURATOR, label=f"Split {lead.heading}") as act:
        number = record_split(act, lead, 1)
    part, entry = load(pk=number), load(key__startswith="entry-")
    with operation(JOINED, user_name=CURATOR, label=f"Joined {part.text} with {entry.text}") as act:
        record_join(act, part, entry)
    withdraw([entry], Terms("request"), user_name="editor")
    words = {f"{value}{mark}" for mark in marks for value in ("heading", "text", "rest")}
    return words | {entry.key.replace("-", "")}


# What is done to articles that readers saw before; each returns the words that nobody may see from then on.
ACTS: dict[str, Callable[[Article, set[str]], set[str]]] = {
    "withheld": _withhold,
    "deleted": _delete,
    "embargo": _put_under_embargo,
    "trashed": _trash,
    "deleted for good": _delete_for_good,
    "withdrawn at both addresses": _withdraw_at_both_addresses,
    "withdrawn": _withdraw,
    "withdrawn section": _withdraw_section,
    "withdrawn section of a divided entry": _withdraw_divided_section,
}


# --- the addresses ---


def patterns(found: Iterable[Any] = (), prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Yields each pattern of the table of URLs, with its whole path."""
    for pattern in found or get_resolver().url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern.url_patterns, path)
        else:
            yield path, pattern


def pks(model: type[Model]) -> list[int]:
    """Returns the numbers of rows, the first and the last of many, and those withdrawn; and one that no row has."""
    rows = model._default_manager.order_by("pk")
    found = list(rows.values_list("pk", flat=True))
    limit = MAX_AT_ENDS_OF.get(model, MAX_AT_ENDS)
    ends = found if len(found) <= 2 * limit else found[:limit] + found[-limit:]
    if model in (Article, Section):
        ends += rows.filter(closed_until__isnull=False).exclude(pk__in=ends).values_list("pk", flat=True)
    return [*ends, 999_999]


# Of the rows of a table, so many at its beginning and at its end are asked for.
MAX_AT_ENDS = 5
# So many by each user with one permission, of whom there are fifty: at both ends, something is hidden.
MAX_AT_ENDS_OF_ONE = 2
# Each kind of act has left some of its own, always asked for.
MAX_AT_ENDS_OF: dict[type[Model], int] = {Operation: 50, Article: MAX_AT_ENDS, Edit: MAX_AT_ENDS}

FACETS = [field.name for field in FIELDS if field.facet]
# For each name of a pattern, or else its path, the arguments that are tried.
Samples = Callable[[], Iterable[Mapping[str, object]]]
SAMPLES: dict[str, Samples] = {
    "view_on_site": lambda: (
        {"content_type_id": kind.pk, "object_id": pk}
        for kind in ContentType.objects.all()
        if (model := kind.model_class()) and hasattr(model, "get_absolute_url")
        for pk in pks(model)
    ),
    "app_list": lambda: ({"app_label": label} for label in ("auth", "archive")),
    "admin/(?P<url>.*)$": lambda: ({"url": "nothing"},),
    "auth_user_password_change": lambda: ({"id": pk} for pk in pks(User)),
    "auth_user_link": lambda: ({"object_id": pk} for pk in pks(User)),
    "set-password": lambda: (
        {"uidb64": "MQ", "token": token} for token in ("set-password", "d1fw0j-0123456789abcdef")
    ),
    **dict.fromkeys(
        ("archive_operation_step", "archive_operation_progress", "archive_operation_undo"),
        lambda: ({"pk": pk} for pk in pks(Operation)),
    ),
    **dict.fromkeys(
        ("archive_article_entry", "archive_article_divide"),
        lambda: ({"pk": article, "section": pk} for pk, article in Section.objects.values_list("pk", "article")),
    ),
    "archive_article_move_entry": lambda: ({"pk": pk} for pk in pks(Article)),
    "archive_ingestrun_take-back": lambda: ({"object_id": pk} for pk in pks(IngestRun)),
    "archive_problem_bytes": lambda: ({"pk": pk} for pk in pks(Problem)),
    "archive_capture_bytes": lambda: ({"pk": pk} for pk in pks(Capture)),
    "values": lambda: ({"name": name} for name in FACETS),
    "export": lambda: ({"name": name} for name in FORMATS),
    "article": lambda: ({"pk": pk, "slug": slug} for pk in pks(Article) for slug in slugs(pk)),
    "article-number": lambda: ({"pk": pk} for pk in pks(Article)),
    "article-citation": lambda: ({"pk": pk, "name": name} for pk in pks(Article) for name in some_citations()),
    "section-citation": lambda: ({"pk": pk, "name": name} for pk in pks(Section) for name in some_citations()),
    **dict.fromkeys(("section", "section-citations"), lambda: ({"pk": pk} for pk in pks(Section))),
    **dict.fromkeys(("recorded-export", "delete-export"), lambda: ({"pk": pk} for pk in pks(RecordedExport))),
    "archive_name_spellings": lambda: ({"object_id": pk} for pk in pks(Name)),
    "withdraw_article": lambda: ({"pk": pk} for pk in pks(Article)),
    "withdraw_section": lambda: ({"pk": pk} for pk in pks(Section)),
    "restore_withdrawal": lambda: ({"pk": pk} for pk in pks(Withdrawal)),
    "name": lambda: ({"pk": pk} for pk in pks(Name)),
    "hit": lambda: ({"number": number} for number in (1, 2, 3, 999_999)),
    "sitemap-page": lambda: ({"page": page} for page in (1, 2)),
    **dict.fromkeys(("more", "captures", "article-citations"), lambda: ({"pk": pk} for pk in pks(Article))),
}
# All forms of citations say the same: one of them is tried at each capture and version.
_ONE_CITATION = "csl"


def some_citations() -> list[str]:
    assert _ONE_CITATION in CITATIONS
    return [_ONE_CITATION, "bibtex"]


def slugs(pk: int) -> list[str]:
    article = Article.objects.filter(pk=pk).first()
    return ["x", *([article.get_absolute_url().split("-", 1)[1].strip("/")] if article else [])]


def samples_of(path: str, pattern: URLPattern) -> Iterable[Mapping[str, object]]:
    """Returns the arguments to try. Raises LookupError for a pattern that has none here."""
    if not pattern.pattern.converters and not pattern.pattern.regex.groups:
        return ({},)
    if samples := SAMPLES.get(pattern.name or path):
        return samples()
    match = re.fullmatch(r"admin/(\w+)/(\w+)/<path:object_id>/(?:\w+/)?", path)
    if match:
        model = ContentType.objects.get(app_label=match[1], model=match[2]).model_class()
        assert model is not None
        return ({"object_id": pk} for pk in pks(model))
    raise LookupError(f"{path} has no sample of its arguments: add one to SAMPLES")


def address(path: str, pattern: URLPattern, arguments: Mapping[str, object]) -> str:
    url = path
    for name, value in arguments.items():
        url = re.sub(rf"<(?:\w+:)?{name}>|\^?\(\?P<{name}>(?:[^()]|\([^()]*\))*\)", str(value), url)
    return "/" + url.replace("^", "").replace("$", "")


def parameters_of(
    name: str, arguments: Mapping[str, object], searched: list[str], *, both_ways: bool
) -> Iterator[str]:
    """Yields the parameters to try at an address, beside none; see `compared` for `both_ways`."""
    pk = int(str(arguments.get("pk", 0)))
    if name in ("article", "article-citations") or (name == "article-citation" and arguments["name"] == _ONE_CITATION):
        hashes = [sha256[:16] for sha256 in Capture.objects.filter(articles=pk).values_list("sha256", flat=True)]
        yield from (f"?capture={sha256}" for sha256 in hashes)
        if name == "article":
            yield from (f"?capture={later}&against={other}" for other, later in compared(hashes, both_ways=both_ways))
            yield from (
                "?order=oldest",
                "?q=everybody",
                "?find=text*",
                "?find=marker*+OR+heading*",
                "?only=key-events",
                "?marks=on",
            )
    if name in ("section", "section-citation"):
        section = Section.objects.filter(pk=pk).first()
        numbers = list(section.versions.values_list("number", flat=True)) if section else []
        shas = list(Capture.objects.filter(articles__sections=pk).values_list("sha256", flat=True)) if section else []
        if name == "section" or arguments["name"] == _ONE_CITATION:
            yield from (f"?version={number}" for number in numbers)
            yield from (f"?capture={sha256[:16]}" for sha256 in shas)
        if name == "section":
            yield "?marks=on"
            yield from (f"?version={later}&against={other}" for other, later in compared(numbers, both_ways=both_ways))
    if name in ("search", "values", "feed", "export"):
        yield from (f"?q={quote(q)}" for q in searched)
    if name == "search":
        yield from (
            "?unit=article&q=everybody",
            "?fold=copies&q=everybody",
            "?list=sections&q=everybody&sort=captured",
            "?q=captured:2025-06-02",
            "?q=everybody&show=statements",
            "?q=text*&show=speakers&per-page=100",
        )
    if name == "name":
        yield from ("?show=by", "?show=naming")
    if name == "suggest":
        yield from (f"?q={q}{options}" for q in SUGGESTED for options in ("", "&as=options"))
    if name == "more":
        yield "?q=everybody"
    if name == "autocomplete":
        for field in ("topics", "source"):
            yield f"?app_label=archive&model_name=article&field_name={field}&term="
    if name == "archive_name_queue":
        yield from (f"?kind={kind}" for kind in (MERGES, NAMES, STATEMENTS))
        yield from (f"?kind=names&item={pk}" for pk in pks(Name))
        yield from (f"?kind=statements&item={pk}" for pk in pks(Statement))
        pairs = Proposal.objects.filter(kind=Proposal.Kind.MERGE).values_list("other", "subject")
        yield from (f"?kind=merges&item={first}-{second}" for first, second in pairs[:5])
    if name == "archive_name_merge":
        yield "?" + "&".join(f"name={pk}" for pk in pks(Name))
    if name.endswith("_changelist"):
        yield from ("?_popup=1", "?all=", "?q=story", "?q=held", "?q=marker", "?o=1", "?facets=True", "?_facets=True")


def compared(values: list[Any], *, both_ways: bool) -> Iterable[tuple[Any, Any]]:
    """Returns what is compared: each with each later one, or also with each earlier one and itself."""
    return product(values, repeat=2) if both_ways else combinations(values, 2)


SUGGESTED = ("textw", "textu", "head", "headlinew", "entryw", "topic", "byline", "source:", "topic:top", "story headl")
SEARCHED = ("everybody", "text*", "only*", "head*", "headlinew~", "source:*", "topic:*", "story NOT update", "marker*")


def addresses(
    *, in_admin: bool, of_model: str = "", searched: Sequence[str] = SEARCHED, both_ways: bool = True
) -> Iterator[str]:
    """Yields the addresses in the admin, or all others; of the admin of one table alone if `of_model` is given.

    Those that answer a search are asked each of the `searched`; those that compare, see `compared`.
    """
    for path, pattern in patterns():
        if of_model and not re.match(rf"admin/\w+/{of_model}/|admin/$", path):
            continue
        if path.startswith("admin/") != in_admin or path.endswith(("logout/", "password_change/")):
            continue
        for arguments in samples_of(path, pattern):
            plain = address(path, pattern, arguments)
            yield plain
            name = pattern.name or ""
            yield from (plain + more for more in parameters_of(name, arguments, list(searched), both_ways=both_ways))


# --- the walk ---


class RememberingBackend(ModelBackend):
    """Loads each user and their permissions once: a walk changes neither, and asks a thousand times."""

    users: ClassVar[dict[int, Any]] = {}

    def get_user(self, user_id: int) -> Any:
        if user_id not in self.users:
            self.users[user_id] = super().get_user(user_id)
        return self.users[user_id]


@pytest.fixture(autouse=True)
def light_sign_in(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keeps sessions and users in memory: their queries take a fifth of the time of a walk."""
    monkeypatch.setattr(RememberingBackend, "users", {})
    settings.AUTHENTICATION_BACKENDS = [f"{__name__}.RememberingBackend"]
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.cache"


def words_in(response: Any, asked: str, hidden: re.Pattern[str]) -> set[str]:
    """Returns the hidden words in the body and the headers of an answer, without those that were asked for."""
    headers = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    text = (headers + "\n" + text_in(response.getvalue())).lower()
    return {word for word in hidden.findall(text) if word not in unquote_plus(asked).lower()}


class LeanClient(Client):
    """A client that keeps no copy of the templates and contexts of an answer, which take a tenth of a walk."""

    def request(self, **request: Any) -> Any:
        response = self.handler(self._base_environ(**request))  # type: ignore[attr-defined]
        assert response.status_code < 500, request["PATH_INFO"]
        return response


def leaks(
    clients: Mapping[str, Client], hidden: re.Pattern[str], urls: Iterable[str], counts: Counter[int] | None = None
) -> Iterator[tuple[str, str, set[str]]]:
    """Asks addresses in turn, as several users; yields those with hidden words in their answers, and who got them.

    Counts how often each status is answered. All get the same status, but where pages need a user.
    """
    for url in urls:
        statuses = set()
        for name, client in clients.items():
            response = client.get(url)
            statuses.add(response.status_code)
            if counts is not None:
                counts[response.status_code] += 1
            if words := words_in(response, url, hidden):
                yield name, url, words
        assert len(statuses) == 1 or url.startswith(FOR_USERS), (url, statuses)


# What only those who are signed in have, or some of them.
FOR_USERS = ("/exports/", "/withdrawals/", "/login/", "/password/")


def walk(
    clients: Mapping[str, Client], hidden: re.Pattern[str], urls: Iterable[str]
) -> tuple[list[tuple[str, str, set[str]]], Counter[int]]:
    """Asks addresses, each once; returns who got hidden words where, and how often each status was answered."""
    counts: Counter[int] = Counter()
    return list(leaks(clients, hidden, dict.fromkeys(urls), counts)), counts


def staff(*codenames: str, name: str = "") -> Client:
    """Returns a client of a member of staff with these permissions alone."""
    user = User.objects.create_user(name or f"staff {len(User.objects.all())}", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client = LeanClient()
    client.force_login(user)
    return client


def reader() -> Client:
    """Returns a client of somebody who is signed in, and has no permission."""
    client = LeanClient()
    client.force_login(User.objects.create_user("reader"))
    return client


# What permissions allow; each name begins with a verb.
VERBS = ("add", "change", "delete", "view", "withdraw", "merge", "empty", "undo")


def other_permissions(verb: str = "") -> list[str]:
    """Returns the permissions that do not include the right to see what is withheld; of one verb alone if given."""
    right = RIGHT.partition(".")[2]
    models = [model._meta.model_name for model in admin.site._registry]
    found = Permission.objects.filter(content_type__model__in=models, codename__startswith=verb).exclude(
        codename=right
    )
    return list(found.order_by("codename").values_list("codename", flat=True))


def test_visitors_find_no_word_before_the_index_knows(build_once: BuildOnce, settings: Any) -> None:
    settings.LET_ROBOTS_IN = settings.REGISTER_IS_PUBLIC = True
    with hidden_archive(build_once, locked=True) as hidden:
        found, counts = walk({"visitor": LeanClient()}, hidden, addresses(in_admin=False))
    assert found == []
    assert (counts[200] > 200, counts[404] > 100, counts[451] > 15, counts[410] > 7) == (True,) * 4, counts


def test_visitors_readers_and_curators_find_no_word_anywhere(build_once: BuildOnce, settings: Any) -> None:
    """What readers and curators get is what visitors get, except for the ways into the admin.

    So visitors alone ask all searches, and compare captures and versions both ways.
    """
    settings.LET_ROBOTS_IN = settings.REGISTER_IS_PUBLIC = True
    visitor = LeanClient()
    with hidden_archive(build_once, locked=False) as hidden:
        clients = {"visitor": visitor, "reader": reader(), "curator": staff(*other_permissions())}
        asked = dict.fromkeys(addresses(in_admin=False, searched=SEARCHED[:1], both_ways=False))
        found, counts = walk(clients, hidden, asked)
        others = [url for url in addresses(in_admin=False) if url not in asked]
        assert list(leaks({"visitor": visitor}, hidden, others, counts)) == []
    assert found == []
    assert len(others) > 100
    assert (counts[200] > 400, counts[404] > 300, counts[451] > 45, counts[410] > 21) == (True,) * 4, counts


def test_staff_with_all_other_permissions_find_no_word_in_the_admin(build_once: BuildOnce) -> None:
    with hidden_archive(build_once, locked=True) as hidden:
        found, counts = walk({"curator": staff(*other_permissions(), name=CURATOR)}, hidden, addresses(in_admin=True))
    assert found == []
    assert (counts[200] > 100, max(counts) < 500) == (True, True), counts


@pytest.mark.slow
@pytest.mark.parametrize("verb", VERBS)
def test_each_permission_alone_shows_no_word_in_the_admin(
    build_once: BuildOnce, verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{__name__}.MAX_AT_ENDS", MAX_AT_ENDS_OF_ONE)
    with hidden_archive(build_once, locked=True, histories=WALKED[:1]) as hidden:
        urls_of = cache(lambda model: list(addresses(in_admin=True, of_model=model)))
        for codename in other_permissions(verb):
            model = Permission.objects.get(codename=codename).content_type.model
            assert walk({codename: staff(codename)}, hidden, urls_of(model))[0] == []


def test_every_permission_has_its_test() -> None:
    assert {codename.partition("_")[0] for codename in other_permissions()} == set(VERBS)


def test_the_walk_finds_what_curators_see(build_once: BuildOnce) -> None:
    with hidden_archive(build_once, locked=False) as hidden:
        client = staff(RIGHT.partition(".")[2], "view_article", "view_capture", "view_topic", "view_edit")
        urls = (url for url in addresses(in_admin=False) if url.startswith(("/articles/", "/sections/")))
        assert len(list(islice(leaks({"librarian": client}, hidden, urls), 21))) == 21
        for model in ("article", "topic", "edit", "capture"):
            assert next(leaks({"librarian": client}, hidden, addresses(in_admin=True, of_model=model)), None), model


def test_actions_of_the_admin_name_no_hidden_row(build_once: BuildOnce) -> None:
    with hidden_archive(build_once, locked=False) as hidden:
        client = staff(*other_permissions())
        for model in ("article", "source", "topic"):
            every = [str(pk) for pk in pks(admin_model(model))]
            for action in ("set_fields", "merge", "delete_selected", "show_as_received"):
                url = reverse(f"admin:archive_{model}_changelist")
                for selected in (every, every[:2]):
                    sent = {"action": action, "_selected_action": selected, "select_across": "0"}
                    if action == "show_as_received":
                        continue  # it changes rows without asking
                    assert words_in(client.post(url, sent, follow=True), url, hidden) == set(), (url, action)


def admin_model(name: str) -> type[Model]:
    return next(model for model in admin.site._registry if model._meta.model_name == name)


def test_every_admin_class_has_the_filter() -> None:
    for model, registered in admin.site._registry.items():
        assert type(registered).__mro__[1] is _SightOfAdmin, model
        for inline in registered.inlines:
            assert issubclass(inline, _SightOfRows), (model, inline)


def test_every_address_has_a_sample() -> None:
    take_in((U1,))
    for path, pattern in patterns():
        for arguments in samples_of(path, pattern):
            assert get_resolver().resolve(address(path, pattern, arguments)), path
    assert ArticleVersion.objects.exists()
