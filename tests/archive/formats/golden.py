"""Golden pairs: a document in tests/data, and beside it what must come of it, written by hand.

Of documents of many items an expectation is their list, each with what is not empty: an article's fields, or
`rejected`. Of a live page it is one object, which names what it is about: see `assert_as_expected`.
"""

import json
from pathlib import Path
from typing import Any

from archive.items import ArticleItem, Item, Rejected, as_json
from tests.archive.formats.reading import read, read_one
from tests.archive.formats.reading import read_article as only
from tests.paths import DATA

__all__ = ["assert_as_expected", "expected_of", "only", "pairs", "read", "read_one", "shape"]

_FIELDS = "headline standfirst source id url byline language published updated embargo topics note".split()


_SECTION_FIELDS = "id heading byline published updated key_event withdrawn note paragraphs".split()


def pairs(folder: str) -> list[Path]:
    """The documents of a folder, each of which has its expectation."""
    return sorted(path for path in (DATA / folder).iterdir() if not path.name.endswith(".expected.json"))


def expected_of(path: Path) -> Any:
    return json.loads(path.with_suffix(".expected.json").read_text(encoding="utf-8"))


def shape(item: Item) -> dict[str, object]:
    """What of an item an expectation tells."""
    if not isinstance(item, ArticleItem):
        sort = "rejected" if isinstance(item, Rejected) else "note"
        return {sort: item.reason, **({"locator": item.locator} if item.locator else {})}
    told = as_json(item)
    sections = [
        {key: value for key, value in (("heading", one.heading), ("paragraphs", list(one.paragraphs))) if value}
        for one in item.sections
    ]
    found = {name: told[name] for name in _FIELDS if told[name]}
    if item.status != "usable":
        found["status"] = item.status
    rest = {"sections": sections, "problems": told["problems"], "locator": item.locator, "reader": item.reader}
    return found | {name: value for name, value in rest.items() if value}


def assert_as_expected(item: ArticleItem, path: Path) -> None:
    """What the expectation of a live page names is as it says; it need not name all, but all that a section has."""
    expected = expected_of(path)
    told = as_json(item)
    sections = told["sections"]
    assert isinstance(sections, list)
    found = told | {"sections": [{name: one[name] for name in _SECTION_FIELDS if one[name]} for one in sections]}
    assert {name: found[name] for name in expected} == expected
