"""archive/formats/script_data/flight.py: rows of React's flight in the scripts of a page."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.formats.script_data.flight import read_flight


def pushes(rows: str, size: int = 7) -> list[str]:
    """Scripts that push the rows in pieces."""
    pieces = [rows[at : at + size] for at in range(0, len(rows), size)]
    return [
        "(self.__next_f=self.__next_f||[]).push([0])",
        *(f"self.__next_f.push([1,{json.dumps(piece)}])" for piece in pieces),
    ]


def values_of(rows: str) -> list[Any]:
    values, note = read_flight(pushes(rows))
    assert note == ""
    return values


@pytest.mark.parametrize(
    ("rows", "values"),
    [
        ('0:{"a":"$1"}\n1:{"b":2}\n', [{"a": {"b": 2}}, {"b": 2}]),
        ('0:["$L1","$@1","$Q1","$W1"]\n1:[2]\n', [[[2], [2], [2], [2]], [2]]),
        ('0:["$1:a:1:b"]\n1:{"a":[0,{"b":"x"}]}', [["x"], {"a": [0, {"b": "x"}]}]),
        ('0:["$1:props:k","$1:3:k"]\n1:["$","p",null,{"k":"x"}]\n', [["x", "x"], ["$", "p", None, {"k": "x"}]]),
        ('0:["$1:a:b"]\n1:{"a":"$2"}\n2:{"b":"x"}\n', [["x"], {"a": {"b": "x"}}, {"b": "x"}]),
        ('0:["$1"]\n1:"$2"\n2:"x"\n', [["x"]]),
        ('0:["$1","$2"]\n1:T7,$ö\n\nab2:T0,', [["$ö\n\nab", ""]]),
        ('0:["$$1","$","$D2026-01-31T08:00:00.000Z","$n12"]\n', [["$1", "$", "2026-01-31T08:00:00.000Z", "12"]]),
        ('0:["$undefined","$NaN","$-Infinity","$Sreact.suspense","$F1","$Z"]\n', [[None] * 6]),
        ('1:I[9,["x"],"A"]\n:HL["/a.css","style"]\n2:E{"digest":"1"}\n0:["$L1","$2"]\n', [[None, None]]),
        ('1:["a"]\n1:["b"]\n0:["$1"]\n', [["a"], ["b"], [["a"]]]),
        ("0:\n\n1:null\n2:[]\n", [[]]),
    ],
    ids=[
        "row", "kinds", "part", "element", "chain", "reference to reference", "texts", "not json", "nothing",
        "no data", "stream", "empty",
    ],
)  # fmt: skip
def test_references_are_replaced_by_their_rows(rows: str, values: list[object]) -> None:
    assert values_of(rows) == values


def test_a_row_referred_to_twice_is_shared_and_within_itself_none() -> None:
    first, second, third = values_of('0:["$1","$1"]\n1:{"up":"$0","self":"$1","two":"$2"}\n2:{"one":"$1:two"}\n')
    assert first[0] is first[1] is second
    assert second == {"up": None, "self": None, "two": third}
    assert third == {"one": None}


def test_bytes_in_base64_are_joined_with_texts() -> None:
    half = '0:["ö"]\n'.encode()
    codes = [f'self.__next_f.push([3,"{base64.b64encode(half[:5]).decode()}"])', *pushes("x")]
    codes[-1] = f'self.__next_f.push([3,"{base64.b64encode(half[5:]).decode()}"])'
    assert read_flight(codes) == ([["ö"]], "")


@pytest.mark.parametrize(
    ("codes", "values", "note"),
    [
        (['self.__next_f.push([1,"0:[\\"a\\"]\\n1:[{\\"b\\":1},{\\"c\\"'], [["a"], [{"b": 1}]], "cut off"),
        (pushes('0:["$1"]\n1:T80,cut'), [["cut"]], "broken or cut off; the part before it was read"),
        (pushes('0:[1\n1:["b"]\n'), [["b"]], "row 0 of the scripts is broken"),
        (pushes('what is this\n1:["b"]\n'), [["b"]], "a part of the data of the scripts is broken; left out"),
        (pushes('1:T1,beyond\n2:["b"]\n'), [["b"]], "a part of the data of the scripts is broken; left out"),
        (pushes('0:["$9","$0:7","$0:x"]\n'), [[None] * 3], "3 references lead to data that is not in the scripts"),
        (['self.__next_f.push([3,"A"])'], [], "broken or cut off"),
        (pushes("0:" + "[" * 600_000, 600_002), [], "more than 500,000 objects and lists"),
        ([], [], ""),
    ],
    ids=["push", "text", "row", "no row", "length", "missing", "base64", "bomb", "none"],
)
def test_the_readable_part_of_broken_data_is_read_with_a_note(
    codes: list[str], values: list[object], note: str
) -> None:
    found, notes = read_flight(codes)
    assert found == values
    assert note in notes


def test_the_first_of_many_broken_rows_are_noted() -> None:
    values, note = read_flight(pushes("".join(f"{row:x}:[%]\n" for row in range(1_000)) + '0:["x"]\n', 999))
    assert values == [["x"]]
    assert note.count("is broken") == 5


def test_doubled_rows_and_long_chains_are_bounded() -> None:
    values, note = read_flight(
        pushes("".join(f'{row:x}:["${row + 1:x}","${row + 1:x}"]\n' for row in range(300)), 999)
    )
    assert "repeated too often" in note
    assert len(json.dumps(values)) < 1_000_000
    around = "".join(f'{row:x}:"${(row + 1) % 300:x}"\n' for row in range(300))
    assert read_flight(pushes(around + '999:["$0","$0:a"]\n', 999))[0] == [[None, None]]


@given(st.text(alphabet='01a:T,"$[]{}\n\\x', max_size=80), st.integers(1, 9))
def test_any_rows_become_plain_json(rows: str, size: int) -> None:
    json.dumps(read_flight(pushes(rows, size))[0])
    json.dumps(read_flight([f'__next_f.push([1,"{rows}'])[0])
