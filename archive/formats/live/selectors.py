"""A small part of CSS selectors, compiled to XPath: enough for the table of containers. Pure.

Names, `.word`, `[a]`, `[a=v]`, `[a~=v]`, `[a^=v]`, `[a*=v]`, descendants (`a b`) and alternatives (`a, b`).
"""

import re
from functools import cache
from typing import Any

from lxml import etree

from ..markup import Element

_STEP = re.compile(r"(?P<tag>[\w-]*)(?P<tests>(?:\.[\w-]+|\[[\w-]+(?:[~^*]?=[^\]]+)?\])*)")
_TEST = re.compile(r"\.(?P<word>[\w-]+)|\[(?P<name>[\w-]+)(?:(?P<operator>[~^*]?)=(?P<value>[^\]]+))?\]")


def select(selector: str, element: Element, *, also_self: bool = False) -> list[Any]:
    """Returns the descendants that match, in document order; with `also_self` the element too if it matches."""
    found = _xpath(selector, also_self)(element)
    return list(found) if isinstance(found, list) else []


@cache
def _xpath(selector: str, also_self: bool) -> etree.XPath:
    paths = []
    for alternative in selector.split(","):
        axis = "descendant-or-self::" if also_self else "descendant::"
        steps = []
        for step in alternative.split():
            match = _STEP.fullmatch(step)
            if match is None:
                raise ValueError(f"not a selector: {step!r}")
            steps.append(f"{axis}{match['tag'] or '*'}{''.join(map(_condition, _TEST.finditer(match['tests'])))}")
            axis = "descendant::"
        paths.append("/".join(steps))
    return etree.XPath(" | ".join(paths))


def _condition(match: "re.Match[str]") -> str:
    name = match["name"] or "class"
    if word := match["word"] or (match["operator"] == "~" and match["value"]):
        # Searching attributes that exist for the letters first takes a third of the time.
        return f"[@{name}[contains(., '{word}')][contains(concat(' ', normalize-space(.), ' '), ' {word} ')]]"
    if match["value"] is None:
        return f"[@{name}]"
    function = {"^": "starts-with", "*": "contains"}.get(match["operator"])
    return f"[{function}(@{name}, '{match['value']}')]" if function else f"[@{name}='{match['value']}']"
