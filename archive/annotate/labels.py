"""Lines that begin with a name and a colon: headlines (Navalny: Elections must be fair) and transcripts.

Pure; internal to the package. A headline needs the same name elsewhere in the text, in a sentence; the speaker of a
transcript opens several lines.
"""

import re
from dataclasses import dataclass

from .drafts import CONFIDENCE, NAME_THEN_CLAUSE, SPEAKER_OF_TRANSCRIPT
from .reporting import Reporting
from .spans import Span, Statement

_LABEL = re.compile(r"([^\W\d_][^:\n\"“”‘()\[\],;.?!]{0,38}|[A-Z]):\s+(?=\w)")
_SINGLE_LETTERS = frozenset("QA")
MAX_LABEL_CHARS = 40
_MAX_LABEL_WORDS = 4
_MIN_CLAUSE_WORDS = 3
_MIN_TURNS = 3
_MAX_LOOKS = 50


@dataclass(slots=True)
class Labels:
    """The labels of a text; they are counted when a line has one."""

    text: str
    table: Reporting
    _turns: dict[str, int] | None = None
    _looks: int = 0

    def statement_of(self, line: str, start: int) -> Statement | None:
        """Returns the statement of a line at an offset that begins with a name and a colon."""
        found = _LABEL.match(line)
        if not found or not self._is_name(found[1]):
            return None
        label, rest = found[1], line[found.end() :]
        if len(rest.split(maxsplit=_MIN_CLAUSE_WORDS)) < _MIN_CLAUSE_WORDS:
            return None
        if self._turns_of(label) >= _MIN_TURNS:
            rule = SPEAKER_OF_TRANSCRIPT
        elif (start == 0 or rest[-1] not in '.?!”"') and not self._is_body(line) and self._is_named_elsewhere(label):
            rule = NAME_THEN_CLAUSE
        else:
            return None
        speaker = Span(start, start + len(label))
        return Statement(
            content=(Span(start + found.end(), start + len(line)),),
            cue=Span(speaker.end, speaker.end + 1),
            speaker=speaker,
            kind="direct" if rule == SPEAKER_OF_TRANSCRIPT else "indirect",
            rule=rule,
            confidence=CONFIDENCE[rule],
            speaker_name=None if label in _SINGLE_LETTERS else speaker,
        )

    def _is_name(self, label: str) -> bool:
        words = label.split()
        if not 0 < len(words) <= _MAX_LABEL_WORDS or words[0].lower() in self.table.labels:
            return False
        return all(word[0].isupper() or word in ("de", "van", "von", "al", "bin") for word in words)

    def _is_body(self, line: str) -> bool:
        return ". " in line

    def _turns_of(self, label: str) -> int:
        if self._turns is None:
            self._turns = {}
            for line in self.text.split("\n"):
                found = _LABEL.match(line.strip())
                if found:
                    self._turns[found[1]] = self._turns.get(found[1], 0) + 1
        return self._turns.get(label, 0)

    def _is_named_elsewhere(self, label: str) -> bool:
        """Says whether a label stands in a sentence too, behind a word in lower case."""
        name = label.removesuffix("'s").removesuffix("’s")
        self._looks += 1
        if self._looks > _MAX_LOOKS:
            return False
        at = self.text.find(name)
        for _ in range(_MAX_LOOKS):
            if at < 0:
                return False
            before = self.text[max(0, at - 2) : at]
            after = self.text[at + len(name) : at + len(name) + 1]
            if before[:1].islower() and before[1:] == " " and not after.isalnum() and after != ":":
                return True
            at = self.text.find(name, at + 1)
        return False
