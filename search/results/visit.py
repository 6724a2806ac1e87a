"""The URL of an article's page: the search that it was opened from, the order of its sections, and a capture. No ORM.

Every link on the page repeats the search, so that the way back leads to the same place in the same result.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, cast

from .parameters import Parameters, encode, read_choice, read_last
from .question import Question

SectionOrder = Literal["outlet", "oldest"]
SECTION_ORDERS: Mapping[SectionOrder, str] = {"outlet": "As published", "oldest": "Oldest first"}
_SHA256_CHARS = 64


@dataclass(frozen=True)
class Visit:
    """An article's page as opened. `capture` is the start of a SHA-256, unchecked; empty for the current page."""

    question: Question = field(default_factory=Question)
    order: SectionOrder = "outlet"
    capture: str = ""

    @classmethod
    def from_parameters(cls, parameters: Parameters) -> "Visit":
        """Reads the parameters of a URL: those of the search, `order` and `capture`. Never fails."""
        return cls(
            question=Question.from_parameters(parameters),
            order=cast(SectionOrder, read_choice(parameters, "order", SECTION_ORDERS, "outlet")),
            capture=read_last(parameters, "capture")[:_SHA256_CHARS].lower(),
        )

    def to_querystring(self) -> str:
        """Returns the parameters as a URL has them; empty if each has its default."""
        pairs: list[tuple[str, str]] = [("order", self.order)] if self.order != "outlet" else []
        if self.capture:
            pairs.append(("capture", self.capture))
        search = "" if self.question.is_blank else self.question.to_querystring()
        return search + ("&" if search else "?") + encode(pairs) if pairs else search

    def with_order(self, order: SectionOrder) -> "Visit":
        return replace(self, order=order)

    def with_capture(self, capture: str) -> "Visit":
        """Returns the same visit to one capture of the article; to the current page if it is empty."""
        return replace(self, capture=capture)
