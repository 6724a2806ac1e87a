"""Golden pairs of formats: how an item is compared with what was written down by hand."""

import io
import json
from pathlib import Path

from archive import formats
from archive.items import ArticleItem, Hints, Item, as_json

SECTION_FIELDS = ("id", "heading", "byline", "published", "updated", "key_event", "withdrawn", "note", "paragraphs")
DATA = Path(__file__).resolve().parents[2] / "data"


def pairs(format_name: str, suffix: str) -> list[Path]:
    """The given halves of a format's golden pairs."""
    found = sorted((DATA / format_name).glob(f"*{suffix}"))
    return [path for path in found if not path.name.endswith(".expected.json")]


def shape(item: ArticleItem) -> dict[str, object]:
    """The item as JSON values; of its sections only what they have."""
    values = as_json(item)
    sections = values["sections"]
    assert isinstance(sections, list)
    return values | {"sections": [{name: one[name] for name in SECTION_FIELDS if one[name]} for one in sections]}


def assert_as_expected(item: ArticleItem, path: Path) -> None:
    """What the expectation names is as it says; it need not name all."""
    expected = json.loads(path.with_suffix(".expected.json").read_text(encoding="utf-8"))
    found = shape(item)
    assert {name: found[name] for name in expected} == expected


def read_one(data: bytes | object, *, source: str = "") -> Item:
    """The one item in the bytes, or in the JSON of a value."""
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    (item,) = formats.read(io.BytesIO(raw), Hints("a.json", source=source))
    return item
