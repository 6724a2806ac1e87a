"""For which name a speaker stands. Pure; internal to the package.

A phrase stands for the name that is its head: the last name before its first comma or preposition. A pronoun stands
for a person of its paragraph before it, if there is one alone; or for who spoke last in the paragraph before.
All else is left open.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from .reporting import Reporting
from .spans import Mention, Span

_RUN = re.compile(r"[^\W\d_a-z][\w’'\-.]*(?:\s(?:(?:de|van|von|al|bin|der|la|el|del|da)\s)?[^\W\d_a-z][\w’'\-]*)*")
_HEAD_END = re.compile(r",|;|\(|\s(?:of|for|in|at|to|from|with|on|who|and|or)\s|\swho$")
_MAX_PHRASE_CHARS = 300
_MAX_TITLE_CHARS = 8
_POSSESSIVES = ("'s", "’s", "'", "’")


@dataclass(slots=True)
class Names:
    """The names of a text, in order. Without any, runs of capitals do."""

    text: str
    mentions: Sequence[Mention]
    table: Reporting
    starts: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.mentions = sorted(self.mentions, key=lambda mention: mention.span.start)
        self.starts = [mention.span.start for mention in self.mentions]

    def within(self, start: int, end: int) -> Sequence[Mention]:
        return self.mentions[bisect_left(self.starts, start) : bisect_left(self.starts, end)]

    def at(self, place: int) -> Mention | None:
        """Returns the name that covers a place of the text."""
        number = bisect_right(self.starts, place) - 1
        return self.mentions[number] if number >= 0 and self.mentions[number].span.end > place else None

    def of_phrase(self, phrase: Span) -> Span | None:
        """Returns the name that a phrase stands for: its head, or the whole of an apposition."""
        text = self.text[phrase.start : min(phrase.end, phrase.start + _MAX_PHRASE_CHARS)]
        for number, (piece_start, piece) in enumerate(_pieces(text)):
            found = self._name_at_end(phrase.start + piece_start, piece)
            if found and (number == 0 or 2 * (found.end - found.start) >= len(piece)):
                return found
        return None

    def _name_at_end(self, start: int, piece: str) -> Span | None:
        end = start + len(piece)
        inside = self.within(start, end)
        if inside and inside[-1].span.end == end:
            return inside[-1].span
        runs = list(_RUN.finditer(piece))
        if not runs or runs[-1].end() < len(piece) or piece.endswith(_POSSESSIVES):
            return None
        words = runs[-1].group().split()
        while words and self._is_before_name(words[0].rstrip(".").lower()):
            words.pop(0)
        if not words or words[0].lower() in self.table.pronouns:
            return None
        name = " ".join(words)
        if len(name) > len(piece) or not piece.endswith(name):
            return None
        if self.mentions and len(words) == 1 and self._begins_sentence(end - len(name)):
            return None
        return Span(end - len(name), end)

    def _is_before_name(self, word: str) -> bool:
        return word in self.table.roles or word in self.table.determiners

    def _begins_sentence(self, place: int) -> bool:
        """Says whether a capital at a place may be that of a sentence."""
        before = self.text[max(0, place - 2) : place].strip(" “\"'‘(")
        return not before or before[-1] in ".?!\n:"

    def title_of(self, name: Span) -> str:
        """Returns the first word of a name or the word before it, where one is a title."""
        before = self.text[max(0, name.start - _MAX_TITLE_CHARS) : name.start].split()[-1:]
        for word in (*before, self.text[name.start : name.end].split()[0]):
            if word.rstrip(".").lower() in self.table.titles:
                return word.rstrip(".").lower()
        return ""

    def surname(self, name: Span) -> str:
        """Returns the last word of a name."""
        return self.text[name.start : name.end].split()[-1]

    def may_be_person(self, name: Span) -> bool:
        """Says whether nothing speaks against it that a name is a person's."""
        types = {mention.type for mention in self.within(name.start, name.end)}
        if types:
            return "person" in types
        words = self.text[name.start : name.end].removeprefix("The ")
        return words not in self.table.outlets and not words.isupper()

    def persons(self, start: int, end: int) -> dict[str, Span]:
        """Returns the persons named in a part of the text, by label, each at its last place."""
        if self.mentions:
            return {mention.label: mention.span for mention in self.within(start, end) if mention.type == "person"}
        found = {}
        for run in _RUN.finditer(self.text, start, end):
            words = run.group().split()
            if words[0].rstrip(".").lower() in self.table.roles or (
                len(words) in (2, 3) and words[0].lower() not in self.table.determiners | self.table.prepositions
            ):
                found[words[-1].removesuffix("'s").removesuffix("’s")] = Span(*run.span())
        return found


def _pieces(text: str) -> list[tuple[int, str]]:
    """Returns the head of a phrase, and an apposition that follows it, without spaces around them."""
    head = _HEAD_END.search(text)
    pieces = [(0, text[: head.start()] if head else text)]
    comma = text.find(", ")
    if comma >= 0:
        end = text.find(",", comma + 1)
        pieces.append((comma + 2, text[comma + 2 : end if end >= 0 else len(text)]))
    return [(start, piece.rstrip(" ,.")) for start, piece in pieces if piece.strip(" ,.")]


def fits(pronoun: str, title: str, table: Reporting) -> bool:
    """Says whether a pronoun may stand for somebody with a title: "he" for no Ms, "she" for no Mr."""
    if table.pronouns.get(pronoun) == "man":
        return title not in ("mrs", "ms", "miss", "lady", "dame")
    if table.pronouns.get(pronoun) == "woman":
        return title not in ("mr", "sir", "lord")
    return False
