"""Which versions of an article may not be shown, by what its senders and curators decided. Pure.

Each capture is a message of its sender: the words, and whether, and from when, they may be shown. A later message can
withhold the article or free it. What was withheld when it was received stays so until its sender or a curator frees
it. `archive.ingest` settles articles by these rules; `archive.models` keeps the result, as rows and as conditions of
queries.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from .items import Status


@dataclass(frozen=True)
class Message:
    """What one capture says of whether its article may be shown.

    `changed` is when the sender changed it, by the sender's clock. Messages with equal `words` say the same. A
    "notice" is about the status alone; an "excerpt" has a part of the words of an article that was received whole.
    """

    version: int
    capture: int
    status: Status = "usable"
    embargo: datetime | None = None
    changed: datetime | None = None
    words: Hashable = None
    kind: Literal["whole", "excerpt", "notice"] = "whole"

    def is_before(self, other: "Message") -> bool:
        """Whether the sender wrote this before another message that was received earlier."""
        return self.changed is not None and other.changed is not None and self.changed < other.changed


@dataclass(frozen=True)
class Freed:
    """What curators freed: the versions of captures up to these numbers, from their status and from an embargo."""

    status_to: int = 0
    embargo_to: int = 0


@dataclass(frozen=True)
class Reason:
    """Why a version may not be shown: its status, until somebody frees it; an embargo, until it ends."""

    by_status: bool
    until: datetime | None = None

    def applies_at(self, now: datetime) -> bool:
        """Whether the version may not be shown at this time. `models.withheld_at` is the same as a condition."""
        return self.by_status or (self.until is not None and self.until > now)


@dataclass(frozen=True)
class Verdict:
    """What messages say together: the status and embargo of their article, and the versions that are withheld."""

    status: Status = "usable"
    embargo: datetime | None = None
    reasons: Mapping[int, Reason] = field(default_factory=dict)


def judge(messages: Sequence[Message], freed: Freed) -> Verdict:
    """Returns the verdict on an article; its messages are in the order of time. O(messages squared) at worst."""
    embargo: datetime | None = None
    reasons: dict[int, Reason] = {}
    ruling: Message | None = None
    for place, (message, ruling) in enumerate(_with_rulings(messages)):
        embargo = message.embargo or embargo
        following = messages[place + 1 :]
        # A cancellation of what is withheld releases nothing.
        withheld = message.status == "withheld" or (message.status == "canceled" and ruling.status == "withheld")
        by_status = withheld and message.capture > freed.status_to and not _is_freed(message, following)
        until = _end_of_embargo(message, following) if message.capture > freed.embargo_to else None
        if by_status or until:
            reasons[message.version] = Reason(by_status, until)
    return Verdict(ruling.status if ruling else "usable", embargo, reasons)


def _with_rulings(messages: Sequence[Message]) -> Iterator[tuple[Message, Message]]:
    """Yields each message with the message that decides the status of the article once it is received."""
    ruling: Message | None = None
    for message in messages:
        if ruling is None or _decides(message, ruling):
            ruling = message
        yield message, ruling


def _decides(message: Message, ruling: Message) -> bool:
    """Whether a message decides the status of the article from now on.

    Few senders of excerpts, such as feeds, know of a status: theirs can withhold and cancel, and frees nothing.
    """
    if message.kind == "excerpt" and message.status == "usable":
        return False
    if message.status == "canceled" and ruling.status == "withheld":
        return False
    return not message.is_before(ruling)


def _is_freed(message: Message, following: Sequence[Message]) -> bool:
    """Whether the sender of a withheld message freed its words later: sent them as usable, or a notice about them."""
    has_successor = False
    for later in following:
        if later.status == "usable" and not later.is_before(message):
            if later.kind == "notice" and not has_successor:
                return True
            if later.kind != "notice" and later.words == message.words:
                return True
        has_successor |= later.kind != "notice"
    return False


def _end_of_embargo(message: Message, following: Sequence[Message]) -> datetime | None:
    """Returns when the embargo of a message ends; None if it has none. A later embargo on the same words replaces it.

    A later message without an embargo lifts none.
    """
    if message.embargo is None:
        return None
    end = message.embargo
    for later in following:
        if later.embargo and not later.is_before(message) and (later.kind == "notice" or later.words == message.words):
            end = later.embargo
    return end


def left_out(reasons: Mapping[int, Reason], embargo: datetime | None, now: datetime) -> frozenset[int]:
    """Returns the versions that the current state of an article leaves out, where its status lets it be shown.

    They are those that may not be shown even once the article's own embargo has ended. So nothing has to change at
    that moment.
    """
    at = max(now, embargo) if embargo else now
    return frozenset(version for version, reason in reasons.items() if reason.applies_at(at))
