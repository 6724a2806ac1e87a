"""Live pages: a web page that is a rolling report, split into its dated entries.

Three sources are joined: the entries that the page shows (shown_entries, where entry_containers finds them),
schema.org's LiveBlogPosting in its linked data (live_postings) and the state that its scripts carry (live_state);
live_merge makes them one. The page's own words and times are the posting's, and where it is silent those of the
page. Asked by the reader of web pages, before any page is read as an article.
"""

from dataclasses import replace

from ...items import ArticleItem
from ..web import Metadata, Page
from .live_merge import merge_entries
from .live_postings import read_posting
from .live_state import page_state
from .shown_entries import shown_entries

READER = "live_page/1"

# A page with one entry is an article that calls itself live before anything has happened; a posting's word counts.
_FEWEST = 2


# Systems whose entries a script loads into the page, and what in its attributes tells of them.
LOADED_FROM = (
    ("24liveblog", "24liveblog.com"),
    ("Arena", "arena-liveblog"),
    ("Norkon Live Center", "livecenter.norkon.net"),
    ("ScribbleLive", "scribblelive.com"),
    ("Tickaroo", "tickaroo.com"),
)


def missing_entries(page: Page, metadata: Metadata) -> str:
    """Returns what a page that was read as no live page lacks to be one, empty for most."""
    system = next((name for name, mark in LOADED_FROM if mark in page.attributes), "")
    if system:
        return f"the entries of a live blog that a script loads from {system} are not in the page; save it rendered"
    posting = read_posting(page.linked_data)
    if posting and posting.headline and posting.headline == metadata.headline:
        return "the page calls itself a live blog and holds no entries; save it once its scripts have run"
    return ""


def read_page(page: Page, metadata: Metadata) -> ArticleItem | None:
    """Returns the live page, or None where the page is none. Never raises; O(size of the page)."""
    posting = read_posting(page.linked_data)
    times = (posting.updated, posting.published) if posting else ()
    page_time = next((one for one in (*times, metadata.updated, metadata.published) if one), page.hints.published)
    shown = shown_entries(
        page.root,
        page.attributes,
        named_live=posting is not None,
        told=posting.entries if posting else (),
        page_time=page_time,
    )
    state = page_state(page.root)
    told = merge_entries(state.entries, posting.entries if posting else ())
    merged = merge_entries(shown.entries, told)
    sections = tuple(replace(one, key_event=True) if one.key in shown.key_events else one for one in merged)
    if not sections or (posting is None and len(sections) < _FEWEST):
        return None
    headline = (posting.headline if posting else "") or metadata.headline
    if not headline:
        return None
    standfirst = (posting.standfirst if posting else "") or metadata.standfirst
    untimed = sum(one.published is None for one in sections)
    notes = [*shown.problems, *state.problems]
    told_again = {standfirst, *(line for one in sections for line in one.paragraphs)}
    lead = [line for line in shown.lead if line not in told_again]
    if lead:
        # A section is a dated entry; an introduction that is rewritten all day is none of them.
        counted = (
            "1 paragraph above the entries is" if len(lead) == 1 else f"{len(lead)} paragraphs above the entries are"
        )
        notes.append(f"{counted} kept in the capture alone")
    if untimed:
        have = "has" if untimed == 1 else "have"
        notes.append(f"{untimed} of {len(sections)} entries {have} no time that is known")
    return ArticleItem(
        headline=headline,
        sections=sections,
        raw=page.raw,
        media_type=page.media_type,
        reader=READER,
        kind="live",
        source=(posting.source if posting else "") or metadata.source or page.hints.source,
        external_id=metadata.external_id,
        url=(posting.url if posting else "") or metadata.url or page.hints.url,
        standfirst=standfirst,
        byline=(posting.byline if posting else "") or metadata.byline,
        language=metadata.language or (posting.language if posting else ""),
        published=(posting.published if posting else None) or metadata.published or page.hints.published,
        updated=(posting.updated if posting else None) or metadata.updated,
        topics=(posting.topics if posting else ()) or metadata.topics,
        problems=(*page.problems, *metadata.problems, *(posting.problems if posting else ()), *notes),
        whole_stream=True,
    )
