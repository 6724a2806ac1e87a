"""Chooses the records of a web archive by their addresses: a list says which pages are wanted. For `formats.read`."""

from collections.abc import Iterator
from dataclasses import replace

from ...addresses import address_key
from ...items import Note, PageGone, Revisit
from .members import Member, Part

_MAX_NAMED = 10


def choose_members(parts: Iterator[Part], keys: frozenset[str]) -> Iterator[Part]:
    """Yields what a container has at the addresses with these keys; then notes of what was left out, and is missing.

    Broken records have no address: they are reported.
    """
    found = set()
    left_out = 0
    for part in parts:
        address = _address_of(part)
        if address is None:
            yield part
        elif (key := address_key(address)) in keys:
            found.add(key)
            # The list may be long, and each document goes to another process.
            yield replace(part, hints=replace(part.hints, addresses=frozenset())) if isinstance(part, Member) else part
        else:
            left_out += 1
    if left_out:
        yield Note("", f"left out, because they are at other addresses: {left_out:,} records")
    if missing := sorted(keys - found):
        named = ", ".join(missing[:_MAX_NAMED])
        more = f" and {len(missing) - _MAX_NAMED:,} more" if len(missing) > _MAX_NAMED else ""
        yield Note("", f"has nothing at {len(missing):,} of the {len(keys):,} chosen addresses: {named}{more}")


def _address_of(part: Part) -> str | None:
    match part:
        case Member():
            return part.hints.url or part.hints.name
        case Revisit() | PageGone():
            return part.address
        case _:
            return None
