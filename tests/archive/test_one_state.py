"""archive/one_state.py: readers see one state, and keep no writer waiting."""

from collections.abc import Callable, Generator
from threading import Thread

import pytest
from django.db import connection

from archive.models import Source
from archive.one_state import one_state

pytestmark = pytest.mark.django_db(transaction=True)


def elsewhere(act: Callable[[], object]) -> None:
    """Does something on another connection, and waits for it."""

    def run() -> None:
        try:
            act()
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    thread.join()


def names() -> list[str]:
    return sorted(Source.objects.values_list("name", flat=True))


def test_what_others_write_meanwhile_is_seen_after_the_block() -> None:
    Source.objects.create(name="a")
    with one_state():
        assert names() == ["a"]
        # A writer that had to wait for the reader would fail or never end.
        elsewhere(lambda: Source.objects.create(name="b"))
        elsewhere(lambda: Source.objects.filter(name="a").delete())
        assert names() == ["a"]
    assert names() == ["b"]


def test_block_that_is_left_early_ends_the_state() -> None:
    def read() -> Generator[list[str], None, None]:
        with one_state():
            yield names()
            yield names()

    reader = read()
    assert next(reader) == []
    elsewhere(lambda: Source.objects.create(name="a"))
    assert next(reader) == []
    reader.close()
    assert not connection.in_atomic_block
    assert names() == ["a"]


def test_writers_lock_as_before_after_the_block() -> None:
    mode = getattr(connection, "transaction_mode", None)
    with pytest.raises(ZeroDivisionError), one_state():
        raise ZeroDivisionError
    assert getattr(connection, "transaction_mode", None) == mode
    Source.objects.create(name="a")
    assert names() == ["a"]


def test_block_within_a_block_sees_the_same_state() -> None:
    with one_state():
        assert names() == []
        elsewhere(lambda: Source.objects.create(name="a"))
        with one_state():
            assert names() == []
    assert names() == ["a"]
