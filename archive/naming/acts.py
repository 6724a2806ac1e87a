"""Changes of names, spellings and statements by curators. Each is called within an operation that watches the rows.

All raise CurationError where a change cannot be made, and return what was done, in words.
"""

from collections.abc import Collection, Iterable, Sequence
from hashlib import sha256
from typing import Any

from django.db.models import Count, Q
from django.utils.text import Truncator

from ..errors import CurationError
from ..models import (
    MAX_SPELLING_CHARS,
    Name,
    NameJudgement,
    NameType,
    Spelling,
    Statement,
    Verdict,
    fold_name,
    make_spelling,
)

MAX_MERGED_NAMES = 50
_MAX_NAMED = 3
_MAX_WORDS_CHARS = 80
_GONE = "It is not there any more, or was merged since. Look again."


def state_of(rows: Iterable[Name | Statement]) -> str:
    """Returns a digest of what a page shows of these rows: another one tells that somebody decided meanwhile."""
    shown: list[Any] = []
    for row in rows:
        if isinstance(row, Statement):
            shown.append(("statement", row.pk, row.verdict, row.speaker_id))
            continue
        spellings = sorted(row.spellings.values_list("pk", "curated"))
        shown.append((row.pk, row.label, row.type, row.verdict, row.merged_into_id, spellings))
    return sha256(repr(sorted(shown, key=repr)).encode()).hexdigest()[:16]


def names_beside(ids: Collection[int]) -> set[int]:
    """Returns these names with those that lead to them and those that are kept apart from them."""
    judged = NameJudgement.objects.filter(Q(name__in=ids) | Q(other__in=ids)).values_list("name", "other")
    merged = Name.objects.filter(merged_into__in=ids).values_list("pk", flat=True)
    return {*ids, *merged, *(pk for pair in judged for pk in pair)}


def merge_into(kept: Name, others: Sequence[Name], label: str = "") -> str:
    """Moves all spellings of other names to the one that is kept; their numbers lead there from then on.

    Their addresses and notes are added to its own. With `label`, it is written so.
    """
    _refuse_merge(kept, others)
    ids = [other.pk for other in others]
    done = f"Merged {_named(others)} into “{kept}”"
    Spelling.objects.filter(name__in=ids).update(name=kept, curated=True)
    Name.objects.filter(Q(pk__in=ids) | Q(merged_into__in=ids)).update(merged_into=kept)
    _move_judgements(kept.pk, ids)
    kept.same_as = list(dict.fromkeys([*kept.same_as, *(address for other in others for address in other.same_as)]))
    kept.note = "\n".join(dict.fromkeys(filter(None, [kept.note, *(other.note for other in others)])))
    if label:
        kept.choose_label(_clean(label))
    kept.save()
    return done


def _refuse_merge(kept: Name, others: Sequence[Name]) -> None:
    every = [kept, *others]
    if not others or len({name.pk for name in every}) != len(every):
        raise CurationError("Choose two names or more, each once.")
    if any(name.merged_into_id for name in every):
        raise CurationError(_GONE)
    if rejected := next((name for name in every if name.verdict == Verdict.REJECTED), None):
        raise CurationError(f"“{rejected}” was rejected. Accept it first, then merge.")
    ids = [name.pk for name in every]
    if judged := NameJudgement.objects.filter(name__in=ids, other__in=ids).select_related("name", "other").first():
        raise CurationError(
            f"“{judged.name}” and “{judged.other}” were judged never to be the same. Take that back first."
        )


def _move_judgements(kept: int, ids: Sequence[int]) -> None:
    """What was kept apart from a name is kept apart from the one that it was merged into."""
    judged = NameJudgement.objects.filter(Q(name__in=ids) | Q(other__in=ids))
    pairs = {
        (min(kept, stranger), max(kept, stranger))
        for pair in judged.values_list("name", "other")
        for stranger in pair
        if stranger not in ids and stranger != kept
    }
    judged.delete()
    for name, other in sorted(pairs):
        NameJudgement.objects.get_or_create(name_id=name, other_id=other)


def split_off(name: Name, spellings: Sequence[Spelling], *, verdict: Verdict | None = None) -> tuple[Name, str]:
    """Makes spellings of a name a name of their own, and keeps the two apart; returns the new name too.

    With a verdict, the new name has it.
    """
    chosen = {spelling.pk for spelling in spellings}
    left = _by_mentions(name.spellings.exclude(pk__in=chosen))
    if not chosen or any(spelling.name_id != name.pk for spelling in spellings):
        raise CurationError("Choose spellings of this name; some were moved meanwhile.")
    if not left:
        raise CurationError("These are all spellings of the name. Leave at least one.")
    first = _by_mentions(name.spellings.filter(pk__in=chosen))[0]
    new = Name.objects.create(type=name.type, label=first.text, verdict=verdict)
    Spelling.objects.filter(pk__in=chosen).update(name=new, curated=True)
    NameJudgement.objects.create(name=name, other=new)
    done = f"Split {_named(spellings)} off “{name}”"
    own = fold_name(name.own_label)
    if own in {spelling.folded for spelling in spellings} - {spelling.folded for spelling in left}:
        name.own_label, name.label_chosen = left[0].text, False
        name.save(update_fields=["own_label", "label_chosen"])
    return new, done


def reject_spellings(name: Name, spellings: Sequence[Spelling]) -> tuple[Name, str]:
    """Says that spellings are no name at all: they become a name of their own, which is rejected."""
    new, _ = split_off(name, spellings, verdict=Verdict.REJECTED)
    return new, f"Rejected {_named(spellings)}, so far of “{name}”"


def confirm_spellings(name: Name, spellings: Sequence[Spelling]) -> str:
    """Says that spellings are of the name that rules gave them."""
    if not spellings or any(spelling.name_id != name.pk for spelling in spellings):
        raise CurationError("Choose spellings of this name; some were moved meanwhile.")
    Spelling.objects.filter(pk__in=[spelling.pk for spelling in spellings]).update(curated=True)
    return f"Confirmed {_named(spellings)} as “{name}”"


def add_spelling(name: Name, text: str, language: str = "") -> tuple[Spelling, str]:
    """Adds a variant by hand: texts that have it from now on mention this name."""
    written = _clean(text)
    if name.merged_into_id:
        raise CurationError(_GONE)
    added = make_spelling(NameType(name.type), written, language)
    if known := Spelling.objects.filter(folded=added.folded, type=name.type).select_related("name").first():
        if known.name_id == name.pk:
            raise CurationError(f"“{known}” is a spelling of this name already.")
        raise CurationError(f"“{known}” is a spelling of “{known.name}”, number {known.name_id}. Merge the two names.")
    added.name, added.curated = name, True
    added.save()
    return added, f"Added “{written}” to “{name}”"


def decide_names(names: Sequence[Name], verdict: Verdict | None) -> str:
    """Accepts or rejects names; None takes the verdict back."""
    if not names or any(name.merged_into_id for name in names):
        raise CurationError(_GONE)
    Name.objects.filter(pk__in=[name.pk for name in names]).update(verdict=verdict)
    return f"{_VERBS[verdict]} {_named(names)}"


def keep_apart(first: Name, second: Name) -> str:
    """Keeps that two names are never the same, so that they are proposed no more."""
    if first.pk == second.pk or first.merged_into_id or second.merged_into_id:
        raise CurationError(_GONE)
    name, other = sorted((first, second), key=lambda row: row.pk)
    NameJudgement.objects.get_or_create(name=name, other=other)
    return f"Judged “{first}” and “{second}” never to be the same"


def decide_statement(statement: Statement, verdict: Verdict | None, *, speaker: Name | None = None) -> str:
    """Accepts or rejects a statement, or takes the verdict back; with `speaker`, corrects who said it."""
    words = Truncator(statement.words).chars(_MAX_WORDS_CHARS)
    if speaker is None:
        Statement.objects.filter(pk=statement.pk).update(verdict=verdict)
        return f"{_VERBS[verdict]} the statement “{words}”"
    if speaker.merged_into_id or speaker.verdict == Verdict.REJECTED:
        raise CurationError(_GONE)
    spellings = _by_mentions(speaker.spellings.all())
    if not spellings:
        raise CurationError(f"“{speaker}” has no spelling. Add one first.")
    own = next((row for row in spellings if row.folded == fold_name(speaker.label)), spellings[0])
    Statement.objects.filter(pk=statement.pk).update(verdict=verdict, speaker=own)
    return f"Corrected the speaker of “{words}” to “{speaker}”"


def decide_statements(statements: Sequence[Statement], verdict: Verdict | None) -> str:
    """Accepts or rejects statements; None takes the verdicts back."""
    Statement.objects.filter(pk__in=[statement.pk for statement in statements]).update(verdict=verdict)
    return f"{_VERBS[verdict]} {len(statements):,} statement{'' if len(statements) == 1 else 's'}"


_VERBS = {Verdict.ACCEPTED: "Accepted", Verdict.REJECTED: "Rejected", None: "Took back what was decided of"}


def _by_mentions(spellings: Any) -> list[Spelling]:
    """Returns spellings, the one that texts have most often first."""
    return list(spellings.annotate(found=Count("mentions")).order_by("-found", "pk"))


def _named(rows: Sequence[Any]) -> str:
    names = ", ".join(f"“{row}”" for row in rows[:_MAX_NAMED])
    return f"{names} and {len(rows) - _MAX_NAMED:,} more" if len(rows) > _MAX_NAMED else names


def _clean(text: str) -> str:
    written = " ".join(text.replace("\x00", "").split())
    if not any(map(str.isalnum, written)):
        raise CurationError("A name needs a letter or a digit.")
    if len(written) > MAX_SPELLING_CHARS:
        raise CurationError(f"A name has at most {MAX_SPELLING_CHARS} characters; this has {len(written):,}.")
    return written
