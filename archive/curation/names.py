"""Finds sources and topics by the names that documents use, and sources by the addresses of pages without a name.

A source has other names, which curators give. A source or topic that a curator renamed or merged still gets the
documents with its former name. Edits keep former names; `record_merge` adds those of merged sources and topics. Used
by ingest, `current_values` and `bulk_changes`.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from django.db.models import BooleanField, ExpressionWrapper, Model, Q, QuerySet, Value
from django.db.models.functions import Lower

from ..batches import in_parts
from ..hosts import hosts_above
from ..models import UNKNOWN_SOURCE, Edit, Operation, Source, SourceHost, SourceName, Topic, TopicName, with_name
from .edits import MERGED, edits_of, field_label

_Named = TypeVar("_Named", Source, Topic)

# How the source of an article is known that no document names.
BY_ADDRESS = "known by its address"


def find_source(name: str) -> Source:
    """Returns the source with this name, created if there is none; the unknown source for an empty name."""
    return _find_or_create(Source, name or UNKNOWN_SOURCE)


def source_at(*addresses: str) -> Source | None:
    """Returns the source that pages at the first of these addresses have which lies under a host of a source.

    An address may be one of the web or the key of one. One query at most for each.
    """
    for address in filter(None, addresses):
        places = {host: place for place, host in enumerate(hosts_above(address))}
        hosts = SourceHost.objects.filter(host__in=places).select_related("source")
        if found := min(hosts, key=lambda row: places[row.host], default=None):
            return found.source
    return None


class Names:
    """The sources and topics that the documents of a batch name, each looked up once. It finds what the functions do.

    Use it within one transaction that waited to write, so that nobody changes sources or topics meanwhile. Without
    names to begin with it asks no query, and each that it is asked for costs what the functions cost.
    """

    def __init__(self, sources: Iterable[str] = (), addresses: Iterable[str] = (), topics: Iterable[str] = ()) -> None:
        """Looks up names of sources and topics, and the hosts of addresses: a query for each of the three.

        Two queries more for names that no source has as its own, and two for those that no topic has.
        """
        wanted_sources, wanted_topics = set(sources), set(topics)
        self._sources: dict[str, Source | None] = dict(_with_names(Source, wanted_sources))
        self._topics: dict[str, Topic | None] = dict(_with_names(Topic, wanted_topics))
        # Folded names that nothing has or had. One that is created meanwhile is no longer among them.
        self._new_sources = _new_names(Source, wanted_sources - self._sources.keys())
        self._new_topics = _new_names(Topic, wanted_topics - self._topics.keys())
        self._hosts = {address: hosts_above(address) for address in set(filter(None, addresses))}
        wanted = sorted({host for hosts in self._hosts.values() for host in hosts})
        self._sources_of_hosts = {
            row.host: row.source
            for some in in_parts(wanted)
            for row in SourceHost.objects.filter(host__in=some).select_related("source")
        }

    def known_source(self, name: str) -> Source | None:
        """Returns the source with this name, the unknown source for an empty one; None if there is none yet."""
        name = name or UNKNOWN_SOURCE
        if name not in self._sources:
            if name.isascii() and name.lower() in self._new_sources:
                return None
            self._sources[name] = _find(Source, name)
        return self._sources[name]

    def source(self, name: str) -> Source:
        """Returns what `find_source` returns."""
        found = self.known_source(name)
        if found is None:
            found = self._sources[name or UNKNOWN_SOURCE] = Source.objects.create(name=name or UNKNOWN_SOURCE)
            self._new_sources.discard(found.name.lower())
        return found

    def topic(self, name: str) -> Topic:
        """Returns what `find_topic` returns."""
        found = self._topics.get(name)
        if found is None:
            is_new = name.isascii() and name.lower() in self._new_topics
            found = self._topics[name] = Topic.objects.create(name=name) if is_new else find_topic(name)
            self._new_topics.discard(name.lower())
        return found

    def source_at(self, *addresses: str) -> Source | None:
        """Returns what the function `source_at` returns."""
        for address in filter(None, addresses):
            hosts = self._hosts.get(address)
            if hosts is None:
                found = source_at(address)
            else:
                found = next((self._sources_of_hosts[host] for host in hosts if host in self._sources_of_hosts), None)
            if found:
                return found
        return None


def _with_names(model: type[_Named], names: Iterable[str]) -> Iterator[tuple[str, _Named]]:
    """Yields those of these names that rows have as their own, with the rows; not names beyond ASCII."""
    by_fold: defaultdict[str, list[str]] = defaultdict(list)
    for name in set(filter(str.isascii, names)):
        by_fold[name.lower()].append(name)
    for some in in_parts(sorted(by_fold)):
        for row in model._default_manager.annotate(folded=Lower("name")).filter(folded__in=some):
            yield from ((name, row) for name in by_fold[row.folded])


def _new_names(model: type[_Named], names: Iterable[str]) -> set[str]:
    """Returns those of these names that nothing has as another name, or had before a curator renamed it: folded.

    Not names beyond ASCII, which the database may fold otherwise.
    """
    folded = {name.lower() for name in names if name.isascii()}
    others: type[Model] = SourceName if model is Source else TopicName
    renamings = _renamings(model)
    for some in in_parts(sorted(folded)):
        known = others._default_manager.annotate(folded=Lower("name")).filter(folded__in=some)
        folded -= set(known.order_by().values_list("folded", flat=True))
        for pair in renamings.filter(Q(before__in=some) | Q(after__in=some)).values_list("before", "after"):
            folded.difference_update(pair)
    return folded


def find_topic(name: str) -> Topic:
    """Returns the topic with this name or this other name, created if there is none."""
    return _find_or_create(Topic, name)


def known_source(name: str, *addresses: str) -> Source | None:
    """Returns the source with this name, or without a name that of the addresses; None if there is none yet."""
    return (source_at(*addresses) if not name else None) or _find(Source, name or UNKNOWN_SOURCE)


def record_merge(kept: Model, others: Iterable[Model], *, operation: Operation) -> None:
    """Records that the names of other sources or topics, also their former names, lead to this one from now on.

    Call it before the others are deleted, in the same transaction.
    """
    name = field_label(type(kept), "name")
    edit = {
        "operation": operation,
        "at": operation.at,
        "user_name": operation.user_name,
        "subject": kept._meta.model_name,
        "subject_id": kept.pk,
    }
    for other in others:
        former = edits_of(other).filter(field=name).order_by("id").values_list("old", flat=True)
        Edit.objects.bulk_create(
            Edit(**edit, label=str(kept), how=MERGED, field=name, old=old, new=str(kept))
            for old in dict.fromkeys([*former, str(other)])
        )


def _find_or_create(model: type[_Named], name: str) -> _Named:
    return _find(model, name) or model.objects.create(name=name)


def _find(model: type[_Named], name: str) -> _Named | None:
    """Returns the row with this name or another name in any case, else the one that had it until it was renamed."""
    found: _Named | None = with_name(model, name).first() or _with_other_name(model, name)
    if found or name == UNKNOWN_SOURCE:  # documents without a source have no name that could be a former one
        return found
    ids = _formerly_named(model, name)
    rows = model.objects.in_bulk(ids)
    return next((rows[pk] for pk in reversed(ids) if pk in rows), None)


def _with_other_name(model: type[_Named], name: str) -> Any:
    if model is Source:
        known_as = with_name(SourceName, name).select_related("source").first()
        return known_as.source if known_as else None
    other = with_name(TopicName, name).select_related("topic").first()
    return other.topic if other else None


def _renamings(model: type[Model]) -> QuerySet[Any]:
    """Returns the edits of names that stand, with the names `before` and `after` each, folded."""
    edits = Edit.objects.filter(subject=model._meta.model_name, field=field_label(model, "name"))
    stand = edits.filter(Q(operation=None) | Q(operation__undone_by=None))
    return stand.annotate(before=Lower("old"), after=Lower("new"))


def _formerly_named(model: type[_Named], name: str) -> list[int]:
    """Returns the numbers of the sources or topics that had this name, in any case, until a curator renamed them.

    The last to be renamed comes last; some may be deleted. A name that a curator gave first and then took back does
    not count: no document has it. One query.
    """
    folded = Lower(Value(name))
    renamings = (
        _renamings(model)
        .filter(Q(before=folded) | Q(after=folded))
        .annotate(had_name=ExpressionWrapper(Q(before=folded), output_field=BooleanField()))
    )
    had_name_first: dict[int, bool] = {}
    for pk, had_name in renamings.order_by("id").values_list("subject_id", "had_name"):
        had_name_first.setdefault(pk, had_name)
    return [pk for pk, had_name in had_name_first.items() if had_name]
