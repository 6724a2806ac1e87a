"""Texts that content systems keep as trees of blocks (Portable Text, ProseMirror, Draft.js and kin), to paragraphs.

A node with inline leaves is a paragraph: {"children": [{"text": "One "}, {"text": "two", "marks": ["em"]}]}. Nodes
name their parts in a handful of ways, which are the tables here. Used by live_state. Pure.
"""

from typing import Any

from ..loose_values import text_of

_CHILDREN = ("children", "content", "blocks", "items")
_TEXT = ("text", "value")
_TYPE = ("type", "_type", "nodeType", "name")
_INLINE = frozenset(
    ("", "text", "span", "fragment", "link", "hyperlink", "urllink", "bold", "italic", "strong", "em", "a")
)
_MOST_NODES = 20_000


def rich_text(value: Any) -> tuple[str, ...]:
    """Returns the paragraphs of a text: markup, lines of text, or a tree of blocks. O(its size)."""
    if not isinstance(value, list | dict) or not any(map(_children, _nodes(value))):
        return text_of(value)
    found: list[str] = []
    waiting = list(reversed(_nodes(value)))
    for _ in range(_MOST_NODES):
        if not waiting:
            break
        node = waiting.pop()
        if not isinstance(node, dict):  # a word, or nothing, beside blocks
            found += text_of(node)
            continue
        children = _children(node)
        if any(_is_inline(one) for one in children):
            found += text_of(_words(children))
        elif children:
            waiting += reversed(children)
        elif (text := _text(node)) is not None:
            found += text_of(text)
    return tuple(found)


def _nodes(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _children(node: Any) -> list[Any]:
    """The nodes below a node, which may stand in a `model` of it."""
    if not isinstance(node, dict):
        return []
    for holder in (node, node.get("model")):
        if isinstance(holder, dict):
            for key in _CHILDREN:
                if isinstance(holder.get(key), list):
                    return [one for one in holder[key] if isinstance(one, dict)]
    return []


def _text(node: dict[str, Any]) -> str | None:
    model = node.get("model")
    holders = (node, model) if isinstance(model, dict) else (node,)
    return next((one[key] for one in holders for key in _TEXT if isinstance(one.get(key), str)), None)


def _is_inline(node: dict[str, Any]) -> bool:
    kind = next((str(node[key]).lower() for key in _TYPE if node.get(key)), "")
    return kind in _INLINE and (_text(node) is not None or kind not in ("", "text"))


def _words(children: list[Any]) -> str:
    """All the text below a paragraph's children, in their order."""
    parts: list[str] = []
    waiting = list(reversed(children))
    for _ in range(_MOST_NODES):
        if not waiting:
            break
        node = waiting.pop()
        below = _children(node)
        if below:
            waiting += reversed(below)
        else:
            parts.append(_text(node) or "")
    return "".join(parts)
