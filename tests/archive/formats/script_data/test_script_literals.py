"""archive/formats/script_data/script_literals.py: values that scripts write as literals, read without running them."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.formats.input import Limits
from archive.formats.script_data.script_literals import read_literals, read_text


def value_of(literal: str) -> Any:
    values, note = read_literals(f"window.__NUXT__={literal};")
    assert note == ""
    (value,) = values
    return value


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        ("{a:1,\"b\":-.5,'c':2e3,d:0x1F,4:12n}", {"a": 1, "b": -0.5, "c": 2000.0, "d": 31, "4": 12}),
        ("[true,!1,null,undefined,void 0,NaN,-Infinity]", [True, False, None, None, None, None, None]),
        ("[,1,,2,]", [None, 1, None, 2]),
        (r'["\u003Cp\u003E\x41\u{1F600}\n\q\0"]', ["<p>A\U0001f600\nq\0"]),
        ("['it\\'s \"so\"', `b\\\nc`]", ['it\'s "so"', "bc"]),
        ('["' + "\\u003Cp> " * 50 + '"]', ["<p> " * 50]),
        ("[new Date(1769846400000),new Date('2026-01-31')]", ["2026-01-31T08:00:00Z", "2026-01-31"]),
        ("[new Date(1e300),new RegExp('x','g'),Object('x')]", [None, None, "x"]),
        ("[new Set([1,2]),new Map([['k',1]]),Object.create(null),Array(3)]", [[1, 2], [["k", 1]], {}, []]),
        ("JSON.parse('{\"a\":[1]}')", {"a": [1]}),
        ("[JSON.parse('%'),JSON.parse(1)]", [None, 1]),
        (" ( function ( ) { return { a : [ ] } } ( ) )", {"a": []}),
        (
            '(function(a,b){return {x:a,y:[b,a],b}}("one",{k:null}))',
            {"x": "one", "y": [{"k": None}, "one"], "b": {"k": None}},
        ),
        ('(function(a){a.id=7;a["x y"]=[a];a.z={};return {a:a}})({})', {"a": {"id": 7, "x y": [None], "z": {}}}),
        ("(function(a,b){a[0]=b;a[1]=2;b.k=1;return a}(Array(2),{}))", [{"k": 1}, 2]),
        ('(function(a,b){a.add(1).add(2);b.set("k",a);return [a,b]}(new Set,new Map))', [[1, 2], [["k", [1, 2]]]]),
    ],
)
def test_literals_are_read_as_in_javascript(literal: str, value: object) -> None:
    assert value_of(literal) == value


def test_the_value_of_a_name_used_twice_is_shared() -> None:
    value = value_of("(function(a){return [a,a]}({k:1}))")
    assert value[0] is value[1]


def test_every_assignment_is_read() -> None:
    code = "window.__NUXT__={};window.__NUXT__.config={a:1};window.__NUXT__['state']=[2];if(x.__NUXT__=={})go()"
    assert read_literals(code) == ([{}, {"a": 1}, [2]], "")


@pytest.mark.parametrize(
    ("code", "values", "note"),
    [
        ('__NUXT__={a:[{b:1},{b:"cut', [{"a": [{"b": 1}, {"b": "cut"}]}], "cut off or not a literal at character 26"),
        ("__NUXT__={a:[1,2],b:function(){return 1}}", [{"a": [1, 2], "b": None}], "the part before it was read"),
        (
            '__NUXT__=(function(a,b){return [{t:a},{t:b,%}]}("x",2))',
            [[{"t": "x"}, {"t": 2}]],
            "not a literal at character 43",
        ),
        ("__NUXT__=(function(a,b){return {t:a,", [{"t": None}], "1 value is a name that the script does not define"),
        (
            "__NUXT__={a:there,b:elsewhere}",
            [{"a": None, "b": None}],
            "2 values are names that the script does not define",
        ),
        ("__NUXT__=(function(a){a.b.c(1);return {}}({}))", [], ""),
        ("__NUXT__=load()", [], ""),
        ("__NUXT__=[" + "9" * 5_000 + "]", [[None]], ""),
    ],
    ids=["cut off", "function", "broken", "no arguments", "no names", "statement", "no literal", "number"],
)
def test_the_part_before_an_error_is_read_with_a_note(code: str, values: list[Any], note: str) -> None:
    found, notes = read_literals(code)
    assert found == values
    assert note in notes


def test_a_bomb_of_lists_is_read_up_to_the_limit() -> None:
    values, note = read_literals("__NUXT__=[[],[],[],[]]", Limits(max_objects=3))
    assert (values, note) == ([[[], []]], "a script has more than 3 objects and lists; the rest is left out")


def test_a_text_used_many_times_does_not_multiply() -> None:
    text = "long " * 10_000
    values, note = read_literals(f'__NUXT__=(function(a){{return [{"a," * 100_000}]}}("{text}"))')
    assert len(json.dumps(values)) < 10_000_000
    assert "repeated too often" in note


@pytest.mark.parametrize(
    ("code", "read"), [('"a\\"b"c', ('a"b', 6, True)), ('"cut\\', ("cut", 4, False)), ('"', ("", 1, False))]
)
def test_a_text_is_read_with_whether_it_ends(code: str, read: tuple[str, int, bool]) -> None:
    assert read_text(code, 0) == read


@given(st.text(alphabet="{}[]()\"',:;=.ab1\\!- n", max_size=80))
def test_any_script_becomes_plain_json(text: str) -> None:
    for code in (
        f"__NUXT__={text}",
        f"__NUXT__=(function(a,b){{{text}",
        f"__NUXT__=(function(a,b){{return {text}}}({{}},1))",
    ):
        json.dumps(read_literals(code)[0])


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(_JSON, st.booleans())
def test_json_is_read_as_json(value: object, ascii_only: bool) -> None:
    assert value_of(json.dumps([value], ensure_ascii=ascii_only)) == [value]
