"""Makes a tree of concepts as a file has them: one broader each, no circles, names that are unique. Pure.

Used within `archive.thesauri`. What is not taken is reported, with the name of the concept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..same_names import fold_name
from .contract import (
    MAX_CONCEPTS,
    MAX_IDENTIFIER_CHARS,
    MAX_NAME_CHARS,
    MAX_NOTE_CHARS,
    Concept,
    Label,
    Thesaurus,
    ThesaurusError,
)


@dataclass
class Draft:
    """A concept as its file has it; `broader` has all keys of broader concepts, in the order of the file."""

    concept: Concept
    broader: list[str] = field(default_factory=list)
    place: str = ""


class _Tidying:
    def __init__(self, drafts: Sequence[Draft]) -> None:
        self.drafts: dict[str, Draft] = {}
        self.refused: list[tuple[str, str]] = []
        self.remarks: list[tuple[str, str]] = []
        self._owners: dict[str, str] = {}
        self._outside: dict[str, str] = {}
        for draft in drafts:
            if draft.concept.key in self.drafts:
                where = f"{draft.place}: " if draft.place else ""
                self.refused.append((draft.concept.name, f"{where}another concept has this name"))
            else:
                self.drafts[draft.concept.key] = draft

    def run(self, languages: Mapping[str, int]) -> Thesaurus:
        if len(self.drafts) > MAX_CONCEPTS:
            raise ThesaurusError(f"The file has {len(self.drafts):,} concepts; at most {MAX_CONCEPTS:,} are read.")
        kept = {key: draft for key, draft in self.drafts.items() if self._keep(draft)}
        broader = self._choose_broader(kept)
        ordered: list[Concept] = []
        narrower: dict[str, list[str]] = {}
        for key in kept:
            narrower.setdefault(broader[key], []).append(key)
        waiting = list(narrower.get("", []))
        for key in waiting:
            waiting += narrower.get(key, [])
            ordered.append(
                self._with_labels(replace(kept[key].concept, broader=broader[key], outside=self._outside.get(key, "")))
            )
        return Thesaurus(tuple(ordered), tuple(self.refused), tuple(self.remarks), languages)

    def _keep(self, draft: Draft) -> bool:
        concept = draft.concept
        shown = concept.name or concept.identifier or draft.place or "?"
        where = f"{draft.place}: " if draft.place else ""
        if not concept.name:
            self.refused.append((shown, f"{where}it has no name"))
        elif len(concept.name) > MAX_NAME_CHARS:
            self.refused.append((f"{shown[:60]}…", f"{where}its name has more than {MAX_NAME_CHARS} characters"))
        elif (fold := fold_name(concept.name)) in self._owners:
            self.refused.append((shown, f"{where}another concept has this name"))
        elif len(concept.identifier) > MAX_IDENTIFIER_CHARS:
            self.refused.append((shown, f"{where}its identifier has more than {MAX_IDENTIFIER_CHARS} characters"))
        elif max(len(concept.note), len(concept.definition)) > MAX_NOTE_CHARS:
            self.refused.append((shown, f"{where}its note has more than {MAX_NOTE_CHARS:,} characters"))
        else:
            self._owners[fold] = concept.key
            return True
        return False

    def _choose_broader(self, kept: Mapping[str, Draft]) -> dict[str, str]:
        """Returns the broader concept of each: the first that is there and makes no circle."""
        chosen: dict[str, str] = {}
        for key, draft in kept.items():
            present = []
            for broader in draft.broader:
                if broader == key:
                    self.remarks.append((draft.concept.name, "it is broader than itself in the file; left out"))
                elif found := self._nearest_kept(broader, kept):
                    present.append(found)
                elif broader not in self.drafts:
                    self._outside.setdefault(key, broader)
            present = [broader for broader in dict.fromkeys(present) if broader != key]
            free = [broader for broader in present if not self._leads_to(chosen, broader, key)]
            chosen[key] = free[0] if free else ""
            if free:
                self._outside.pop(key, None)
            circular = [broader for broader in present if broader not in free]
            for broader in circular:
                name = kept[broader].concept.name
                self.remarks.append((draft.concept.name, f"“{name}” is both above and below it; left out"))
            for broader in free[1:]:
                name = kept[broader].concept.name
                self.remarks.append(
                    (draft.concept.name, f"also narrower than “{name}”; the first broader one was taken")
                )
        return chosen

    def _nearest_kept(self, key: str, kept: Mapping[str, Draft]) -> str:
        """Returns a concept, or if it was refused the nearest above it that was not; empty if there is none."""
        seen: set[str] = set()
        while key in self.drafts and key not in kept and key not in seen:
            seen.add(key)
            key = next(iter(self.drafts[key].broader), "")
        return key if key in kept else ""

    @staticmethod
    def _leads_to(chosen: Mapping[str, str], start: str, wanted: str) -> bool:
        at = start
        while at:
            if at == wanted:
                return True
            at = chosen.get(at, "")
        return False

    def _with_labels(self, concept: Concept) -> Concept:
        """Returns the concept without other names that are those of another, or its own."""
        labels: list[Label] = []
        for label in concept.labels:
            fold = fold_name(label.name)
            owner = self._owners.setdefault(fold, concept.key)
            if len(label.name) > MAX_NAME_CHARS:
                self.remarks.append(
                    (concept.name, f"an other name has more than {MAX_NAME_CHARS} characters; left out")
                )
            elif owner != concept.key:
                other = self.drafts[owner].concept.name
                self.remarks.append((concept.name, f"the other name “{label.name}” is one of “{other}”; left out"))
            elif fold != fold_name(concept.name) and all(fold != fold_name(known.name) for known in labels):
                labels.append(label)
        return replace(concept, labels=tuple(labels))


def tidy(drafts: Sequence[Draft], languages: Mapping[str, int] | None = None) -> Thesaurus:
    """Returns concepts as a tree with unique names. O(concepts x levels). Raises ThesaurusError for too many."""
    return _Tidying(drafts).run(languages or {})
