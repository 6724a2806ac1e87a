"""archive/formats/script_data/shared_values.py: values that share parts turned into trees."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from archive.formats.script_data.shared_values import bound_values, left_out_note


def test_shared_values_stay_shared_and_trees_unchanged() -> None:
    author = {"name": "Una Pell of the Gazette"}
    value: dict[str, Any] = {"posts": [{"by": author}, {"by": author}], "n": [1, None, "x"]}
    before = json.dumps(value)
    assert bound_values(value, 1000) == 0
    assert json.dumps(value) == before
    assert value["posts"][0]["by"] is value["posts"][1]["by"]


def test_a_value_within_itself_is_left_out_and_not_counted() -> None:
    post: dict[str, Any] = {"title": "Fog"}
    posts = [post]
    post["children"], post["self"] = posts, post
    assert bound_values(post, 1000) == 0
    assert post == {"title": "Fog", "children": [None], "self": None}


def test_values_doubled_at_every_step_are_left_out_beyond_the_bound() -> None:
    value: list[Any] = ["a text of some length"]
    for _ in range(60):
        value = [value, value]
    left_out = bound_values(value, 1000)
    assert left_out > 0
    assert len(json.dumps(value)) < 30_000
    assert left_out_note(left_out).endswith("left out")


def test_a_repeated_text_is_left_out_beyond_the_bound_unless_it_is_short() -> None:
    text, short = "long " * 100, "live"
    value = [text, short] * 1000
    assert bound_values(value, 500) == 1000 - 1 - 16
    assert value[:2] == [text, short]
    assert value[-2:] == [None, short]


def test_values_nested_deeper_than_any_page_are_left_out() -> None:
    value: list[Any] = []
    for _ in range(100_000):
        value = [value]
    assert bound_values(value, 200_000) == 1
    assert left_out_note(1).startswith("1 value in the data of a script is ")
    depth, inner = 0, value
    while inner:
        depth, inner = depth + 1, inner[0]
    assert depth == 2_000


def test_a_value_without_parts_is_unchanged() -> None:
    assert bound_values("x", 1) == bound_values(None, 1) == 0
    assert left_out_note(0) == ""


@given(st.lists(st.lists(st.integers(0, 9), max_size=5), min_size=1, max_size=10))
def test_any_graph_becomes_a_tree_that_can_be_written(edges: list[list[int]]) -> None:
    nodes: list[list[Any]] = [[f"a name for node {place}"] for place in range(len(edges))]
    for node, targets in zip(nodes, edges, strict=True):
        node += [nodes[target % len(nodes)] for target in targets]
    bound_values(nodes[0], 50)
    assert len(json.dumps(nodes[0])) < 50 * 16 * 20
