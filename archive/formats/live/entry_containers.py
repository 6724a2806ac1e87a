"""Where on a live page its entries stand.

DIALECTS lists the containers in which outlets and live-blog systems write their entries. Where a page is in none
of them, entries are told by the words in their classes, or as siblings that each have an id and a time.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from lxml import etree

from ..markup import Element, local_name
from .live_merge import entry_key


@dataclass(frozen=True)
class Dialect:
    """One known container, in selectors of a small part of CSS (see `_xpath`).

    `mark` is what an attribute has in it on every page in this dialect, looked for before any selector runs; empty
    where the entry's begins with the name of an element, which is as quick. `entry` finds the entries, `key` is a
    pattern that their id must match; the rest is looked for within an entry.
    """

    name: str
    mark: str
    entry: str
    key: str = ""
    heading: str = ""
    byline: str = ""
    body: str = ""
    key_event: str = ""


# The container that holds the most entries is the page's; of equals the first row. Only what is peculiar stands here.
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

# What stands in a class before and behind the word for an entry: live-blog-post, liveticker__item, LiveEntry; and what
# scripts that keep classes apart put behind it: LiveBlogPost_root__a1B2c, LiveEntry-sc-1x2y3z-0.
_ENTRY_CLASS = re.compile(
    r"^(?:[a-z0-9]+[-_]+)*(?:live-?(?:blog|ticker|feed|event|story|update|center|centre|coverage|text|page)?s?|"
    r"ticker|minute-?by-?minute)[-_]*(?:(?:body|feed|list|stream|posts)[-_]+)?"
    r"(?:post|entry|item|update|event|block|card|message)s?"
    r"(?:[-_]+(?:root|container|wrapper|outer))?(?:__(?=\w*\d)\w{5}|-sc-\w{6,8}(?:-\d+)?)?$",
    re.IGNORECASE,
)

# A page that calls nothing live has fewer entries than this, or lists of links to other pages.
_FEWEST = 2
FEWEST_UNNAMED = 3

# Attributes of an entry that hold its id, in the order of trust.
_ID_ATTRIBUTES = (
    "id data-id data-post-id data-block-id data-entry-id data-liveblog-post-id data-elb-post-id data-ncpost-id "
    "data-update-id data-item-id data-urn data-key data-uri data-uid data-uuid itemid"
).split()
TIME_NAMES = frozenset(("time", "amp-timeago", "relative-time"))

UNKNOWN = Dialect("unknown", "", "")


def find_entries(root: Element, attributes: str, *, named_live: bool) -> tuple[list[Element], Dialect]:
    best: list[Element] = []
    best_dialect = UNKNOWN
    for dialect in DIALECTS:
        if dialect.mark in attributes:
            found = outermost(select(dialect.entry, root))
            if dialect.key:
                found = [one for one in found if re.search(dialect.key, one.get("id") or "")]
            if len(found) > len(best):
                best, best_dialect = found, dialect
    if best and (len(best) >= _FEWEST or named_live):
        return best, best_dialect
    names = attributes.lower()
    if named_live or "live" in names or "ticker" in names:
        best = _by_class(root)
        if len(best) >= (_FEWEST if named_live else FEWEST_UNNAMED):
            return best, UNKNOWN
    if named_live:
        best = _by_siblings(root)
        if len(best) >= FEWEST_UNNAMED:
            return best, UNKNOWN
    return [], UNKNOWN


def outermost(elements: Sequence[Element]) -> list[Element]:
    """Leaves out what stands in another of the elements."""
    chosen = set(elements)
    return [one for one in elements if not any(above in chosen for above in one.iterancestors())]


def _by_class(root: Element) -> list[Element]:
    """Returns the elements that share the class that says best that they are entries."""
    groups: dict[str, list[Element]] = defaultdict(list)
    for element in root.iter():
        given = element.get("class") if isinstance(element.tag, str) else None
        if given and ("ive" in given or "icker" in given or "minute" in given):
            for word in given.split():
                if _ENTRY_CLASS.match(word):
                    groups[word].append(element)
    found = [
        [
            one
            for one in outermost(group)
            if not _is_aside(one) and (one.get("id") or own_key(one) or next(one.iter(*TIME_NAMES), None) is not None)
        ]
        for group in groups.values()
    ]
    found = sorted((group for group in found if len(group) >= _FEWEST), key=len, reverse=True)[:_MOST_GROUPS]
    # Lists of links to other live pages may be longer; entries have the text. Of a box a day and its entries, these.
    said = [_unlinked_letters(group) for group in found]
    most = max(said, default=0)
    told = (group for group, letters in zip(found, said, strict=True) if letters * 2 >= most)
    return max(told, key=len, default=[])


# A page has a handful of such classes, one made to take long thousands.
_MOST_GROUPS = 20


def _unlinked_letters(elements: Sequence[Element]) -> int:
    return sum(
        len("".join(one.itertext())) - sum(len("".join(link.itertext())) for link in one.iter("a")) for one in elements
    )


def _by_siblings(root: Element) -> list[Element]:
    """Returns the largest family of siblings that each have an id and a time."""
    families: dict[tuple[Element, str], list[Element]] = defaultdict(list)
    for time in root.iter(*TIME_NAMES):
        if not time.get("datetime"):
            continue
        above = [time, *time.iterancestors()][:10]
        owner = next((one for one in above if own_key(one) and one.getparent() is not None), None)
        if owner is not None and not _is_aside(owner):
            family = families[owner.getparent(), local_name(owner)]
            if not family or family[-1] is not owner:
                family.append(owner)
    return max(families.values(), key=len, default=[])


def own_key(element: Element) -> str:
    return next((key for name in _ID_ATTRIBUTES if (key := entry_key(element.get(name) or ""))), "")


def _is_aside(element: Element) -> bool:
    return any(local_name(one) in ("aside", "nav", "footer") for one in element.iterancestors())


_STEP = re.compile(r"(?P<tag>[\w-]*)(?P<tests>(?:\.[\w-]+|\[[\w-]+(?:[~^*]?=[^\]]+)?\])*)")
_TEST = re.compile(r"\.(?P<word>[\w-]+)|\[(?P<name>[\w-]+)(?:(?P<how>[~^*]?)=(?P<value>[^\]]+))?\]")


def select(selector: str, element: Element, *, also_self: bool = False) -> list[Any]:
    """Returns the elements under one that match, in document order."""
    found = _xpath(selector, also_self)(element)
    return list(found) if isinstance(found, list) else []


@cache
def _xpath(selector: str, also_self: bool) -> etree.XPath:
    """Returns CSS as XPath: names, `.word`, `[a]`, `[a=v]`, `[a~=v]`, `[a^=v]`, `[a*=v]`, `a b`, `a, b`."""
    paths = []
    for alternative in selector.split(","):
        axis = "descendant-or-self::" if also_self else "descendant::"
        steps = []
        for given in alternative.split():
            match = _STEP.fullmatch(given)
            if match is None:
                raise ValueError(f"no selector: {given!r}")
            steps.append(f"{axis}{match['tag'] or '*'}{''.join(map(_test, _TEST.finditer(match['tests'])))}")
            axis = "descendant::"
        paths.append("/".join(steps))
    return etree.XPath(" | ".join(paths))


def _test(match: "re.Match[str]") -> str:
    name = match["name"] or "class"
    if word := match["word"] or (match["how"] == "~" and match["value"]):
        # The letters first, and of attributes that are there: a third of the time.
        return f"[@{name}[contains(., '{word}')][contains(concat(' ', normalize-space(.), ' '), ' {word} ')]]"
    if match["value"] is None:
        return f"[@{name}]"
    call = {"^": "starts-with", "*": "contains"}.get(match["how"])
    return f"[{call}(@{name}, '{match['value']}')]" if call else f"[@{name}='{match['value']}']"
