"""Problems are of one kind where their reasons differ in values alone."""

import pytest

from archive.problem_kinds import MAX_KIND_CHARS, kind_of


@pytest.mark.parametrize(
    ("reasons", "kind"),
    [
        (("'2025-02-31' is no date", "'soon' is no date"), "… is no date"),
        (
            ("1,204 bytes that belong to no record", "3 bytes that belong to no record"),
            "… bytes that belong to no record",
        ),
        (("“Fire” has no text", "“‘Fire’” has no text"), "… has no text"),
        (("see https://a.example/x?y=1 for it", "see http://b.example/ for it"), "see … for it"),
        (("its bytes are another file's too, as in bombs",), "its bytes are another file's too, as in bombs"),
        (("'it\\'s' is no number", "'7' is no number"), "… is no number"),
        (("not  JSON\nhere",), "not JSON here"),
        (("",), ""),
    ],
)
def test_values_are_left_out(reasons: tuple[str, ...], kind: str) -> None:
    assert {kind_of(reason) for reason in reasons} == {kind}


def test_other_reasons_are_of_other_kinds() -> None:
    assert kind_of("no headline") != kind_of("no text")


@pytest.mark.parametrize("reason", ["word " * 50_000, "'" * 100_000, "1" * 100_000, '"\n' * 50_000, "’" * 100_000])
def test_kind_of_a_very_long_reason_is_short(reason: str) -> None:
    assert len(kind_of(reason)) <= MAX_KIND_CHARS
