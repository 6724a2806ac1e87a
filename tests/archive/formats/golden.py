"""Golden pairs: a document in tests/data, and beside it the expected items, written by hand.

The expectation of a document with many items is a list, each with the fields that are not empty, or `rejected`. The
expectation of a live page is an object with some fields: see `assert_as_expected`.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from archive.items import ArticleItem, Item, Rejected, as_json
from tests.paths import DATA

_FIELDS = "headline standfirst source id url byline language published updated embargo topics note".split()


_SECTION_FIELDS = "id heading byline published updated key_event withdrawn note paragraphs".split()


def pairs(folder: str) -> list[Path]:
    """The documents of a folder, each with an expectation beside it."""
    return sorted(path for path in (DATA / folder).iterdir() if not path.name.endswith(".expected.json"))


def expected_of(path: Path) -> Any:
    return json.loads(path.with_suffix(".expected.json").read_text(encoding="utf-8"))


def shape(item: Item) -> dict[str, object]:
    """An item as an expectation describes it."""
    if not isinstance(item, ArticleItem):
        kind = "rejected" if isinstance(item, Rejected) else "note"
        return {kind: item.reason, **({"locator": item.locator} if item.locator else {})}
    fields = as_json(item)
    found = {name: fields[name] for name in _FIELDS if fields[name]}
    if item.status != "usable":
        found["status"] = item.status
    sections = _sections(item, ("heading", "paragraphs"))
    rest = {"sections": sections, "problems": fields["problems"], "locator": item.locator, "reader": item.reader}
    return found | {name: value for name, value in rest.items() if value}


def assert_as_expected(item: ArticleItem, path: Path) -> None:
    """Every field in the expectation of a live page has its value; fields may be missing, except those of sections."""
    expected = expected_of(path)
    found = as_json(item) | {"sections": _sections(item, _SECTION_FIELDS)}
    assert {name: found[name] for name in expected} == expected


def _sections(item: ArticleItem, names: Sequence[str]) -> list[dict[str, object]]:
    """The named values of each section that are not empty."""
    sections = as_json(item)["sections"]
    assert isinstance(sections, list)
    return [{name: section[name] for name in names if section[name]} for section in sections]
