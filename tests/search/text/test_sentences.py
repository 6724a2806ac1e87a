"""Sentence boundaries."""

import pytest

from search.text.sentences import ends_sentence, split_runs, starts_sentence


@pytest.mark.parametrize("run", ["ended.", "ended?", "ended!”", "ended.)", "ended…", "結束。", "خاتمہ۔", "(ended.)"])
def test_full_stop_ends_a_sentence(run: str) -> None:
    assert ends_sentence(run)


@pytest.mark.parametrize("run", ["ended", "ended,", "Mr.", "(Gov.", "U.S.", "J.", "e.g.", "3.5"])
def test_abbreviations_initials_and_other_words_end_none(run: str) -> None:
    assert not ends_sentence(run)


@pytest.mark.parametrize(
    ("run", "starts"), [("The", True), ("“The", True), ("2025", True), ("…", True), ("“the", False)]
)
def test_lower_case_starts_no_sentence(run: str, starts: bool) -> None:
    assert starts_sentence(run) is starts


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("Two words.\n", ["Two", "words."]),
        ("船が来た。霧だ。", ["船が来た。", "霧だ。"]),
        ("「船。」霧", ["「船。」", "霧"]),
    ],
)
def test_runs_end_at_white_space_and_at_full_stops_of_unspaced_scripts(text: str, runs: list[str]) -> None:
    assert split_runs(text) == runs
