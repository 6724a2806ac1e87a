"""Acts on names of persons, places and organisations, and on statements: at once, or beside a request if large.

What each changes is up to `archive.naming`; here is what it watches, and its form as JSON.
"""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from ..errors import CurationError
from ..models import Name, Spelling, Statement, Verdict, articles_of_spellings
from ..naming import (
    add_spelling,
    articles_of_names,
    articles_of_statements,
    confirm_spellings,
    decide_names,
    decide_statement,
    decide_statements,
    keep_apart,
    merge_into,
    names_beside,
    reject_spellings,
    split_off,
)
from .bulk_acts import register_act
from .kinds import (
    NAME_SPLIT,
    NAMES_DECIDED,
    NAMES_KEPT_APART,
    NAMES_MERGED,
    SPELLING_ADDED,
    STATEMENT_DECIDED,
)
from .recording import Act
from .whole_acts import WholeAct

Parameters = Mapping[str, Any]

# In one operation: a page takes them within some seconds, and so does the undo.
MAX_DECIDED_STATEMENTS = 2000


class NameAct(WholeAct):
    """An act on names. Its parameters have numbers: of `names`, the first of which is the one to keep, and others."""

    begins: ClassVar[str]

    def count_articles(self, parameters: Parameters) -> int:
        """Returns how many articles it touches."""
        return len(articles_of_names(parameters["names"][1:] or parameters["names"]))


class MergeNamed(NameAct):
    """Merges names into the first. `label`, if it is not empty, is how the archive writes it then."""

    name, kind, begins = "merge persons, places or organisations", NAMES_MERGED, "Merges names"

    def carry_out(self, parameters: Parameters, act: Act) -> None:
        ids = parameters["names"]
        beside = names_beside(ids)
        act.watch(Name, beside)
        act.watch(Spelling, _spellings_of(ids[1:]))
        kept, *others = _load(Name, ids)
        act.label = merge_into(kept, others, parameters.get("label", ""))

    def count_articles(self, parameters: Parameters) -> int:
        # With another label, the texts of the one that is kept change too.
        return len(articles_of_names(parameters["names"] if parameters.get("label") else parameters["names"][1:]))


class SplitName(NameAct):
    """Splits `spellings` off a name. They become a name of their own, which is rejected if `rejected` is true."""

    name, kind, begins = "split name", NAME_SPLIT, "Splits a name"

    def carry_out(self, parameters: Parameters, act: Act) -> None:
        (number,) = parameters["names"]
        act.watch(Name, [number])
        act.watch(Spelling, parameters["spellings"])
        (name,), spellings = _load(Name, [number]), _load(Spelling, parameters["spellings"])
        split = reject_spellings if parameters.get("rejected") else split_off
        new, act.label = split(name, spellings)
        act.created(Name, [new.pk])

    def count_articles(self, parameters: Parameters) -> int:
        return len(articles_of_spellings(parameters["spellings"]))


class DecideNames(NameAct):
    """Gives names a `verdict`, or takes it back if that is null."""

    name, kind, begins = "decide on names", NAMES_DECIDED, "Decides on names"

    def carry_out(self, parameters: Parameters, act: Act) -> None:
        act.watch(Name, parameters["names"])
        act.label = decide_names(_load(Name, parameters["names"]), _verdict(parameters["verdict"]))

    def count_articles(self, parameters: Parameters) -> int:
        return len(articles_of_names(parameters["names"]))


class ConfirmSpellings(NameAct):
    """Says that `spellings` are of the name that rules gave them."""

    name, kind, begins = "confirm spellings", NAMES_DECIDED, "Confirms spellings"

    def carry_out(self, parameters: Parameters, act: Act) -> None:
        act.watch(Spelling, parameters["spellings"])
        (name,), spellings = _load(Name, parameters["names"]), _load(Spelling, parameters["spellings"])
        act.label = confirm_spellings(name, spellings)

    def count_articles(self, parameters: Parameters) -> int:
        return 0


class KeepApart(NameAct):
    """Keeps two names apart for good."""

    name, kind, begins = "keep names apart", NAMES_KEPT_APART, "Keeps names apart"

    def carry_out(self, parameters: Parameters, act: Act) -> None:
        act.watch(Name, parameters["names"])
        first, second = _load(Name, parameters["names"])
        act.label = keep_apart(first, second)

    def count_articles(self, parameters: Parameters) -> int:
        return 0


class AddSpelling(NameAct):
    """Adds a spelling, `text` in a `language`, to a name."""

    name, kind, begins = "add spelling", SPELLING_ADDED, "Adds a spelling"

    def carry_out(self, parameters: Parameters, act: Act) -> None:
        act.watch(Name, parameters["names"])
        (name,) = _load(Name, parameters["names"])
        added, act.label = add_spelling(name, parameters["text"], parameters.get("language", ""))
        act.created(Spelling, [added.pk])

    def count_articles(self, parameters: Parameters) -> int:
        return 0


class DecideStatement(NameAct):
    """Gives a `statement` a verdict, and with `names` the speaker."""

    name, kind, begins = "decide on statement", STATEMENT_DECIDED, "Decides on a statement"

    def carry_out(self, parameters: Parameters, act: Act) -> None:
        act.watch(Statement, [parameters["statement"]])
        (statement,) = _load(Statement, [parameters["statement"]])
        speaker = next(iter(_load(Name, parameters["names"])), None)
        act.label = decide_statement(statement, _verdict(parameters["verdict"]), speaker=speaker)

    def count_articles(self, parameters: Parameters) -> int:
        return 1


class DecideStatements(NameAct):
    """Gives all of the `statements` a verdict, or takes it back if that is null."""

    name, kind, begins = "decide on statements", STATEMENT_DECIDED, "Decides on statements"

    def carry_out(self, parameters: Parameters, act: Act) -> None:
        act.watch(Statement, parameters["statements"])
        act.label = decide_statements(_load(Statement, parameters["statements"]), _verdict(parameters["verdict"]))

    def count_articles(self, parameters: Parameters) -> int:
        return len(articles_of_statements(parameters["statements"]))


def _load(model: type[Any], ids: Iterable[int]) -> list[Any]:
    """Returns rows in the order of their numbers. Raises CurationError if one is gone."""
    numbers = list(ids)
    rows = model._default_manager.in_bulk(numbers)
    if len(rows) < len(set(numbers)):
        raise CurationError(
            f"The {model._meta.verbose_name} is not there any more: texts were read again. Look again."
        )
    return [rows[pk] for pk in numbers]


def _spellings_of(names: Iterable[int]) -> list[int]:
    return list(Spelling.objects.filter(name__in=list(names)).values_list("pk", flat=True))


def _verdict(number: int | None) -> Verdict | None:
    return None if number is None else Verdict(number)


MERGE_NAMED, SPLIT_NAME, DECIDE_NAMES = MergeNamed(), SplitName(), DecideNames()
CONFIRM_SPELLINGS, KEEP_APART, ADD_SPELLING = ConfirmSpellings(), KeepApart(), AddSpelling()
DECIDE_STATEMENT, DECIDE_STATEMENTS = DecideStatement(), DecideStatements()
for _act in (
    MERGE_NAMED,
    SPLIT_NAME,
    DECIDE_NAMES,
    CONFIRM_SPELLINGS,
    KEEP_APART,
    ADD_SPELLING,
    DECIDE_STATEMENT,
    DECIDE_STATEMENTS,
):
    register_act(_act)
