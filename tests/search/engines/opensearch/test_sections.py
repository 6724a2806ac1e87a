"""Sections as a cluster gets them. Needs no node."""

from base64 import b64decode
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from archive.times import OutletTime
from search.engines.contract import Document
from search.engines.opensearch.mapping import PART
from search.engines.opensearch.sections import MAX_TERM_CHARS, build_body, pack
from search.engines.statements import SaidText


def body_of(text: str = "", **values: Any) -> dict[str, Any]:
    return build_body(Document(7, 3, {"text": text, **values}, "state"), 5)


def places(text: str, name: str = "w_text") -> list[list[str]]:
    return [place.split(PART) for place in body_of(text)[name].split(" ")]


def lines_of(blob: str) -> list[str]:
    return b64decode(blob).decode().split("\n")


def test_terms_of_a_token_share_its_place() -> None:
    assert places("Talks of US") == [["ftalks", "ttalk"], ["fof", "tof"], ["fus", "tus", "aus"]]
    assert places("cease-fire") == [["fcease", "tceas", "nceasefir"], ["ffire", "tfire"]]
    assert places("Zürich")[0][:2] == ["fzurich", "tzurich"]
    assert any(term.startswith("mzuerich") for term in places("Zürich")[0])


def test_lead_has_no_spelling_that_reaches_beyond_it() -> None:
    text = "one " * 58 + "cease-fire cease-fire"
    lead = places(text, "w_lead")
    assert len(lead) == 60
    assert "nceasefir" in lead[58]
    text = "one " * 59 + "cease-fire"
    assert "nceasefir" not in places(text, "w_lead")[59]
    assert "nceasefir" in places(text)[59]


def test_sentences_and_paragraphs_are_listed_by_their_first_token() -> None:
    lines = lines_of(body_of("Talks began. They ended.\nRain fell.")["b_text"])
    assert lines[0] == "talks began they ended rain fell"
    assert lines[4:] == ["0 2 4", "0 4"]


def test_no_term_has_white_space_or_is_too_long() -> None:
    assert len(pack("ﷺ صلى")) == len("ﷺ صلى")
    assert " " not in pack("12 000")
    long = "x" * 5000
    assert MAX_TERM_CHARS < len(pack(long)) < 2 * MAX_TERM_CHARS
    assert pack(long) != pack(long + "y")


def test_statement_has_the_tokens_that_begin_in_its_pieces() -> None:
    text = "Rain fell, she said today"
    statement = SaidText((("text", 0, 9), ("text", 20, 25)), speaker=("Ada",))
    body = build_body(Document(1, 1, {"text": text}, statements=(statement,)), 0)
    (line,) = lines_of(body["said"])
    assert line.split("\x06") == ["text,0,2 text,4,5", "Ada", ""]


@pytest.mark.parametrize(
    ("time", "span", "days"),
    [
        (OutletTime(datetime(2024, 2, 1, tzinfo=UTC), "month"), 2, 29),
        (OutletTime(datetime(2024, 1, 1, tzinfo=UTC), "year"), 3, 366),
        (OutletTime(datetime(9999, 1, 1, tzinfo=UTC), "year"), 3, 365),
        (OutletTime(datetime(2024, 12, 1, tzinfo=UTC), "month"), 2, 31),
        (OutletTime(datetime(2024, 12, 5, tzinfo=UTC), "day"), 1, 1),
    ],
)
def test_vague_date_lasts_as_long_as_its_period(time: OutletTime, span: int, days: int) -> None:
    body = body_of(date=time)
    assert body["date_span"] == span
    assert body["date_past"] - body["date_first"] == days * 86400


def test_clock_of_a_date_is_that_of_the_outlet() -> None:
    body = body_of(date=datetime(2025, 5, 2, 1, tzinfo=timezone(timedelta(hours=13))))
    assert body["date_first"] - body["date_at"] == 13 * 3600
    assert body["date_clock"] == 3600
    assert body["date_month"] == 2025 * 12 + 4
