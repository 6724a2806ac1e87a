"""Highlights the matches of a query in a text, and picks the passage that shows them best. Pure.

Yields pieces of text, never markup. `matches` finds the matches; other packages enter through `search.results`.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..engines import check_time
from ..query import Node
from ..text import UNSPACED_STOPS, is_prose_at, sentence_around, starts_cluster
from .matches import TermMatch, TermMatcher
from .said import TextSpans

# Two lines on a wide page, so that five articles and more are in view.
MAX_SNIPPET_CHARS = 200
# A snippet may begin this far before its first match, to begin with the sentence.
_MAX_RUN_UP_CHARS = 90
# Without a match, the passage begins with the first prose, but no further down than this.
_MAX_SKIPPED_LINES = 5
_MATCHES_PER_TIME_CHECK = 32
_SENTENCE_ENDS = ("\n", ". ", "? ", "! ", ".” ", '." ', *UNSPACED_STOPS)


@dataclass(frozen=True)
class Piece:
    """A piece of a text: a match, or the text between matches."""

    text: str
    matched: bool = False


@dataclass(frozen=True)
class Snippet:
    """A passage in pieces. `cut_before` and `cut_after`: the text goes on before or after it.

    `terms` is how many terms of the query it shows, and `is_prose` whether a sentence of it has one of them.
    """

    pieces: tuple[Piece, ...]
    cut_before: bool = False
    cut_after: bool = False
    terms: int = 0
    is_prose: bool = False


class Highlighter:
    """Highlights the matches of a query tree in the text of one field after another.

    `spans` are what is known of a text: what the query asks within `said()` is marked in statements alone, and what it
    asks of days where the text speaks of them.
    """

    def __init__(self, tree: Node) -> None:
        self._matcher = TermMatcher(tree)

    def mark(self, text: str, field: str, *, spans: TextSpans | None = None) -> tuple[Piece, ...]:
        """Returns the whole text in pieces."""
        return _split_pieces(text, self._matcher.find(text, field, spans), 0, len(text))

    def snippet(
        self,
        text: str,
        field: str,
        *,
        max_chars: int = MAX_SNIPPET_CHARS,
        spans: TextSpans | None = None,
    ) -> Snippet:
        """Returns the passage with the most of the query in it, prose before fragments; the beginning if none matches.

        Prose is a full sentence, not a line of a menu or a caption.
        """
        matches = self._matcher.find(text, field, spans)
        start, end, is_prose = _best_window(text, matches, max_chars)
        pieces = _split_pieces(text, matches, start, end)
        on_one_line = tuple(Piece(piece.text.replace("\n", " "), piece.matched) for piece in pieces)
        terms = len({match.term for match in matches if start <= match.start and match.end <= end})
        return Snippet(on_one_line, start > 0, end < len(text), terms, is_prose)


def _best_window(text: str, matches: Sequence[TermMatch], max_chars: int) -> tuple[int, int, bool]:
    """Returns the bounds of the passage that shows the most terms, and whether it shows one in prose.

    Among passages with the same number of terms, those that begin in prose win; among these, those with most matches.
    """
    if len(text) <= max_chars:
        return 0, len(text), any(_are_in_prose(text, matches))
    # If every match is longer than a passage, the passage shows the beginning of the first.
    best, anchor = (0, False, 0), matches[0] if matches else TermMatch(_first_prose(text), 0, 0)
    # A window slides over the matches: `counts` are its matches by term, from `first` up to `next_match`.
    counts: Counter[int] = Counter()
    next_match = 0
    for first, (match, is_prose) in enumerate(zip(matches, _are_in_prose(text, matches), strict=True)):
        if first % _MATCHES_PER_TIME_CHECK == 0:
            check_time()
        next_match = max(next_match, first)
        while next_match < len(matches) and matches[next_match].end <= match.start + max_chars:
            counts[matches[next_match].term] += 1
            next_match += 1
        value = (sum(1 for count in counts.values() if count > 0), is_prose, sum(counts.values()))
        if value[0] and value > best:
            best, anchor = value, match
        if first < next_match:
            counts[match.term] -= 1
    start = _find_start(text, anchor.start)
    end = _find_end(text, start, max_chars, earliest=start + max_chars // 2)
    if end < anchor.end:
        start = anchor.start
        end = _find_end(text, start, max_chars, earliest=min(anchor.end, start + max_chars))
    return start, _leave_out_fragments(text, matches, anchor, end) if best[1] else end, best[1]


def _are_in_prose(text: str, matches: Sequence[TermMatch]) -> Iterator[bool]:
    """Yields for each match whether it is in prose; looks at each sentence once."""
    end, is_prose = -1, False
    for count, match in enumerate(matches):
        if count % _MATCHES_PER_TIME_CHECK == 0:
            check_time()
        if match.start >= end:
            end, is_prose = sentence_around(text, match.start)[1], is_prose_at(text, match.start)
        yield is_prose


def _first_prose(text: str) -> int:
    """Returns where the first line of prose begins, among the first lines of a text; 0 if none does."""
    start = 0
    for _ in range(_MAX_SKIPPED_LINES):
        if is_prose_at(text, start):
            return start
        start = text.find("\n", start) + 1
        if not start:
            break
    return 0


def _leave_out_fragments(text: str, matches: Sequence[TermMatch], anchor: TermMatch, end: int) -> int:
    """Returns the end of a passage of prose before the first line that is none, if all terms are shown before it."""
    line = text.find("\n", anchor.end, end)
    while line >= 0:
        if not is_prose_at(text, line + 1):
            shown = {match.term for match in matches if anchor.start <= match.start and match.end <= line}
            cut = {match.term for match in matches if line < match.start and match.end <= end}
            return line if cut <= shown else end
        line = text.find("\n", line + 1, end)
    return end


def _find_start(text: str, match_start: int) -> int:
    """Returns the start of the sentence with a match; if that is too far back, of a word or character cluster."""
    earliest = max(match_start - _MAX_RUN_UP_CHARS, 0)
    if earliest == 0:
        return 0
    for sentence_end in _SENTENCE_ENDS:
        found = text.rfind(sentence_end, earliest, match_start)
        if found >= 0:
            return found + len(sentence_end)
    space = text.find(" ", earliest, match_start)
    if space >= 0:
        return space + 1
    return next((index for index in range(earliest, match_start) if starts_cluster(text, index)), match_start)


def _find_end(text: str, start: int, max_chars: int, *, earliest: int) -> int:
    """Returns the end of a passage: after `earliest`, before a space if there is one, else between two clusters."""
    end = start + max_chars
    if end >= len(text):
        return len(text)
    space = max(text.rfind(" ", start, end), text.rfind("\n", start, end))
    if space > earliest:
        return space
    return next((index for index in range(end, earliest, -1) if starts_cluster(text, index)), earliest)


def _split_pieces(text: str, matches: Sequence[TermMatch], start: int, end: int) -> tuple[Piece, ...]:
    """Returns text[start:end] in pieces. Overlapping matches become one piece."""
    merged: list[list[int]] = []
    for match in matches:
        # A match that the passage cuts is not marked, unless it fills the whole passage.
        if match.start < start or (match.end > end and match.start > start):
            continue
        match_end = min(match.end, end)
        if merged and match.start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], match_end)
        else:
            merged.append([match.start, match_end])
    pieces: list[Piece] = []
    done = start
    for match_start, match_end in merged:
        pieces.append(Piece(text[done:match_start]))
        pieces.append(Piece(text[match_start:match_end], matched=True))
        done = match_end
    pieces.append(Piece(text[done:end]))
    return tuple(piece for piece in pieces if piece.text)
