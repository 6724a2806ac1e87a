"""archive/formats/script_data/devalue.py: flat lists whose numbers are indexes."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.formats.script_data.devalue import read_devalue


def value_of(*flat: object) -> Any:
    value, note = read_devalue(json.dumps(flat))
    assert note == ""
    return value


@pytest.mark.parametrize(
    ("flat", "value"),
    [
        ([{"a": 1, "b": 2}, "x", [1, 3], 7], {"a": "x", "b": ["x", 7]}),
        ([["ShallowReactive", 1], ["Ref", 2], {"a": 3}, True], {"a": True}),
        ([["Reactive", 2], "x", ["Custom", 3], [1]], ["x"]),
        ([[1, 2], ["Date", "2026-05-09T21:15:00.000Z"], ["BigInt", "12"]], ["2026-05-09T21:15:00.000Z", "12"]),
        ([{"a": 1}, ["Set", 2, 2], "x"], {"a": ["x", "x"]}),
        ([["Map", 1, 2], "k", "v"], {"k": "v"}),
        ([["null", "k", 1], "v"], {"k": "v"}),
        ([[-1, -2, -3, -4, -5, -6]], [None] * 6),
        ([[-7, 9, 4, 1], "x"], ["x"]),
        ([{"a": 1, "b": 2}, ["EmptyRef", 3], ["Uint8Array", "AAAA"], "_"], {"a": None, "b": None}),
        ([["Ref", 1], ["Ref", 0]], None),
        ([{"self": 0}], {"self": None}),
        ([[], 1], []),
    ],
)
def test_values_replace_their_indexes(flat: list[object], value: object) -> None:
    assert value_of(*flat) == value


def test_a_value_referred_to_twice_is_shared() -> None:
    value = value_of([1, 1], {"a": 2}, "x")
    assert value[0] is value[1]


@pytest.mark.parametrize(
    ("code", "value", "note"),
    [
        ('[{"a":1,"b":2},"x","cut of', {"a": "x", "b": None}, "is broken or cut off at character"),
        ('[{"a":9,"b":true}]', {"a": None, "b": None}, "the data of a script refers to 2 values that are not in it"),
        ('[["Ref"]]', None, "the data of a script refers to 1 value that is not in it"),
        ("{}", None, "is not a list of values"),
        ("", None, "is broken or cut off at character 0 of 0"),
        ('[{"a":1},"x"%,"y"]', {"a": "x"}, "at character 12 of 18; the part before it was read"),
        ("[" * 600_000, None, "more than 500,000 objects and lists"),
    ],
    ids=["cut off", "missing", "empty wrapper", "object", "empty", "broken", "bomb"],
)
def test_the_readable_part_of_broken_data_is_read_with_a_note(code: str, value: object, note: str) -> None:
    found, notes = read_devalue(code)
    assert found == value
    assert note in notes


def test_a_long_chain_of_wrappers_is_resolved_and_doubled_values_are_bounded() -> None:
    assert value_of(*(["Ref", index + 1] for index in range(50_000)), "end") == "end"
    value, note = read_devalue(json.dumps([[index + 1, index + 1] for index in range(400)] + [[]]))
    assert "repeated too often" in note
    assert len(json.dumps(value)) < 1_000_000


_ANYTHING = st.recursive(
    st.none() | st.integers(-8, 9) | st.sampled_from(["Ref", "Set", "Map", "null", "Date", "x"]),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=20,
)


@given(st.lists(_ANYTHING, max_size=10))
def test_any_list_becomes_plain_json(flat: list[object]) -> None:
    json.dumps(read_devalue(json.dumps(flat))[0])
