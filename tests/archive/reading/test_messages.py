import io
from datetime import UTC, datetime
from typing import Any

import pytest

from archive.formats import Limits
from archive.items import ArticleItem, Hints, Note, PageGone, Rejected, Revisit, SectionItem
from archive.reading.messages import TYPES, Message, pack, receive
from archive.times import Moment

MOMENT = Moment(datetime(2025, 6, 2, 14, 30, 0, 1, tzinfo=UTC), "minute", "2. Juni \ud800", "as written", offset=-210)
SECTION = SectionItem(("One \ud83d line", "two\x00"), heading="é", key="k", published=MOMENT, key_event=True, note="n")
ARTICLE = ArticleItem(
    "Boats", (SECTION, SectionItem(())), b"\xff\x00", "text/html", "html/1", topics=("a", "b"), embargo=MOMENT,
    page_number=0, more_pages=False, shared=frozenset(("title", "id")),
)  # fmt: skip
VALUES = [
    MOMENT,
    SECTION,
    ARTICLE,
    Hints("a\udcff.html", captured=MOMENT, charset="x"),
    Limits(max_document_bytes=10),
    Note("place", "reason"),
    PageGone("place", "gone", "https://courier.example/", MOMENT, 410),
    Rejected("place", "reason"),
    Revisit("place", "again", "https://courier.example/", MOMENT, refers_to_captured=MOMENT),
]


def sent(message: Message) -> Message:
    stream = io.BytesIO(pack(message))
    received = receive(stream.read)
    assert stream.read() == b""
    return received


def test_every_type_of_message_is_tried() -> None:
    assert {type(value).__name__ for value in VALUES} == TYPES.keys()


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_a_value_arrives_as_it_was_sent(value: Any) -> None:
    received = sent(Message("item", value)).value
    if isinstance(value, ArticleItem):
        assert received.raw is None
        received.__dict__["raw"] = value.raw
    assert received == value


def test_bytes_arrive_beside_the_value() -> None:
    assert sent(Message("item", ["a", None, 1, True], b"\x00\xff")) == Message(
        "item", ("a", None, 1, True), b"\x00\xff"
    )


def test_nothing_but_items_can_be_made() -> None:
    with pytest.raises(KeyError):
        sent(Message("item", {"is": "Popen", "args": "true"}))
