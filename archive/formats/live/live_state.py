"""Live blog data: JSON that a content system returns for a live page, such as GraphQL responses (Al Jazeera's).

One file is one live page; `state_records` finds its entries. Used by the table of formats.
"""

import re
from collections.abc import Iterator

from ...errors import ReadError
from ...items import ArticleItem, Hints, Item
from ..input import Limits
from ..json_values import load_json
from ..loose_values import line_of, names_of
from .lead import lead_section
from .state_records import TYPE_KEYS, first_moment, first_value, read_records, record_key

READER = "live_state/1"

_OPENING = re.compile(rb"(?:\xef\xbb\xbf)?\s*[\[{]")
_LIVE_TYPE = re.compile(rf'"(?:{"|".join(TYPE_KEYS)})\\*"\s*:\s*\\*"live[-_ ]?(?:blog|update)', re.IGNORECASE)


def sniff(head: bytes, name: str) -> bool:
    """Whether this is JSON with records of a live blog in it."""
    return _OPENING.match(head) is not None and _LIVE_TYPE.search(head.decode("ascii", "replace")) is not None


def read(raw: bytes, hints: Hints, limits: Limits) -> Iterator[Item]:
    """Yields the live page in the responses. Raises ReadError if entries or headline are missing."""
    state = read_records(load_json(raw, limits))
    blog = state.blog or {}
    headline = line_of(first_value(blog, "heading")) or (state.entries[0].heading if len(state.entries) == 1 else "")
    if not state.entries:
        raise ReadError("a live blog without entries; save the responses with its updates in the same file, as a list")
    if not headline:
        raise ReadError("entries of a live blog without its headline; save the blog's own record in the same file")
    problems = list(state.problems)
    listed = blog.get("children")
    if isinstance(listed, list) and len(listed) > len(state.entries):
        problems.append(f"{len(state.entries)} of the {len(listed)} entries that the live blog lists are in the file")
    url = line_of(first_value(blog, "url"))
    standfirst = line_of(first_value(blog, "standfirst"))
    yield ArticleItem(
        headline=headline,
        sections=(*lead_section(state.lead, standfirst, state.entries), *state.entries),
        raw=raw,
        media_type="application/json",
        reader=READER,
        kind="live",
        source=hints.source,
        external_id=record_key(blog),
        url=url if url.startswith("http") else hints.url,
        standfirst=standfirst,
        byline=names_of(first_value(blog, "byline"), {}),
        published=first_moment(blog, "published", problems) or hints.published,
        updated=first_moment(blog, "updated", problems),
        problems=tuple(problems),
        whole_stream=True,
    )
