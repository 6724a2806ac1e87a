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
# The value of the parameter `only`.
_KEY_EVENTS = "key-events"
# The values of the parameter `marks`; without it, the page is as the reader had pages before.
MARKS = ("on", "off")


@dataclass(frozen=True)
class Visit:
    """An article's page as opened. `capture` is the start of a SHA-256, unchecked; empty for the current page.

    Of an article in parts, it shows the part that has the section with this id (0 for none), else that of this number.
    Where the search lists sections separately, `hit` is the id of the section that was opened (0 for none).
    `find` has words that its entries must have, and with `key_events` it shows key events alone. `marks` is `on` or
    `off` where the address says whether names and statements are marked; `shows_marks` says whether they are.
    """

    question: Question = field(default_factory=Question)
    order: SectionOrder = "outlet"
    capture: str = ""
    part: int = 1
    section: int = 0
    hit: int = 0
    find: str = ""
    key_events: bool = False
    marks: str = ""
    shows_marks: bool = False

    @classmethod
    def from_parameters(cls, parameters: Parameters) -> "Visit":
        """Reads the parameters of a URL: those of the search, and its own. Raises UnknownQueryError."""
        marks = read_choice(parameters, "marks", MARKS, "")
        return cls(
            question=Question.from_parameters(parameters),
            order=cast(SectionOrder, read_choice(parameters, "order", SECTION_ORDERS, "outlet")),
            capture=read_last(parameters, "capture")[:_SHA256_CHARS].lower(),
            part=read_page(parameters, "part", max_page=_MAX_PART),
            section=read_number(parameters, "section"),
            hit=read_number(parameters, "hit"),
            find=read_last(parameters, "find"),
            key_events=read_last(parameters, "only") == _KEY_EVENTS,
            marks=marks,
            shows_marks=marks == "on",
        )

    def to_querystring(self) -> str:
        """Returns the parameters as a URL has them; empty if each has its default."""
        pairs = self._own_parameters()
        search = "" if self.question.is_blank else self.question.to_querystring()
        return search + ("&" if search else "?") + encode(pairs) if pairs else search

    def _own_parameters(self) -> list[tuple[str, str]]:
        values = {
            "order": self.order if self.order != "outlet" else "",
            "capture": self.capture,
            "part": str(self.part) if self.part > 1 else "",
            "section": str(self.section) if self.section else "",
            "hit": str(self.hit) if self.hit else "",
            "find": self.find,
            "only": _KEY_EVENTS if self.key_events else "",
            "marks": self.marks,
        }
        return [(name, value) for name, value in values.items() if value]

    @property
    def is_filtered(self) -> bool:
        """Whether it shows some entries of the article alone."""
        return bool(self.find or self.key_events)

    @property
    def parameters_without_find(self) -> list[tuple[str, str]]:
        """The parameters of a form that has a field for words of entries."""
        search = [] if self.question.is_blank else self.question.all_parameters
        own = replace(self, find="", part=1, section=0)._own_parameters()
        return search + own

    def with_filter(self, *, find: str = "", key_events: bool = False) -> "Visit":
        """Returns the same visit to the entries with these words, or to all entries."""
        return replace(self, find=find, key_events=key_events, part=1, section=0)

    @property
    def search_parameters(self) -> str:
        """What the URL of any page has of the search that led to it, encoded; empty if there was none."""
        return Visit(self.question, hit=self.hit).to_querystring()[1:]

    def with_order(self, order: SectionOrder) -> "Visit":
        return replace(self, order=order, part=1, section=0)

    def with_capture(self, capture: str) -> "Visit":
        """Returns the same visit to one capture of the article; to the current page if it is empty."""
        return replace(self, capture=capture, part=1, section=0, find="", key_events=False)

    def with_marks(self, *, on: bool) -> "Visit":
        """Returns the same visit with names and statements marked, or without."""
        return replace(self, marks="on" if on else "off", shows_marks=on)

    def with_part(self, part: int) -> "Visit":
        """Returns the same visit to another part of the article."""
        return replace(self, part=part, section=0)


def add_parameters(url: str, parameters: str) -> str:
    """Returns a URL with further encoded parameters, before its own; `url` may have a fragment."""
    if not parameters:
        return url
    address, hash_sign, fragment = url.partition("#")
    before, _, others = address.partition("?")
    return f"{before}?{parameters}{others and '&'}{others}{hash_sign}{fragment}"
