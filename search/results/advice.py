"""What an answer says besides its hits: how the query may have been meant, and what to search for instead.

Every question that is offered has its count.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from ..engines import TIME_LIMIT_SECONDS, time_limit
from ..query import QueryNote
from .addresses import AddressAdvice, address_advice
from .answers import Answer
from .capitals import other_cases
from .compounds import Compound, other_compounds
from .corrections import CountedQuestion, broader_questions, did_you_mean, parts_without_hits, suggested_questions
from .nearest_values import NearestValues, nearest_values
from .question import Question


@dataclass(frozen=True)
class Advice:
    """The advice on an answer. The last three are empty if it finds something."""

    address: AddressAdvice | None
    notes: Sequence[tuple[QueryNote, CountedQuestion | None]]
    correction: CountedQuestion | None
    compounds: Sequence[Compound]
    other_cases: Sequence[CountedQuestion]
    parts_without_hits: Sequence[str]
    nearest_values: Sequence[NearestValues]
    broader_questions: Sequence[CountedQuestion]

    @property
    def questions(self) -> Iterator[Question]:
        """Every question that is offered."""
        counted = (self.correction, *(other for _, other in self.notes), *self.other_cases, *self.broader_questions)
        yield from (offered.question for offered in counted if offered)
        yield from (offered.question for offered in (self.address.nearby if self.address else ()))
        yield from (compound.question for compound in self.compounds)
        yield from (question for nearest in self.nearest_values for _, _, question in nearest.values)


def advise(answer: Answer, *, now: datetime) -> Advice:
    """Returns the advice on an answer. A search for each question that is offered. Raises QueryLimitError."""
    with time_limit(TIME_LIMIT_SECONDS):
        return Advice(
            address=address_advice(answer, now=now),
            notes=suggested_questions(answer, now=now),
            correction=did_you_mean(answer, now=now),
            compounds=other_compounds(answer),
            other_cases=other_cases(answer, now=now),
            parts_without_hits=parts_without_hits(answer),
            nearest_values=nearest_values(answer, now=now),
            broader_questions=broader_questions(answer, now=now),
        )
