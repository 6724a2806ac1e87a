"""The rules by which versions of an article may not be shown."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from archive.withholding import Freed, Message, Reason, judge, left_out

DAY = datetime(2025, 6, 10, tzinfo=UTC)
LATER = DAY + timedelta(days=1)
WITHHELD = Reason(by_status=True)


def verdict(*messages: dict[str, Any], freed: Freed | None = None) -> tuple[str, datetime | None, dict[int, Reason]]:
    """Returns the verdict on messages that are numbered from 1; each has words of its own unless it says otherwise."""
    numbered = [
        Message(version=number, capture=number, **{"words": number, **message})
        for number, message in enumerate(messages, start=1)
    ]
    found = judge(numbered, freed or Freed())
    return found.status, found.embargo, dict(found.reasons)


USABLE: dict[str, Any] = {}
HELD: dict[str, Any] = {"status": "withheld"}
CANCELED: dict[str, Any] = {"status": "canceled"}


@pytest.mark.parametrize(
    ("messages", "status", "withheld"),
    [
        ((), "usable", []),
        ((USABLE,), "usable", []),
        ((HELD,), "withheld", [1]),
        ((USABLE, HELD), "withheld", [2]),
        ((HELD, USABLE), "usable", [1]),
        ((USABLE, HELD, USABLE), "usable", [2]),
        ((HELD, HELD, USABLE), "usable", [1, 2]),
        ((HELD | {"words": "a"}, USABLE | {"words": "a"}), "usable", []),
        ((HELD | {"words": "a"}, USABLE, USABLE | {"words": "a"}), "usable", []),
        ((HELD | {"words": "a"}, HELD | {"words": "a"}, USABLE | {"words": "a"}), "usable", []),
        ((USABLE | {"words": "a"}, HELD | {"words": "a"}), "withheld", [2]),
        # A cancellation frees nothing, and is withheld with what it cancels.
        ((HELD, CANCELED), "withheld", [1, 2]),
        ((HELD, CANCELED, USABLE), "usable", [1, 2]),
        ((USABLE, CANCELED), "canceled", []),
        ((CANCELED, USABLE), "usable", []),
        # A notice frees the words that it follows, and nothing before them.
        ((HELD, USABLE | {"kind": "notice"}), "usable", []),
        ((HELD, HELD, USABLE | {"kind": "notice"}), "usable", [1]),
        ((HELD, HELD | {"kind": "notice"}, USABLE | {"kind": "notice"}), "usable", []),
        ((USABLE, HELD | {"kind": "notice"}), "withheld", [2]),
        # Feeds know of no status.
        ((HELD, USABLE | {"kind": "excerpt"}), "withheld", [1]),
        ((USABLE, HELD | {"kind": "excerpt"}), "withheld", [2]),
        # By the sender's own clock, the second is the older.
        ((HELD | {"changed": LATER}, USABLE | {"changed": DAY}), "withheld", [1]),
        ((HELD | {"changed": DAY}, USABLE | {"changed": LATER}), "usable", [1]),
        ((HELD | {"changed": LATER, "words": "a"}, USABLE | {"changed": DAY, "words": "a"}), "withheld", [1]),
    ],
)
def test_status_and_versions_follow_from_the_history(
    messages: tuple[dict[str, Any], ...], status: str, withheld: list[int]
) -> None:
    assert verdict(*messages) == (status, None, dict.fromkeys(withheld, WITHHELD))


@pytest.mark.parametrize(
    ("messages", "embargo", "ends"),
    [
        ([DAY], DAY, {1: DAY}),
        ([DAY, None], DAY, {1: DAY}),
        ([LATER, DAY], DAY, {1: LATER, 2: DAY}),
        ([None, DAY], DAY, {2: DAY}),
    ],
)
def test_each_version_has_its_own_embargo(
    messages: list[datetime | None], embargo: datetime, ends: dict[int, datetime]
) -> None:
    found = verdict(*({"embargo": until} for until in messages))
    assert found == ("usable", embargo, {number: Reason(False, until) for number, until in ends.items()})


def test_a_new_embargo_on_the_same_words_replaces_the_first() -> None:
    first = {"words": "a", "embargo": LATER}
    assert verdict(first, {"words": "a", "embargo": DAY})[2][1] == Reason(False, DAY)
    assert verdict(first, {"kind": "notice", "embargo": DAY})[2][1] == Reason(False, DAY)
    assert verdict(first, {"words": "a"})[2][1] == Reason(False, LATER)


def test_curators_free_what_was_received_so_far() -> None:
    assert verdict(HELD, HELD, freed=Freed(status_to=1))[2] == {2: WITHHELD}
    assert verdict(HELD | {"embargo": DAY}, freed=Freed(status_to=1))[2] == {1: Reason(False, DAY)}
    assert verdict(HELD | {"embargo": DAY}, freed=Freed(embargo_to=1))[2] == {1: WITHHELD}
    assert verdict(HELD | {"embargo": DAY}, freed=Freed(1, 1))[2] == {}


def test_what_the_embargo_of_the_article_covers_is_not_left_out() -> None:
    reasons = {1: WITHHELD, 2: Reason(False, DAY), 3: Reason(False, LATER)}
    before = DAY - timedelta(hours=1)
    assert left_out(reasons, None, before) == {1, 2, 3}
    assert left_out(reasons, DAY, before) == {1, 3}
    assert left_out(reasons, None, LATER) == {1}
