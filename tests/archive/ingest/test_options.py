"""The options of an intake: one table, and what cannot be true of the documents."""

from datetime import timedelta

import pytest
from django.utils import timezone

from archive.ingest.options import OPTIONS, IntakeError, IntakeOptions
from archive.items import Hints
from archive.times import from_epoch, parse_moment

pytestmark = pytest.mark.django_db


def test_every_option_is_a_field_and_reads_its_own_example() -> None:
    assert {option.name for option in OPTIONS} == set(IntakeOptions.__dataclass_fields__)
    for option in OPTIONS:
        option.read(option.example.split(" or ")[0])


def test_time_of_capture_in_the_future_is_refused() -> None:
    now = timezone.now()
    for at in (now, now + timedelta(hours=14)):
        IntakeOptions(captured=from_epoch(int(at.timestamp() * 1000))).check(single=True)
    with pytest.raises(IntakeError, match="still to come") as failure:
        IntakeOptions(captured=from_epoch(int((now + timedelta(days=2)).timestamp() * 1000))).check(single=True)
    assert failure.value.option == "captured"


def test_options_become_the_hints_of_a_document() -> None:
    options = IntakeOptions(source="Courier", zone="Europe/London")
    assert options.hints("a.txt") == Hints("a.txt", source="Courier", zone="Europe/London")


def test_texts_become_options_and_empty_ones_count_as_missing() -> None:
    texts = {"source": "Courier", "published": "2025-06-02", "zone": ""}
    assert IntakeOptions.from_texts(texts) == IntakeOptions(source="Courier", published=parse_moment("2025-06-02"))
    with pytest.raises(IntakeError, match="is no date") as failure:
        IntakeOptions.from_texts({**texts, "captured": "soon"})
    assert failure.value.option == "captured"
