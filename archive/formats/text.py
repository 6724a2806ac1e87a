"""Plain text, one article a file: a page whose words were copied.

The structure: a headline; a standfirst, if the second line has no closing mark; a lead of paragraphs; then headings
(lines without a closing mark, whatever quote mark follows), each with its paragraphs. A paragraph is a line, or lines
wrapped at a column with blank lines between paragraphs. Imported by `formats` alone.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from ..errors import ReadError
from ..items import ArticleItem, Hints, Item
from .body import MAX_WRAPPED_LINE_CHARS, Line, sections_of
from .input import Limits, as_utf8, clean, decode, looks_like_text, removed_note

READER = "text/1"

# Marks that close a sentence, in the scripts that have them, and what may follow, in French after a blank.
_CLOSED = re.compile(r"[.?!…‽。！？｡؟۔।॥።։။។།](?: ?[\"'“”‘’«»‹›」』)\]）》】〉〕])*$")

# The headline shows that copied text is from a live page. It is checked only if there are headings.
_LIVE_HEADLINE = re.compile(
    r"\b(?:live|latest)\s*(?:[:|–—-]|$)|[:|–—-]\s*(?:live|latest)\b|\blive\s?(?:updates?|blog|coverage|report)\b"
    r"|\bas it happened\b|\bminute[ -]by[ -]minute\b",
    re.IGNORECASE,
)

# Markup and data are text too. Without a reader for them, their source must not pass for prose.
_MARKUP_OR_DATA = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<[!?a-zA-Z]|\{\s*\"|\[\s*[\[{])")

# Lines are wrapped if at least this share of them ends because the next word does not fit.
_MIN_FULL_SHARE = 0.8
_MIN_INNER_LINES = 4

_Numbered = tuple[int, str]


def sniff(head: bytes, name: str) -> bool:
    """Whether this is text, and neither markup nor data."""
    return looks_like_text(head) and not _MARKUP_OR_DATA.match(as_utf8(head))


def read(raw: bytes, hints: Hints, limits: Limits) -> Iterator[Item]:
    """Yields the article of a text file. Raises ReadError if there is none."""
    text, removed = clean(decode(raw, hints.encoding))
    numbered = _paragraphs(text.split("\n"))
    if not numbered:
        raise ReadError("no words in it")
    (first, headline), *rest = numbered
    if not rest:
        raise ReadError("a lone line: a headline needs at least one paragraph under it", f"line {first}")
    problems = [removed_note(removed)] if removed else []
    standfirst = ""
    # If no line at all is closed (a list, a poem), the marks say nothing and every line is a paragraph.
    has_marks = any(_CLOSED.search(line) for _, line in rest)
    if has_marks and len(rest) > 1 and not _CLOSED.search(rest[0][1]):
        standfirst = rest.pop(0)[1]
    lines = [Line(line, is_heading=has_marks and not _CLOSED.search(line)) for _, line in rest]
    problems += _empty_headings(rest, lines)
    has_headings = any(line.is_heading for line in lines)
    yield ArticleItem(
        headline=headline,
        standfirst=standfirst,
        sections=sections_of(lines),
        kind="live" if has_headings and _LIVE_HEADLINE.search(headline) else "article",
        raw=raw,
        media_type="text/plain",
        reader=READER,
        source=hints.source,
        url=hints.url,
        published=hints.published,
        problems=tuple(problems),
        whole_stream=True,
    )


def _empty_headings(numbered: list[_Numbered], lines: list[Line]) -> Iterator[str]:
    """Yields a problem for each heading that another heading, or the end, follows."""
    for (number, _), line, following in zip(numbered, lines, [*lines[1:], None], strict=True):
        if line.is_heading and (following is None or following.is_heading):
            yield f"line {number}: a heading without paragraphs"


def _paragraphs(lines: list[str]) -> list[_Numbered]:
    """Returns the paragraphs with the numbers of their first lines, joined if they were wrapped."""
    blocks: list[list[_Numbered]] = [[]]
    for number, line in enumerate(lines, start=1):
        if line.strip():
            blocks[-1].append((number, " ".join(line.split())))
        elif blocks[-1]:
            blocks.append([])
    blocks = [block for block in blocks if block]
    if not _is_wrapped(blocks):
        return [numbered for block in blocks for numbered in block]
    return [(block[0][0], " ".join(line for _, line in block)) for block in blocks]


def _is_wrapped(blocks: list[list[_Numbered]]) -> bool:
    """Whether lines end because the next word did not fit: short lines, blank lines, a common right edge."""
    width = max((len(line) for block in blocks for _, line in block), default=0)
    inner = [(line, following) for block in blocks for (_, line), (_, following) in pairwise(block)]
    if width > MAX_WRAPPED_LINE_CHARS or len(blocks) < 2 or len(inner) < _MIN_INNER_LINES:
        return False
    full = sum(len(line) + 1 + len(following.split()[0]) > width - 2 for line, following in inner)
    return full >= _MIN_FULL_SHARE * len(inner)
