"""The texts by which a person decides: where a name is mentioned, and a statement in its paragraph."""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest

from django.db.models import Count, QuerySet

from ..models import Mention, Name, SectionVersion, Spelling, Statement, StatementLink, annotated_text
from ..sight import User, hidden_mentions, may_see_all, visible

# So many passages tell one name from another.
MAX_PASSAGES = 5
# Several mentions of one text say the same.
_MENTIONS_LOOKED_AT = 15
_MAX_SPELLINGS = 8
_MAX_SIDE_CHARS = 180
_MAX_PARAGRAPH_CHARS = 3000


@dataclass(frozen=True)
class Run:
    """A part of a paragraph; `kind` says what it is: content, speaker, cue, source, hedge, or nothing of these."""

    text: str
    kind: str = ""


@dataclass(frozen=True)
class Passage:
    """A mention with the words around it, where it stands, and which rule found it with what precision."""

    before: str
    marked: str
    after: str
    version: SectionVersion
    rule: str
    percent: int


@dataclass(frozen=True)
class StatementInText:
    """A statement in its paragraphs, with the way that it took: words for each step."""

    paragraphs: tuple[tuple[Run, ...], ...]
    chain: tuple[tuple[str, str], ...]


def count_mentions(path: str, ids: Collection[int], user: User) -> dict[int, int]:
    """Returns how often texts that a user may see mention names or spellings, to which `path` leads from a mention.

    Two queries: all mentions by an index, and those that are hidden, which are few, by what hides them.
    """

    def count(mentions: QuerySet[Mention]) -> dict[int, int]:
        return dict(mentions.order_by().values_list(path).annotate(found=Count("pk")))

    every = count(Mention.objects.filter(**{f"{path}__in": list(ids)}))
    hidden = count(hidden_mentions(user))
    return {pk: every.get(pk, 0) - hidden.get(pk, 0) for pk in ids}


def passages_of(name_id: int, user: User) -> list[Passage]:
    """Returns passages of different articles that mention a name, of those that a user may see, in all its spellings.

    A query for each spelling, of the first few: a database finds the last mentions of one without sorting them.
    """
    found: dict[int, Passage] = {}
    spellings = Spelling.objects.filter(name=name_id).order_by("pk")[:_MAX_SPELLINGS]
    of_each = [_mentions_of(spelling, user) for spelling in spellings]
    # The first of each spelling before the second of any.
    for mention in (mention for some in zip_longest(*of_each) for mention in some if mention):
        if mention.version.section.article_id not in found and len(found) < MAX_PASSAGES:
            found[mention.version.section.article_id] = _passage(mention)
    return list(found.values())


def _mentions_of(spelling: Spelling, user: User) -> list[Mention]:
    mentions = visible(Mention.objects.filter(spelling=spelling), user)
    return list(mentions.select_related("version__section__article", "rule").order_by("-pk")[:_MENTIONS_LOOKED_AT])


def _passage(mention: Mention) -> Passage:
    text = annotated_text(mention.version.heading, mention.version.text)
    return Passage(
        _shorten_left(text[: mention.start].rpartition("\n")[2]),
        text[mention.start : mention.end],
        _shorten_right(text[mention.end :].partition("\n")[0]),
        mention.version,
        mention.rule.words,
        mention.confidence_percent,
    )


def _shorten_left(text: str) -> str:
    if len(text) <= _MAX_SIDE_CHARS:
        return text
    return "… " + text[-_MAX_SIDE_CHARS:].partition(" ")[2]


def _shorten_right(text: str) -> str:
    if len(text) <= _MAX_SIDE_CHARS:
        return text
    return text[:_MAX_SIDE_CHARS].rpartition(" ")[0] + " …"


def speaker_of(statement: Statement, user: User) -> Name | None:
    """Returns whom a statement is by, if it is known and the user may see the name: curators may set a hidden one."""
    name = statement.speaker.name if statement.speaker else None
    return name if name and (name.shown or may_see_all(user)) else None


def speaker_phrase(statement: Statement) -> str:
    """Returns how the text names the speaker; empty if it does not."""
    start, end = statement.speaker_start, statement.speaker_end
    text = annotated_text(statement.version.heading, statement.version.text)
    return " ".join(text[start:end].split()) if start is not None else ""


def view_statement(statement: Statement) -> StatementInText:
    """Returns a statement in the paragraphs that have a part of it. One query."""
    text = annotated_text(statement.version.heading, statement.version.text)
    links = list(statement.chain.select_related("source__name"))
    spans: list[tuple[int, int, str]] = [(start, end, "content") for start, end in statement.content]
    spans += [(start, end, "hedge") for start, end in statement.hedges]
    spans += [(link.source_start, link.source_end or 0, "source") for link in links if link.source_start is not None]
    for start, end, kind in (
        (statement.speaker_start, statement.speaker_end, "speaker"),
        (statement.name_start, statement.name_end, "speaker"),
        (statement.cue_start, statement.cue_end, "cue"),
    ):
        if start is not None and end is not None:
            spans.append((start, end, kind))
    return StatementInText(tuple(_paragraphs(text, spans)), chain_of(statement, links))


def chain_of(statement: Statement, links: Iterable[StatementLink]) -> tuple[tuple[str, str], ...]:
    """Returns the way that a statement took: what each step is, and the source, empty where the text names none."""
    text = annotated_text(statement.version.heading, statement.version.text)
    return tuple(
        (str(link.get_kind_display()), _source(text, link.source_start, link.source_end, link.source))
        for link in links
    )


def _source(text: str, start: int | None, end: int | None, source: object) -> str:
    if source is not None:
        return str(source)
    return text[start:end] if start is not None else ""


def _paragraphs(text: str, spans: Sequence[tuple[int, int, str]]) -> Iterable[tuple[Run, ...]]:
    """Yields the paragraphs that a span touches, each as runs; the first kind of those that overlap counts."""
    starts = [0, *(place + 1 for place, sign in enumerate(text) if sign == "\n")]
    touched = {
        number
        for start, end, _ in spans
        for number in range(bisect_right(starts, start) - 1, bisect_right(starts, max(end - 1, start)))
    }
    for number in sorted(touched):
        first = starts[number]
        last = min(text.find("\n", first) if "\n" in text[first:] else len(text), first + _MAX_PARAGRAPH_CHARS)
        inside = [
            (max(start, first), min(end, last), kind) for start, end, kind in spans if start < last and end > first
        ]
        cuts = sorted({first, last, *(place for start, end, _ in inside for place in (start, end))})
        yield tuple(
            Run(text[start:end], next((kind for a, b, kind in inside if a <= start and end <= b), ""))
            for start, end in pairwise(cuts)
        )
