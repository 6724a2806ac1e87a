"""Finds the elements of a live page that are its entries.

DIALECTS lists the containers in which outlets and live blog systems write their entries. On other pages entries are
recognised by the words in their classes, or as siblings that each have an id and a time. Does not read the entries;
`shown_entries` does, and uses this module.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from ..markup import Element, local_name
from .entry_keys import attribute_key
from .selectors import select


@dataclass(frozen=True)
class Dialect:
    """A known container, as selectors (see `selectors`).

    Every page in this dialect has `mark` in an attribute value; it is looked for before any selector runs. It may be
    empty if `entry` begins with an element's name, which is as fast. `entry` finds the entries, whose id must match
    the pattern `key`; the other selectors are applied within an entry.
    """

    name: str
    mark: str
    entry: str
    key: str = ""
    heading: str = ""
    byline: str = ""
    body: str = ""
    key_event: str = ""


# The row with the most entries on a page is used; of equals the first. A row has only what the general rules miss.
DIALECTS = (
    Dialect("schema.org microdata", "liveBlogUpdate", "[itemprop~=liveBlogUpdate]", body="[itemprop~=articleBody]"),
    Dialect(
        "Guardian",
        "block-",
        "article[id^=block-], article[id^=pinned-block-], div.block[id^=block-]",
        key=r"[0-9a-f]{24}$",
        body=".block-elements",
        key_event=".is-key-event",
    ),
    Dialect(
        "Reach",
        "live-event-entry",
        ".live-event-entry",
        byline=".entry-info mark",
        body=".entry-content",
        key_event="[data-type=key-event]",
    ),
    Dialect("Express", "live-events__entry", ".live-events__entry", body=".live-events__entry-text"),
    Dialect("ARD", "liveblog--anchor", ".liveblog--anchor"),
    Dialect("AMP live list", "", "amp-live-list [data-sort-time]"),
    Dialect(
        "BBC, from 2016",
        "lx-stream-post",
        "article.lx-stream-post, article.qa-post",
        heading=".lx-stream-post__header-text",
        byline=".lx-stream-post__contributor-name, .qa-contributor-name",
        body=".lx-stream-post-body, .qa-post-body",
    ),
    Dialect("BBC, from 2022", "content-post", "[data-testid=content-post]", byline="[class*=ContributorName]"),
    Dialect("CNN, from 2019", "post-headlinestyles", "article[id^=h_]", byline="[data-type=byline-area]"),
    Dialect(
        "CNN, from 2023",
        "live-story-post",
        "article.live-story-post, div.live-story-post, .live-story-post_vertical-post",
        byline=".live-story-post__byline",
        body=".live-story-post__content",
    ),
    Dialect(
        "WordPress: Liveblog",
        "liveblog-entry",
        ".liveblog-entry",
        byline=".liveblog-author-name, .liveblog-meta-author-name",
        body=".liveblog-entry-text, .liveblog-entry-content",
        key_event=".type-key, .type-key-event",
    ),
    Dialect(
        "WordPress: Elvik live blogging",
        "elb-liveblog-post",
        ".elb-liveblog-post",
        heading=".elb-liveblog-post-heading",
        body=".elb-liveblog-post-content",
    ),
    Dialect(
        "DMG Media",
        "liveblog__entry",
        ".dmg-liveblog__entry, .dmg-liveblog__entry-container",
        heading=".dmg-liveblog__entry-title",
        byline=".dmg-liveblog__entry-author",
        body=".dmg-liveblog__entry-content",
    ),
    Dialect(
        "New York Times",
        "live-blog-post",
        "[data-test-id=live-blog-post], [data-testid=live-blog-post], [data-testid=reporter-update]",
    ),
    Dialect(
        "Le Monde",
        "post__live-container",
        "section.post__live-container",
        heading=".post__live-container--title",
        body=".content--live",
        key_event=".post__live-container--essential, [data-post-essential]",
    ),
    Dialect(
        "Norkon Live Center",
        "ncpost",
        ".ncpost-list-post, div.ncpost, article.ncpost",
        heading=".ncpost-title",
        byline=".ncpost-byline",
        body=".ncpost-content",
    ),
    Dialect("ScribbleLive, rendered", "live-item-", "li[class*=live-item-]", key=r"^\d{6,}$", body=".Content"),
    Dialect(
        "Superdesk Live Blog",
        "lb-post",
        "article.lb-post",
        byline=".lb-author__name, .lb-post-author",
        body=".items-container, .lb-item",
    ),
)

# A class of entries in an unknown system: the words around the word for an entry (live-blog-post, liveticker__item,
# LiveEntry), and what scripts that isolate classes append (LiveBlogPost_root__a1B2c, LiveEntry-sc-1x2y3z-0).
_ENTRY_CLASS = re.compile(
    r"^(?:[a-z0-9]+[-_]+)*(?:live-?(?:blog|ticker|feed|event|story|update|center|centre|coverage|text|page)?s?|"
    r"ticker|minute-?by-?minute)[-_]*(?:(?:body|feed|list|stream|posts)[-_]+)?"
    r"(?:post|entry|item|update|event|block|card|message)s?"
    r"(?:[-_]+(?:root|container|wrapper|outer))?(?:__(?=\w*\d)\w{5}|-sc-\w{6,8}(?:-\d+)?)?$",
    re.IGNORECASE,
)

_MIN_ENTRIES = 2
# Fewer on a page that calls nothing live are a list of links to other pages.
MIN_UNNAMED_ENTRIES = 3

# A page has a handful of classes like those of entries, a page made to take long has thousands.
_MAX_CLASSES = 20
# How far above its time the container of an entry may be.
_MAX_TIME_DEPTH = 10

TIME_NAMES = frozenset(("time", "amp-timeago", "relative-time"))
_ASIDE_NAMES = frozenset(("aside", "nav", "footer"))

UNKNOWN_DIALECT = Dialect("unknown", "", "")


def find_entries(root: Element, attributes: str, *, named_live: bool) -> tuple[list[Element], Dialect]:
    """Returns the elements of the entries and their dialect; O(size of the page).

    `attributes` are the values of all attributes of the page. `named_live` says that its linked data calls it a live
    blog; without that the general rules want more evidence.
    """
    best: list[Element] = []
    best_dialect = UNKNOWN_DIALECT
    for dialect in DIALECTS:
        if dialect.mark in attributes:
            found = outermost(select(dialect.entry, root))
            if dialect.key:
                found = [element for element in found if re.search(dialect.key, element.get("id") or "")]
            if len(found) > len(best):
                best, best_dialect = found, dialect
    if best and (len(best) >= _MIN_ENTRIES or named_live):
        return best, best_dialect
    names = attributes.lower()
    if named_live or "live" in names or "ticker" in names:
        best = _by_class(root)
        if len(best) >= (_MIN_ENTRIES if named_live else MIN_UNNAMED_ENTRIES):
            return best, UNKNOWN_DIALECT
    if named_live:
        best = _by_siblings(root)
        if len(best) >= MIN_UNNAMED_ENTRIES:
            return best, UNKNOWN_DIALECT
    return [], UNKNOWN_DIALECT


def outermost(elements: Sequence[Element]) -> list[Element]:
    """Returns the elements that are not inside another of them."""
    chosen = set(elements)
    return [element for element in elements if not any(above in chosen for above in element.iterancestors())]


def _by_class(root: Element) -> list[Element]:
    """Returns the elements of the class that is most likely that of the entries."""
    groups: dict[str, list[Element]] = defaultdict(list)
    for element in root.iter():
        names = element.get("class") if isinstance(element.tag, str) else None
        if names and ("ive" in names or "icker" in names or "minute" in names):
            for name in names.split():
                if _ENTRY_CLASS.match(name):
                    groups[name].append(element)
    families = [
        [element for element in outermost(group) if not _is_aside(element) and _has_key_or_time(element)]
        for group in groups.values()
    ]
    families = sorted((group for group in families if len(group) >= _MIN_ENTRIES), key=len, reverse=True)
    families = families[:_MAX_CLASSES]
    # Lists of links to other live pages may be longer, but the entries have the text. Of the boxes of days and the
    # entries in them, which have the same text, the entries are more.
    letters = [_unlinked_chars(group) for group in families]
    most = max(letters, default=0)
    with_text = (group for group, count in zip(families, letters, strict=True) if count * 2 >= most)
    return max(with_text, key=len, default=[])


def _has_key_or_time(element: Element) -> bool:
    return bool(element.get("id") or attribute_key(element)) or next(element.iter(*TIME_NAMES), None) is not None


def _unlinked_chars(elements: Sequence[Element]) -> int:
    """Returns how much text the elements have outside links."""
    return sum(
        len("".join(element.itertext())) - sum(len("".join(link.itertext())) for link in element.iter("a"))
        for element in elements
    )


def _by_siblings(root: Element) -> list[Element]:
    """Returns the largest group of siblings that each have an id and a time."""
    groups: dict[tuple[Element, str], list[Element]] = defaultdict(list)
    for time in root.iter(*TIME_NAMES):
        if not time.get("datetime"):
            continue
        ancestors = [time, *time.iterancestors()][:_MAX_TIME_DEPTH]
        owner = next((above for above in ancestors if attribute_key(above) and above.getparent() is not None), None)
        if owner is not None and not _is_aside(owner):
            group = groups[owner.getparent(), local_name(owner)]
            if not group or group[-1] is not owner:
                group.append(owner)
    return max(groups.values(), key=len, default=[])


def _is_aside(element: Element) -> bool:
    return any(local_name(above) in _ASIDE_NAMES for above in element.iterancestors())
