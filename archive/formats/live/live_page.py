"""Live pages: a web page with a rolling report, split into its dated entries.

Joins three sources: the entries on the page (`shown_entries`), schema.org's LiveBlogPosting in its linked data
(`linked_posting`) and the state in its scripts (`script_state`); `entry_merge` makes them one list. The lead, if there
is one, is a section before the entries. The fields of the page are those of the posting; where it has none, the page's
metadata. Used by `html`, before it reads a page as an
ordinary article.
"""

from collections.abc import Sequence
from dataclasses import replace

from ...items import ArticleItem, SectionItem
from ...times import Moment
from ..web import Metadata, Page
from .entry_merge import merge_entries
from .lead import lead_section
from .linked_posting import LinkedPosting, read_posting
from .script_state import page_state
from .shown_entries import shown_entries

READER = "live_page/1"

# A page with one entry is an article that was called live before anything happened, unless it has a posting.
_MIN_ENTRIES = 2

# Systems whose entries a script loads into the page, and a part of the attribute values that shows it.
LOADING_SYSTEMS = (
    ("24liveblog", "24liveblog.com"),
    ("Arena", "arena-liveblog"),
    ("Norkon Live Center", "livecenter.norkon.net"),
    ("ScribbleLive", "scribblelive.com"),
    ("Tickaroo", "tickaroo.com"),
)

_EMPTY_POSTING = LinkedPosting("", "", "", "", "", "", None, None, (), (), ())


def missing_entries_note(page: Page, metadata: Metadata) -> str:
    """Returns a note if a page that was read as an article may be a live page without its entries; else nothing."""
    system = next((name for name, mark in LOADING_SYSTEMS if mark in page.attributes), "")
    if system:
        return f"the live blog entries that a script loads from {system} are not in the page; save it after they load"
    posting = read_posting(page.linked_data)
    if posting and posting.headline and posting.headline == metadata.headline:
        return "the page calls itself a live blog and has no entries; save it after its scripts have run"
    return ""


def read_page(page: Page, metadata: Metadata) -> ArticleItem | None:
    """Returns the live page; None if the page is not live. Never raises; O(size of the page)."""
    posting = read_posting(page.linked_data)
    stated = posting or _EMPTY_POSTING
    shown = shown_entries(
        page.root,
        page.attributes,
        named_live=posting is not None,
        linked=stated.entries,
        page_time=_page_time(page, metadata, stated),
    )
    state = page_state(page.root, page.limits)
    merged = merge_entries(shown.entries, merge_entries(state.entries, stated.entries))
    sections = tuple(replace(entry, key_event=True) if entry.key in shown.key_events else entry for entry in merged)
    if not sections or (posting is None and len(sections) < _MIN_ENTRIES):
        return None
    headline = stated.headline or metadata.headline
    if not headline:
        return None
    standfirst = stated.standfirst or metadata.standfirst
    lead = lead_section(shown.lead or state.lead or stated.lead, standfirst, sections)
    return ArticleItem(
        headline=headline,
        sections=(*lead, *sections),
        raw=page.raw,
        media_type=page.media_type,
        reader=READER,
        kind="live",
        source=stated.source or metadata.source or page.hints.source,
        external_id=metadata.external_id,
        url=stated.url or metadata.url or page.hints.url,
        standfirst=standfirst,
        byline=stated.byline or metadata.byline,
        language=metadata.language or stated.language,
        published=stated.published or metadata.published or page.hints.published,
        updated=stated.updated or metadata.updated,
        topics=stated.topics or metadata.topics,
        problems=(
            *page.problems,
            *metadata.problems,
            *stated.problems,
            *shown.problems,
            *state.problems,
            *_notes(sections),
        ),
        whole_stream=True,
    )


def _page_time(page: Page, metadata: Metadata, stated: LinkedPosting) -> Moment | None:
    times = (stated.updated, stated.published, metadata.updated, metadata.published)
    return next((moment for moment in times if moment), page.hints.published)


def _notes(entries: Sequence[SectionItem]) -> list[str]:
    untimed_count = sum(entry.published is None for entry in entries)
    if not untimed_count:
        return []
    have = "has" if untimed_count == 1 else "have"
    return [f"{untimed_count} of {len(entries)} entries {have} no known time"]
