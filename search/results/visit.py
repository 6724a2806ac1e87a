"""The URL of an article's page: the search that it was opened from, the order of its sections, a capture, a part.

No ORM. Every link on the page repeats the search, so that the way back leads to the same place in the same result.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, cast

from .parameters import Parameters, encode, read_choice, read_last, read_number, read_page
from .question import Question

SectionOrder = Literal["outlet", "oldest"]
SECTION_ORDERS: Mapping[SectionOrder, str] = {"outlet": "As published", "oldest": "Oldest first"}
_SHA256_CHARS = 64

# An article with more sections is shown in parts. A part takes a quarter of a second, and this many entries of a live
# page are 150 kB; few pages have more.
MAX_PART_SECTIONS = 200
_MAX_PART = 1_000_000


@dataclass(frozen=True)
class Visit:
    """An article's page as opened. `capture` is the start of a SHA-256, unchecked; empty for the current page.

    Of an article in parts, it shows the part that has the section with this id (0 for none), else that of this number.
    """

    question: Question = field(default_factory=Question)
    order: SectionOrder = "outlet"
    capture: str = ""
    part: int = 1
    section: int = 0

    @classmethod
    def from_parameters(cls, parameters: Parameters) -> "Visit":
        """Reads the parameters of a URL: those of the search, `order`, `capture`, `part`, `section`. Never fails."""
        return cls(
            question=Question.from_parameters(parameters),
            order=cast(SectionOrder, read_choice(parameters, "order", SECTION_ORDERS, "outlet")),
            capture=read_last(parameters, "capture")[:_SHA256_CHARS].lower(),
            part=read_page(parameters, "part", max_page=_MAX_PART),
            section=read_number(parameters, "section"),
        )

    def to_querystring(self) -> str:
        """Returns the parameters as a URL has them; empty if each has its default."""
        pairs: list[tuple[str, str]] = [("order", self.order)] if self.order != "outlet" else []
        if self.capture:
            pairs.append(("capture", self.capture))
        if self.part > 1:
            pairs.append(("part", str(self.part)))
        if self.section:
            pairs.append(("section", str(self.section)))
        search = "" if self.question.is_blank else self.question.to_querystring()
        return search + ("&" if search else "?") + encode(pairs) if pairs else search

    def with_order(self, order: SectionOrder) -> "Visit":
        return replace(self, order=order, part=1, section=0)

    def with_capture(self, capture: str) -> "Visit":
        """Returns the same visit to one capture of the article; to the current page if it is empty."""
        return replace(self, capture=capture, part=1, section=0)

    def with_part(self, part: int) -> "Visit":
        """Returns the same visit to another part of the article."""
        return replace(self, part=part, section=0)
