"""Which statements a curator looks for: by whom they are, through whom they came, and the words of rejected ones.

The index finds words, in what readers see; it has no statements that were rejected. Who may see what is found is for
those who ask.
"""

from collections.abc import Collection

from ..models import MAX_SPELLING_CHARS, Spelling, Statement, StatementLink, Verdict, fold_name
from ..sight import User, visible

# Of each kind. The numbers are parameters of queries, which take 40 ms for so many; nobody turns so many pages.
MAX_FOUND_STATEMENTS = 2000
_MAX_SPELLINGS = 500
# Each is read with its text: some tenths of a millisecond.
_MAX_REJECTED = 500


def find_by_names(written: str, user: User) -> set[int]:
    """Returns statements by a speaker, or through a source, with a spelling that has this part. Four queries.

    Spellings that the user may not see find nothing.
    """
    folded = fold_name(written)[:MAX_SPELLING_CHARS]
    if not folded:
        return set()
    matching = Spelling.objects.filter(folded__contains=folded).order_by().values_list("pk", flat=True)
    spellings = list(
        visible(Spelling.objects.filter(pk__in=list(matching[:_MAX_SPELLINGS])), user).values_list("pk", flat=True)
    )
    by = Statement.objects.filter(speaker__in=spellings).order_by("-pk").values_list("pk", flat=True)
    through = StatementLink.objects.filter(source__in=spellings).order_by("-pk").values_list("statement", flat=True)
    return {*by[:MAX_FOUND_STATEMENTS], *through[:MAX_FOUND_STATEMENTS]}


def find_rejected(written: str) -> set[int]:
    """Returns the latest rejected statements that have all of these words, or begin so. One query."""
    wanted = _words(written)
    rejected = Statement.objects.filter(verdict=Verdict.REJECTED).select_related("version").order_by("-pk")
    return {
        statement.pk
        for statement in (rejected[:_MAX_REJECTED] if wanted else ())
        if _has_all(_words(statement.words), wanted)
    }


def _words(text: str) -> list[str]:
    return [folded for word in text.split() if (folded := fold_name(word).strip("\"'“”‘’«»„.,;:!?()"))]


def _has_all(words: Collection[str], wanted: Collection[str]) -> bool:
    return all(any(word.startswith(part) for word in words) for part in wanted)
