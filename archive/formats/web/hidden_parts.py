"""What a page has in it and browsers do not show: hidden elements, closed dialogs, templates.

Reads attributes and inline styles; style sheets are not read, since they often hide what a script shows later. For the
same reason `opacity: 0` and a height of nothing hide nothing here: scripts fade texts in and unfold them. What readers
can open in the page (`details`, `hidden=until-found`) is shown. `aria-hidden` hides from screen readers alone,
so its words stay. Pure; used by `article_body`.
"""

import re
from collections.abc import Mapping
from itertools import islice

from lxml import etree

from ..markup import Element, local_name

# A hidden element with several paragraphs and half of the page's text is shown by a script later: it is the page, or
# the rest of an article that a button shows (on one of 217 real pages).
_MAX_HIDDEN_SHARE = 0.5

# React sends parts of a page in such elements, from which its script moves them into place.
_STREAMED_ID = re.compile(r"S:[0-9a-f]+")

_candidates = etree.XPath("//*[@hidden or @style or @popover or self::dialog or self::template]")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_MAX_STYLE_CHARS = 2_000
_MAX_PARTS = 200
# Weighing an element walks through it. No real page has more hidden elements around most of its text.
_MAX_WEIGHED = 60

# Property -> the values that hide an element.
_HIDING = {
    "display": frozenset(("none",)),
    "visibility": frozenset(("hidden", "collapse")),
    "content-visibility": frozenset(("hidden",)),
}
# Properties that put a text where nobody sees it, as style sheets do with words for screen readers.
_NO_LENGTH = re.compile(r"0(?:\.0+)?(?:[a-z]+|%)?")
_FAR_AWAY = re.compile(r"-\d{3,}(?:\.\d+)?(?:px|r?em|%|v[wh])")
_CLIPPED = re.compile(r"rect\((?:[01](?:px)?[\s,]*){4}\)|inset\((?:50|100)%.*\)")
_SIDES = ("left", "right", "top", "inset-inline-start")
_CLIPS = ("clip", "clip-path")
_READ = frozenset((*_HIDING, *_SIDES, *_CLIPS, "position", "text-indent", "font-size"))


def hidden_elements(root: Element) -> list[Element]:
    """Returns the elements that browsers do not show, without those inside another; O(size of the page).

    Elements that a script shows later are not among them: those that React streams, and one with most of the page.
    """
    found: dict[Element, None] = {}
    total = weighed = 0
    for element in _candidates(root):
        if not is_hidden(element) or any(above in found for above in element.iterancestors()):
            continue
        total = total or _paragraph_chars(root)
        has_several = sum(1 for _ in islice(element.iterdescendants("p"), 2)) > 1
        weighed += has_several
        is_page = (has_several or not total) and weighed <= _MAX_WEIGHED and _is_page(element, total)
        if not (is_page or _STREAMED_ID.fullmatch(element.get("id") or "")):
            found[element] = None
    return [*found]


def _is_page(element: Element, total_chars: int) -> bool:
    """Whether an element has most of the page's text, or on a page without paragraphs its headline."""
    if not total_chars:
        return next(element.iterdescendants("h1"), None) is not None
    return _paragraph_chars(element) >= _MAX_HIDDEN_SHARE * total_chars


def is_hidden(element: Element) -> bool:
    """Whether browsers do not show an element, by its own attributes."""
    name = local_name(element)
    if name == "template" or (name == "dialog" and element.get("open") is None):
        return True
    style = _style_of(element)
    if style.get("visibility") in _HIDING["visibility"] and _has_visible_part(element):
        del style["visibility"]
    if any(style.get(key) in values for key, values in _HIDING.items()) or _is_out_of_sight(element, style):
        return True
    # A style takes precedence over the attribute.
    hidden = element.get("hidden")
    is_closed = (hidden is not None and hidden.strip().lower() != "until-found") or element.get("popover") is not None
    return is_closed and "display" not in style


def _is_out_of_sight(element: Element, style: Mapping[str, str]) -> bool:
    """Whether a style puts an element beside the page, cuts it off, or writes it in letters without a size."""
    if _FAR_AWAY.fullmatch(style.get("text-indent", "")):
        return True
    if _NO_LENGTH.fullmatch(style.get("font-size", "")):
        # Boxes have no size of letters to close the gaps between parts that have one.
        return next(element.iterdescendants(), None) is None
    if style.get("position") not in ("absolute", "fixed"):
        return False
    return any(_FAR_AWAY.fullmatch(style.get(side, "")) for side in _SIDES) or any(
        _CLIPPED.fullmatch(style.get(clip, "")) for clip in _CLIPS
    )


def _style_of(element: Element) -> dict[str, str]:
    """Returns the values of an element's inline style that may hide or show it, as CSS resolves them."""
    text = (element.get("style") or "")[:_MAX_STYLE_CHARS]
    values: dict[str, str] = {}
    important: set[str] = set()
    for declaration in _COMMENT.sub(" ", text).lower().split(";"):
        key, _, value = declaration.partition(":")
        key = key.strip()
        if key not in _READ or not value.strip():
            continue
        value, _, mark = value.partition("!")
        if mark.strip() == "important":
            important.add(key)
        elif key in important:
            continue
        values[key] = value.strip()
    return values


def _has_visible_part(element: Element) -> bool:
    """Whether something in an element says that it is visible, although the element is not."""
    parts = islice(element.iterdescendants(), _MAX_PARTS)
    return any(_style_of(part).get("visibility") == "visible" for part in parts if part.get("style"))


def _paragraph_chars(element: Element) -> int:
    return sum(len(text.strip()) for paragraph in element.iter("p") for text in paragraph.itertext())
