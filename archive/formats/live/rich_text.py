"""Texts that content systems store as trees of blocks (Portable Text, ProseMirror, Draft.js and others).

A node with inline children is a paragraph: {"children": [{"text": "One "}, {"text": "two", "marks": ["em"]}]}. The
tables below are the names that these systems give to the parts of nodes. Pure; used by `state_records`.
"""

from typing import Any

from ..loose_values import text_of

_CHILDREN_KEYS = ("children", "content", "blocks", "items")
_TEXT_KEYS = ("text", "value")
_TYPE_KEYS = ("type", "_type", "nodeType", "name")
_INLINE_TYPES = frozenset(
    ("", "text", "span", "fragment", "link", "hyperlink", "urllink", "bold", "italic", "strong", "em", "a")
)
_MAX_NODES = 20_000


def rich_text(value: Any) -> tuple[str, ...]:
    """Returns the paragraphs of a text: of markup, lines, or a tree of blocks. Never raises; O(its size)."""
    if not isinstance(value, list | dict) or not any(map(_children, _nodes(value))):
        return text_of(value)
    found: list[str] = []
    waiting = list(reversed(_nodes(value)))
    for _ in range(_MAX_NODES):
        if not waiting:
            break
        node = waiting.pop()
        if not isinstance(node, dict):  # a text, or another value, between blocks
            found += text_of(node)
            continue
        children = _children(node)
        if any(_is_inline(child) for child in children):
            found += text_of(_joined_text(children))
        elif children:
            waiting += reversed(children)
        elif (text := _text(node)) is not None:
            found += text_of(text)
    return tuple(found)


def _nodes(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _children(node: Any) -> list[Any]:
    """Returns the child nodes, which may be in the node's `model`."""
    if not isinstance(node, dict):
        return []
    for holder in (node, node.get("model")):
        if isinstance(holder, dict):
            for key in _CHILDREN_KEYS:
                if isinstance(holder.get(key), list):
                    return [child for child in holder[key] if isinstance(child, dict)]
    return []


def _text(node: dict[str, Any]) -> str | None:
    model = node.get("model")
    holders = (node, model) if isinstance(model, dict) else (node,)
    return next((holder[key] for holder in holders for key in _TEXT_KEYS if isinstance(holder.get(key), str)), None)


def _is_inline(node: dict[str, Any]) -> bool:
    kind = next((str(node[key]).lower() for key in _TYPE_KEYS if node.get(key)), "")
    return kind in _INLINE_TYPES and (_text(node) is not None or kind not in ("", "text"))


def _joined_text(children: list[Any]) -> str:
    """Returns all text under a paragraph's children, in order."""
    parts: list[str] = []
    waiting = list(reversed(children))
    for _ in range(_MAX_NODES):
        if not waiting:
            break
        node = waiting.pop()
        inner = _children(node)
        if inner:
            waiting += reversed(inner)
        else:
            parts.append(_text(node) or "")
    return "".join(parts)
