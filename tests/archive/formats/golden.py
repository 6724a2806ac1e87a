"""Golden pairs: a document in tests/data, and beside it what must come of it, written by hand.

An expectation is a list of items in their order, each with what is not empty: an article's fields, or `rejected`.
"""

import io
import json
from pathlib import Path
from typing import Any

from archive import formats
from archive.items import ArticleItem, Hints, Item, Rejected, as_json

DATA = Path(__file__).resolve().parents[2] / "data"

_FIELDS = "headline standfirst source id url byline language published updated embargo topics note".split()


def pairs(folder: str) -> list[Path]:
    """The documents of a folder, each of which has its expectation."""
    return sorted(path for path in (DATA / folder).iterdir() if not path.name.endswith(".expected.json"))


def expected_of(path: Path) -> Any:
    return json.loads(path.with_suffix(".expected.json").read_text(encoding="utf-8"))


def read(data: bytes, name: str = "a") -> list[Item]:
    """Every item that the archive reads in the bytes, sniffed as any file is."""
    return list(formats.read(io.BytesIO(data), Hints(name)))


def only(data: bytes) -> ArticleItem:
    """The one article in the bytes."""
    (item,) = read(data)
    assert isinstance(item, ArticleItem), item
    return item


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
