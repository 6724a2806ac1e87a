"""The outlet's id of an entry: found in attributes and links, and returned in one spelling.

Knows the words and parameters that outlets put around ids. Pure; used for shown entries and for those in data, so that
`entry_merge` can join them.
"""

import re
from urllib.parse import parse_qsl

from ..markup import Element

# Words that outlets write before the id of an entry, with or without separators. Something must follow them.
_PREFIX = re.compile(
    r"(?:(?:elb|amp|lb|wp|pinned|live|blog|liveblog|post|block|entry|entries|update|item|asset|urn|id|event|card|article|"
    r"story|message|section|page|with|key|live-?event|body)s?(?:[-_:/. ]+|(?=\d)|(?=[A-Z])))+",
    re.IGNORECASE,
)

# Query parameters that name an entry of the page (BBC `post`, Guardian `page=with:block-`, CNN `post-id` and others).
_ID_PARAMETERS = frozenset(
    "post post-id postid post_id page pinned_post_locator block blockid entry entryid entry-id update updateid "
    "liveblogpost lbpost event-id eventid item itemid id".split()
)
_MAX_PARAMETERS = 50

# Attributes of an entry that have its id, the most trusted first.
_ID_ATTRIBUTES = (
    "id data-id data-post-id data-block-id data-entry-id data-liveblog-post-id data-elb-post-id data-ncpost-id "
    "data-update-id data-item-id data-urn data-key data-uri data-uid data-uuid itemid"
).split()

_MAX_KEY_CHARS = 200
_MAX_WORD_CHARS = 120
# How many levels below the entry the box may be that has the id.
_MAX_BOX_DEPTH = 4


def entry_key(text: str) -> str:
    """Returns the id of an entry in its common spelling; empty for a text that names no entry.

    `post-1288914`, `…#liveblogPost1288914` and `…?post=1288914` give the same key. A key has a digit in it.
    """
    text = text.strip()
    if not (text.startswith(("/", "?", "#")) or "://" in text):
        return _without_prefix(text)
    address, _, fragment = text.partition("#")
    key = _without_prefix(fragment.lstrip("?#/!"))
    query = address.partition("?")[2]
    if key or not query:
        return key
    try:
        parameters = parse_qsl(query, max_num_fields=_MAX_PARAMETERS)
    except ValueError:
        return ""
    values = (value for name, value in parameters if name.lower() in _ID_PARAMETERS)
    return next((key for value in values if (key := _without_prefix(value))), "")


def _without_prefix(text: str) -> str:
    if not text or len(text) > _MAX_KEY_CHARS or " " in text or "\t" in text or "\n" in text:
        return ""
    if not any(map(str.isdigit, text)):
        return ""
    match = _PREFIX.match(text)
    rest = text[match.end() :] if match else text
    return rest if any(map(str.isdigit, rest)) else text


def attribute_key(element: Element) -> str:
    """Returns the key in an element's own attributes; empty if there is none."""
    return next((key for name in _ID_ATTRIBUTES if (key := entry_key(element.get(name) or ""))), "")


def element_key(entry: Element) -> str:
    """Returns the key of an entry: its own, that of the box in it, that of its permalink, or a word that is its id."""
    return attribute_key(entry) or _box_key(entry) or _permalink_key(entry) or _word_id(entry)


def _box_key(entry: Element) -> str:
    """Returns the key of a box that contains all of the entry, as its only child or below it."""
    box = entry
    for _ in range(_MAX_BOX_DEPTH):
        children = list(box)
        if len(children) != 1:
            return ""
        box = children[0]
        if key := attribute_key(box):
            return key
    return ""


def _permalink_key(entry: Element) -> str:
    """Returns the key in the entry's first link within its page."""
    for link in entry.iter("a"):
        target = link.get("href") or ""
        if "#" in target or "?" in target:
            key = entry_key(target)
            if key:
                return key
    return ""


def _word_id(entry: Element) -> str:
    """Returns the entry's `id` attribute, which may lack the digit that other keys need; empty if it has blanks."""
    word = (entry.get("id") or "").strip()
    return word if len(word) <= _MAX_WORD_CHARS and " " not in word else ""
