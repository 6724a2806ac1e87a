"""The difference between two texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.text.differences import ComparisonBudget, TextRun, compare_paragraphs


def format_runs(before: list[str], after: list[str]) -> list[str]:
    """Returns the compared paragraphs with [-removed-] and {+added+} words."""
    marks = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
    return ["".join(marks[run.kind].format(run.text) for run in runs) for runs in compare_paragraphs(before, after)]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (["same"], ["same"], ["same"]),
        (["Ten men left."], ["Ten women left."], ["Ten [-men-]{+women+} left."]),
        (["At ten men left."], ["At noon women left."], ["At [-ten men-]{+noon women+} left."]),
        (["One.", "Two."], ["One.", "New.", "Two."], ["One.", "{+New.+}", "Two."]),
        (["One.", "Two."], ["Two."], ["[-One.-]", "Two."]),
        ([], ["All new."], ["{+All new.+}"]),
        (["Alpha beta gamma"], ["Wholly other words"], ["[-Alpha beta gamma-]{+Wholly other words+}"]),
        (["会谈将在周一继续"], ["会谈将在周二继续"], ["会谈将在周[-一-]{+二+}继续"]),
        (["เรือหยุด"], ["เรือแล่น"], ["เรือ[-หยุด-]{+แล่น+}"]),
        (["សម្រាប់"], ["សម្តាប់"], ["ស[-ម្រា-]{+ម្តា+}ប់"]),
        (["नौका सेवा बंद"], ["नौका सेवाएं बंद"], ["नौका [-सेवा-]{+सेवाएं+} बंद"]),
        (["It rained. It snowed."], ["It rained.", "It snowed."], ["It rained.[- -]", "It snowed."]),
    ],
)
def test_changed_words_are_marked(before: list[str], after: list[str], expected: list[str]) -> None:
    assert format_runs(before, after) == expected


paragraphs = st.lists(st.text(alphabet="ab c.谈", min_size=1, max_size=20), max_size=5)


@given(before=paragraphs, after=paragraphs)
def test_no_word_of_either_text_is_lost(before: list[str], after: list[str]) -> None:
    compared = compare_paragraphs(before, after)
    for texts, kinds in ((before, ("same", "removed")), (after, ("same", "added"))):
        kept = "".join(run.text for runs in compared for run in runs if run.kind in kinds)
        assert kept == "".join(texts)


def test_paragraphs_that_would_take_too_long_are_shown_as_replaced() -> None:
    long = "a b " * 1000
    assert compare_paragraphs([long], [long + "c"]) == [[TextRun(long, "removed")], [TextRun(long + "c", "added")]]
    # Length alone takes no time; equal words do.
    words = " ".join(f"w{number}" for number in range(10_000))
    assert format_runs([words], [words + " end"]) == [words + "{+ end+}"]


def test_paragraphs_that_repeat_too_often_are_shown_as_replaced() -> None:
    many = ["Read more."] * 600
    assert compare_paragraphs(many, [*many, "End."])[0] == [TextRun("Read more.", "removed")]


def test_comparisons_can_share_a_budget() -> None:
    budget = ComparisonBudget(5)
    assert len(compare_paragraphs(["a b c d"], ["a b c e"], budget)) == 1
    assert budget.left == 2
    assert len(compare_paragraphs(["a b c d"], ["a b c e"], budget)) == 2
