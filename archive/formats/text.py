"""Plain text, one article a file: what a page leaves when its words are copied out.

The shape: a headline; a standfirst, when the second line has no closing mark; a lead of paragraphs; then headings
(lines with no closing mark, whatever quote mark follows), each with its paragraphs. One paragraph a line, or
paragraphs wrapped at a column with blank lines between.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from ..errors import ReadError
from ..items import ArticleItem, Hints, Item, SectionItem
from .input import Limits, as_utf8, clean, decode, looks_like_text, removed_note

READER = "text/1"

# What closes a sentence, in the scripts that have such a mark, and what may stand behind it, in French after a blank.
_CLOSED = re.compile(r"[.?!…‽。！？｡؟۔।॥።։။។།](?: ?[\"'“”‘’«»‹›」』)\]）》】〉〕])*$")

# Copied text does not say that its page was rolling; its headline does. Asked for only where sections are headed.
_LIVE_HEADLINE = re.compile(
    r"\b(?:live|latest)\s*(?:[:|–—-]|$)|[:|–—-]\s*(?:live|latest)\b|\blive\s?(?:updates?|blog|coverage|report)\b"
    r"|\bas it happened\b|\bminute[ -]by[ -]minute\b",
    re.IGNORECASE,
)

# Other formats are text too; until one of them has a reader, its source is not taken for somebody's prose.
_OTHER_FORMATS = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<[!?a-zA-Z]|\{\s*\"|\[\s*[\[{])")

# Text wrapped by mail programs and editors stays under this column; a paragraph a line soon runs over it.
_WRAP_COLUMNS = 100


def sniff(head: bytes, name: str) -> bool:
    """Whether this is text, and no markup or data."""
    return looks_like_text(head) and not _OTHER_FORMATS.match(as_utf8(head))


def read(raw: bytes, hints: Hints, limits: Limits) -> Iterator[Item]:
    """Yields the one article of a text file. Raises ReadError where there is none."""
    text, removed = clean(decode(raw))
    numbered = _paragraphs(text.split("\n"))
    if not numbered:
        raise ReadError("no words in it")
    (first, headline), *rest = numbered
    if not rest:
        raise ReadError("a lone line: a headline needs at least one paragraph under it", f"line {first}")
    problems = [removed_note(removed)] if removed else []
    standfirst = ""
    # Where no line at all is closed (a list, a poem) the marks say nothing, and every line is a paragraph.
    marked = any(_CLOSED.search(line) for _, line in rest)
    if marked and len(rest) > 1 and not _CLOSED.search(rest[0][1]):
        standfirst = rest.pop(0)[1]
    sections: list[tuple[str, list[str]]] = [("", [])]
    for (number, line), (_, following) in zip(rest, [*rest[1:], (0, "")], strict=True):
        if _CLOSED.search(line) or not marked:
            sections[-1][1].append(line)
            continue
        sections.append((line, []))
        if not _CLOSED.search(following):
            problems.append(f"line {number}: a heading without paragraphs")
    sections = [section for section in sections if any(section)]
    headed = any(heading for heading, _ in sections)
    yield ArticleItem(
        headline=headline,
        standfirst=standfirst,
        sections=tuple(SectionItem(tuple(paragraphs), heading) for heading, paragraphs in sections),
        kind="live" if headed and _LIVE_HEADLINE.search(headline) else "article",
        raw=raw,
        media_type="text/plain",
        reader=READER,
        source=hints.source,
        url=hints.url,
        published=hints.published,
        problems=tuple(problems),
        whole_stream=True,
    )


def _paragraphs(lines: list[str]) -> list[tuple[int, str]]:
    """Returns the paragraphs with the number of the line at which each begins, unwrapped where they were wrapped."""
    blocks: list[list[tuple[int, str]]] = [[]]
    for number, line in enumerate(lines, start=1):
        if line.strip():
            blocks[-1].append((number, " ".join(line.split())))
        elif blocks[-1]:
            blocks.append([])
    blocks = [block for block in blocks if block]
    if not _is_wrapped(blocks):
        return [entry for block in blocks for entry in block]
    return [(block[0][0], " ".join(line for _, line in block)) for block in blocks]


def _is_wrapped(blocks: list[list[tuple[int, str]]]) -> bool:
    """Whether lines end because the next word had no room: short lines, blank lines, and a common right edge."""
    width = max((len(line) for block in blocks for _, line in block), default=0)
    inner = [(line, following) for block in blocks for (_, line), (_, following) in pairwise(block)]
    if width > _WRAP_COLUMNS or len(blocks) < 2 or len(inner) < 4:
        return False
    full = sum(len(line) + 1 + len(following.split()[0]) > width - 2 for line, following in inner)
    return full >= 0.8 * len(inner)
