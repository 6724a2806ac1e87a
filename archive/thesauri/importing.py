"""Compares a thesaurus with the topics, and brings it in as one operation. Used within `archive.thesauri`.

A concept is the topic with its identifier, or else with its name. Nothing is deleted: what a topic has and the file
does not, stays. The place and the name of a topic are those of the file.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..curation import find_conflicts
from ..errors import CurationError
from ..models import Operation, Topic, TopicName
from ..operations import IMPORTED, operation
from ..same_names import fold_name
from ..topic_tree import MAX_LEVELS, TopicTree
from .contract import Concept, Label, Thesaurus

_BATCH_ROWS = 500
# Fields of a topic that are those of the concept, where the file has them.
_FIELDS = ("note", "definition", "identifier", "scheme")


@dataclass
class PlannedTopic:
    """What an import does to one topic: its number if it is there, what changes (label, before, after), new names."""

    concept: Concept
    topic: int | None
    broader: str = ""
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)

    @property
    def is_new(self) -> bool:
        return self.topic is None

    @property
    def is_same(self) -> bool:
        return not (self.is_new or self.changes or self.labels)


@dataclass
class ImportPlan:
    """What an import would do, topic by topic, and what it would not, with the reasons."""

    topics: list[PlannedTopic]
    refused: list[tuple[str, str]]
    remarks: list[tuple[str, str]]

    @property
    def new(self) -> list[PlannedTopic]:
        return [topic for topic in self.topics if topic.is_new]

    @property
    def changed(self) -> list[PlannedTopic]:
        return [topic for topic in self.topics if not topic.is_new and not topic.is_same]

    @property
    def same(self) -> int:
        return sum(topic.is_same for topic in self.topics)

    @property
    def digest(self) -> str:
        """What was shown, in short: a plan with another one is another plan."""
        parts = [
            (topic.concept.name, topic.topic, topic.broader, *map(str, topic.changes), *map(str, topic.labels))
            for topic in self.topics
        ]
        return hashlib.sha256(repr((parts, self.refused)).encode()).hexdigest()[:32]


class _Planning:
    """The topics as they are, by identifier and name, while concepts are compared with them."""

    def __init__(self, thesaurus: Thesaurus) -> None:
        self.refused, self.remarks = list(thesaurus.refused), list(thesaurus.remarks)
        self.rows = Topic.objects.in_bulk()
        self.by_identifier = {row.identifier: pk for pk, row in self.rows.items() if row.identifier}
        self.by_name = {fold_name(row.name): pk for pk, row in self.rows.items()}
        self.other_names: dict[str, tuple[int, str]] = {
            fold_name(name): (topic, name) for topic, name in TopicName.objects.values_list("topic", "name")
        }
        self.planned: dict[str, PlannedTopic] = {}
        self._taken: set[int] = set()
        # The names that the topics of the file will have: no other topic gets one of them.
        self._named: dict[str, str] = {}

    def run(self, concepts: Sequence[Concept]) -> ImportPlan:
        for concept in concepts:
            found, refusal = self._find(concept)
            if refusal:
                self.refused.append((concept.name, refusal))
                continue
            if found is not None:
                self._taken.add(found)
            self.planned[concept.key] = PlannedTopic(concept, found)
            self._named[fold_name(concept.name)] = concept.key
        self._refuse_names()
        for planned in self.planned.values():
            self._place(planned, concepts)
        self._refuse_places()
        for planned in self.planned.values():
            self._compare(planned)
        return ImportPlan(list(self.planned.values()), self.refused, self.remarks)

    def _find(self, concept: Concept) -> tuple[int | None, str]:
        """Returns the topic of a concept, None if it is new; or why it cannot be one."""
        found = self.by_identifier.get(concept.identifier) if concept.identifier else None
        named = self.by_name.get(fold_name(concept.name))
        if found is None and named is not None:
            known = self.rows[named].identifier
            if known and concept.identifier and known != concept.identifier:
                return None, f"the topic “{self.rows[named]}” has this name, and another identifier: {known}"
            found = named
        if found in self._taken:
            return None, f"another concept of the file is the topic “{self.rows[found or 0]}” already"
        owner = self.other_names.get(fold_name(concept.name))
        if owner and owner[0] != found:
            return None, f"“{owner[1]}” is another name of the topic “{self.rows[owner[0]]}”"
        return found, ""

    def _refuse_names(self) -> None:
        """Refuses concepts with the name of a topic that keeps it: one that is no concept of the file, or another."""
        for key, planned in list(self.planned.items()):
            named = self.by_name.get(fold_name(planned.concept.name))
            if named is not None and named != planned.topic and named not in self._taken:
                self.refused.append((planned.concept.name, f"the topic “{self.rows[named]}” has this name"))
                del self.planned[key]

    def _place(self, planned: PlannedTopic, concepts: Sequence[Concept]) -> None:
        """Finds the broader concept or topic: the nearest above it that was not refused."""
        concept = planned.concept
        above = {other.key: other for other in concepts} if concept.broader not in self.planned else {}
        key = concept.broader
        while key and key not in self.planned:
            key = above[key].broader if key in above else ""
        planned.broader = key
        if not key and concept.outside:
            found = self.by_identifier.get(concept.outside) or self.by_name.get(fold_name(concept.outside))
            if found is None:
                self.remarks.append(
                    (concept.name, f"its broader concept is neither in the file nor here: {concept.outside[:200]}")
                )
            else:
                planned.broader = f"#{found}"

    def _refuse_places(self) -> None:
        """Puts topics on the first level that would be in a circle with topics outside the file, or too deep."""
        # New topics have negative numbers in the tree after the import.
        numbers = {key: planned.topic or -1 - at for at, (key, planned) in enumerate(self.planned.items())}
        while True:
            tree = self._tree_after(numbers)
            wrong = [
                (len(tree.path_to(numbers[key])), planned)
                for key, planned in self.planned.items()
                if planned.broader and self._is_wrong(tree, numbers[key])
            ]
            if not wrong:
                return
            _, first = min(wrong, key=lambda found: found[0])
            self.remarks.append(
                (first.concept.name, f"it would be in a circle, or below level {MAX_LEVELS}; put on the first level")
            )
            first.broader = ""

    @staticmethod
    def _is_wrong(tree: TopicTree, node: int) -> bool:
        path = tree.path_to(node)
        return len(path) > MAX_LEVELS or tree.broader[path[0]] is not None

    def _tree_after(self, numbers: Mapping[str, int]) -> TopicTree:
        names = {pk: row.name for pk, row in self.rows.items()}
        broader = {pk: row.broader_id for pk, row in self.rows.items()}
        for key, planned in self.planned.items():
            names[numbers[key]] = planned.concept.name
            broader[numbers[key]] = _number(planned.broader, numbers)
        return TopicTree(names, broader)

    def _compare(self, planned: PlannedTopic) -> None:
        """Finds what changes of a topic, and which other names it gets."""
        concept, row = planned.concept, self.rows.get(planned.topic or 0)
        known = {fold_name(concept.name)}
        for label in concept.labels:
            fold = fold_name(label.name)
            owner = self.other_names.get(fold)
            keeper = self.by_name.get(fold)
            if fold in known or (owner and owner[0] == planned.topic):
                continue
            if fold in self._named or (keeper is not None and keeper != planned.topic and keeper not in self._taken):
                self.remarks.append(
                    (concept.name, f"the other name “{label.name}” is that of another topic; left out")
                )
            elif owner:
                other = self.rows[owner[0]]
                self.remarks.append((concept.name, f"the other name “{label.name}” is one of “{other}”; left out"))
            else:
                known.add(fold)
                planned.labels.append(label)
        if row is None:
            return
        if row.name != concept.name:
            planned.changes.append(("name", row.name, concept.name))
        above = self._name_above(planned.broader)
        before = self.rows[row.broader_id].name if row.broader_id else ""
        target = _number(planned.broader, {key: other.topic for key, other in self.planned.items()})
        if target != row.broader_id or (planned.broader and target is None):
            planned.changes.append(("broader topic", before, above))
        for name in _FIELDS:
            value = getattr(concept, name)
            if value and value != getattr(row, name):
                planned.changes.append((name, getattr(row, name), value))
        if set(concept.matches) - set(row.matches):
            planned.changes.append(("matches", " ".join(row.matches), " ".join(concept.matches)))

    def _name_above(self, broader: str) -> str:
        if broader.startswith("#"):
            return self.rows[int(broader[1:])].name
        return self.planned[broader].concept.name if broader else ""


def _number(broader: str, numbers: Mapping[str, int | None]) -> int | None:
    if broader.startswith("#") and broader[1:].isdigit() and broader not in numbers:
        return int(broader[1:])
    return numbers[broader] if broader else None


def plan_import(thesaurus: Thesaurus) -> ImportPlan:
    """Compares a thesaurus with the topics as they are now. Two queries; writes nothing."""
    return _Planning(thesaurus).run(thesaurus.concepts)


def carry_out(thesaurus: Thesaurus, *, user_name: str, label: str, shown: str = "") -> tuple[Operation, ImportPlan]:
    """Brings a thesaurus in as one operation, planned again under the write lock.

    Raises CurationError if `shown`, the digest of the plan that a curator saw, is that of another plan.
    """
    with operation(IMPORTED, user_name=user_name, label=label) as act:
        plan = plan_import(thesaurus)
        if shown and plan.digest != shown:
            raise CurationError("The topics have changed since you looked. Look again.")
        act.watch(Topic, [planned.topic for planned in plan.changed if planned.topic])
        numbers = _write(plan)
        act.created(Topic, [numbers[planned.concept.key] for planned in plan.new])
        if conflicts := find_conflicts(numbers.values()):
            names = Topic.objects.in_bulk(list(conflicts))
            pk, reason = next(iter(conflicts.items()))
            raise CurationError(f"Nothing was brought in. “{names[pk]}”: {reason}.")
    return act.operation, plan


def _write(plan: ImportPlan) -> dict[str, int]:
    """Writes the topics; returns their numbers by the keys of their concepts."""
    made = Topic.objects.bulk_create(
        (
            # A name that another topic gives up with this import is free only afterwards.
            Topic(name=_waiting_name(number), curated=True, matches=list(planned.concept.matches))
            for number, planned in enumerate(plan.new)
        ),
        batch_size=_BATCH_ROWS,
    )
    numbers = {planned.concept.key: topic.pk for planned, topic in zip(plan.new, made, strict=True)}
    numbers |= {planned.concept.key: planned.topic for planned in plan.topics if planned.topic}
    written = [planned for planned in plan.topics if not planned.is_same]
    rows = Topic.objects.in_bulk([numbers[planned.concept.key] for planned in written])
    renamed = [row for planned in written if (row := rows[numbers[planned.concept.key]]).name != planned.concept.name]
    for row in renamed:
        row.name = _waiting_name(row.pk, "r")
    Topic.objects.bulk_update(renamed, ["name", "identifier"], batch_size=_BATCH_ROWS)
    for planned in written:
        row, concept = rows[numbers[planned.concept.key]], planned.concept
        row.name = concept.name
        row.broader_id = _number(planned.broader, numbers)
        for name in _FIELDS:
            setattr(row, name, getattr(concept, name) or getattr(row, name))
        row.matches = sorted({*row.matches, *concept.matches})
        row.curated = True
    fields = ["name", "broader", "matches", "curated", *_FIELDS]
    Topic.objects.bulk_update(rows.values(), fields, batch_size=_BATCH_ROWS)
    TopicName.objects.bulk_create(
        (
            TopicName(topic_id=numbers[planned.concept.key], name=label.name, kind=label.kind, language=label.language)
            for planned in plan.topics
            for label in planned.labels
        ),
        batch_size=_BATCH_ROWS,
    )
    return numbers


def _waiting_name(number: int, kind: str = "n") -> str:
    return f"\x01 {kind} {number}"
