"""An article as it was received: its values without those that curators set, as a whole and in one capture.

What curators set of an article or an entry is here too, in words for readers.

What a citation prints beside the hash of a capture, and what a pinned page shows, comes from here. Makes no queries.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from archive.divided_text import describe_extent
from archive.models import UNKNOWN_SOURCE, Article, ArticleVersion, PublishingStatus
from archive.times import PRECISIONS, OutletTime

ReceivedValue = str | tuple[str, ...] | OutletTime | None


@dataclass(frozen=True)
class ReceivedArticle:
    """The values of an article that outlets and agencies sent. Values that are not known are empty.

    `source_name` is UNKNOWN_SOURCE where no capture names one. Times are on the clock of the outlet.
    """

    headline: str
    standfirst: str
    byline: str
    url: str
    language: str
    kind: str
    note: str
    status: str
    source_name: str
    time: OutletTime | None
    last_change: OutletTime | None


@dataclass(frozen=True)
class CuratedValue:
    """A value that a curator set and readers see, with the value as received. Either may be empty.

    `is_named` says that the page does not show the value itself.
    """

    label: str
    value: ReceivedValue
    received: ReceivedValue
    is_named: bool = False


@dataclass(frozen=True)
class _Field:
    """A field that curators may set and readers see.

    `attribute` is its name in ReceivedArticle, `name` that in `Article.curated_fields`. Topics are apart: they take a
    query, and those of all captures count.
    """

    attribute: str
    name: str
    label: str
    of_article: Callable[[Article], ReceivedValue]
    of_version: Callable[[ArticleVersion], ReceivedValue]


# What has been withdrawn is cited as such.
WITHDRAWN = "withdrawn"
_STATUSES: Mapping[str, str] = {
    PublishingStatus.USABLE: "usable",
    PublishingStatus.WITHHELD: "withheld",
    PublishingStatus.CANCELED: WITHDRAWN,
}


def _text_field(name: str, label: str) -> _Field:
    def read(row: Article | ArticleVersion) -> str:
        return str(getattr(row, name))

    return _Field(name, name, label, read, read)


# In the order in which pages name them.
_FIELDS = (
    _text_field("headline", "Headline"),
    _text_field("standfirst", "Standfirst"),
    _text_field("byline", "Byline"),
    _Field("source_name", "source", "Source", lambda row: row.source.name, lambda row: row.source_name),
    _Field("time", "published", "Time of publication", lambda row: row.time, lambda row: row.time),
    _Field("last_change", "updated", "Time of update", lambda row: row.last_change, lambda row: row.last_change),
    _text_field("kind", "Kind"),
    _text_field("language", "Language"),
    _text_field("url", "URL"),
    _text_field("note", "Note"),
    _Field("status", "status", "Status", lambda row: _STATUSES[row.status], lambda row: _STATUSES[row.status]),
)
_LISTED_FIELDS = tuple(field for field in _FIELDS if field.name in ("headline", "byline", "source", "published"))
_EMPTY = ReceivedArticle("", "", "", "", "", "", "", "", UNKNOWN_SOURCE, None, None)


def as_received(article: Article, versions: Sequence[ArticleVersion]) -> ReceivedArticle:
    """Returns an article without what curators set: what its captures say, the latest first.

    `versions` are those of `load_versions` that the reader may see. An excerpt counts only where no whole capture has
    a value, and a less precise time only where none is more precise, as at ingest.
    """
    values: dict[str, Any] = {}
    for field in _FIELDS:
        if field.name not in article.curated_fields:
            values[field.attribute] = field.of_article(article)
            continue
        received: list[Any] = [value for version in _by_weight(versions) if (value := field.of_version(version))]
        if field.attribute == "time":
            values["time"] = max(received, key=_precision, default=None)
        elif received:
            values[field.attribute] = received[0]
    return replace(_EMPTY, **values)


def received_topics(versions: Sequence[ArticleVersion]) -> tuple[str, ...]:
    """Returns the names of the topics in all captures."""
    return tuple(dict.fromkeys(name for version in versions for name in version.topic_names))


def in_capture(article: Article, versions: Sequence[ArticleVersion], version: ArticleVersion) -> ReceivedArticle:
    """Returns an article as one of its captures has it. What this capture lacks is as other captures have it.

    The note is an exception: it is about what it came with. The status is what has been received of the article since.
    """
    received = as_received(article, versions)
    own: dict[str, Any] = {field.attribute: value for field in _FIELDS if (value := field.of_version(version))}
    return replace(received, **{"note": "", **own, "status": received.status})


def curated_values(article: Article, versions: Sequence[ArticleVersion]) -> list[CuratedValue]:
    """Returns the values that curators set to something else than was received. One query if they set the topics."""
    received = as_received(article, versions)
    found = []
    for field in _FIELDS:
        value, before = field.of_article(article), getattr(received, field.attribute)
        if value != before:
            found.append(CuratedValue(field.label, value, before))
    if "topics" in article.curated_fields:
        names, before = tuple(topic.name for topic in article.topics.all()), received_topics(versions)
        if set(names) != set(before):
            found.append(CuratedValue("Topics", names, before))
    return found


def curated_label(article: Article, *, with_topics: bool = False) -> str:
    """Returns which values of an article curators set, in words for lists: "Byline and headline set by a curator".

    Empty where they set none that lists show, `with_topics` or without. Lists do not know what was received, which may
    be the same.
    """
    names = [field.label for field in _LISTED_FIELDS if field.name in article.curated_fields]
    if with_topics and "topics" in article.curated_fields:
        names.append("Topics")
    return _set_by_curator(names)


def _set_by_curator(names: Sequence[str]) -> str:
    if not names:
        return ""
    return f"{' and '.join(filter(None, [', '.join(names[:-1]), names[-1]])).capitalize()} set by a curator"


class _ShownEntry(Protocol):
    """A version of a section, or what has the columns of one."""

    heading: str
    text: str
    number: int
    key_event: bool
    note: str

    def time_published(self, zone: str) -> OutletTime | None: ...


# The values of an entry that curators may set, by the names of `Section.curated_fields`.
_ENTRY_FIELDS: Mapping[str, tuple[str, Callable[[_ShownEntry, str], ReceivedValue]]] = {
    "heading": ("Heading", lambda entry, zone: entry.heading),
    "published": ("Time of the entry", lambda entry, zone: entry.time_published(zone)),
    "key_event": ("Key event", lambda entry, zone: "yes" if entry.key_event else "no"),
    "note": ("Note of the entry", lambda entry, zone: entry.note),
}
_ENTRY_TOPICS = "Topics of the entry"
# How much of what was received an entry shows, where curators split or joined entries.
_ENTRY_EXTENT = "Extent"
_ENTRY_COLUMNS = {name: f"entry_{name}" for name in ("published", "note")}


def curated_entry_values(
    shown: _ShownEntry, received: _ShownEntry, zone: str, topics: Sequence[str] = ()
) -> list[CuratedValue]:
    """Returns the values of an entry that curators set to something else than was received, and its own topics.

    `zone` is that of its source. No entry is received with topics.
    """
    values = [
        CuratedValue(label, value, before)
        for label, of_entry in _ENTRY_FIELDS.values()
        if (value := of_entry(shown, zone)) != (before := of_entry(received, zone))
    ]
    if shown.text != received.text:
        paragraphs = received.text.split("\n")
        extent = describe_extent(shown.text.split("\n"), paragraphs, received.number)
        whole = f"{len(paragraphs)} paragraph{'' if len(paragraphs) == 1 else 's'}"
        values.append(CuratedValue(_ENTRY_EXTENT, extent, whole, is_named=True))
    return [*values, CuratedValue(_ENTRY_TOPICS, tuple(topics), ())] if topics else values


def curated_entry_columns(names: Collection[str]) -> list[str]:
    """Returns the `curated_fields` of an entry as exports name them, apart from those of its article."""
    return [_ENTRY_COLUMNS.get(name, name) for name in names]


def curated_entry_label(names: Collection[str]) -> str:
    """Returns which values of an entry curators set, in words for lists; `names` are its `curated_fields`."""
    labels = [label for name, (label, _) in _ENTRY_FIELDS.items() if name in names]
    return _set_by_curator([*labels, *([_ENTRY_EXTENT] if "extent" in names else [])])


def curated_fields(article: Article) -> list[str]:
    """Returns the names of all fields that curators set, as pages name them."""
    labels = {field.name: field.label for field in _FIELDS}
    return [in_sentence(labels.get(name, name.capitalize())) for name in article.curated_fields]


def in_sentence(label: str) -> str:
    """Returns the name of a field as it is written within a sentence."""
    return label if label.isupper() else label.lower()


def _by_weight(versions: Sequence[ArticleVersion]) -> Iterable[ArticleVersion]:
    """Returns versions in the order in which their values count: whole captures first, of each the latest."""
    whole = [version for version in versions if not version.partial]
    if not whole:
        return reversed(versions)
    # Excerpts fill in what is missing, so the first of them that has a value gave it.
    return [*reversed(whole), *(version for version in versions if version.partial)]


def _precision(time: Any) -> int:
    return PRECISIONS.index(time.precision)
