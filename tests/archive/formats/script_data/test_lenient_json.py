"""archive/formats/script_data/lenient_json.py: JSON as pages write it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.formats.script_data.lenient_json import load_lenient


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('{"a": [1, 2]}', ({"a": [1, 2]},)),
        ('{"a": "one\ntwo"}', ({"a": "one\ntwo"},)),
        ('{"a": [1, 2,],}', ({"a": [1, 2]},)),
        ('<!-- {"a": 1} -->', ({"a": 1},)),
        ('{"a": 1};', ({"a": 1},)),
        ('{"a": 1}{"b": 2}', ({"a": 1}, {"b": 2})),
        ('{"a": 1},\n{"b": 2}', ({"a": 1}, {"b": 2})),
        ("{&quot;a&quot;: &quot;x &amp;amp; y&quot;}", ({"a": "x &amp; y"},)),
        ("", ()),
    ],
)
def test_json_with_one_possible_meaning_is_repaired(text: str, values: tuple[Any, ...]) -> None:
    assert load_lenient(text) == (values, "")


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('{"a": [{"b": 1}, {"b": 2}, {"b": "cut', ({"a": [{"b": 1}, {"b": 2}]},)),
        ('{"a": [{"b": "a \\" ]"}, {"b": "said "no" to"}]}', ({"a": [{"b": 'a " ]'}]},)),
        ('{"a": 1} {"b": [[2], [3', ({"a": 1}, {"b": [[2]]})),
        ('{"a": "cut', ()),
        ("var a = 1", ()),
        ("[" * 5_000, ()),
        ('{"a": [1], ' + '"b": {' * 5_000, ({"a": [1]},)),
    ],
)
def test_the_part_before_an_error_is_read_with_a_note(text: str, values: tuple[Any, ...]) -> None:
    found, problem = load_lenient(text)
    assert problem.startswith("linked data is ")
    assert found == values or not found


@given(st.text(alphabet='{}[]",:a1 \\\n', max_size=60))
def test_no_text_raises(text: str) -> None:
    load_lenient(text)
