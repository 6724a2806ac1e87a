"""Articles of which something is withheld, with a marker word in each value of each capture: for tests of who sees it.

A marker is the name of a value and of its capture: `headlinew2` is in the headline of the capture `w2`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from archive.ingest.normalization import CaptureTime
from archive.ingest.recording import Outcome, ingest_items
from archive.ingest.runs import finish_run, start_run
from archive.items import ArticleItem, Hints, Kind, SectionItem, Status
from archive.times import Moment

FIRST = datetime(2025, 6, 2, 12, 0, tzinfo=UTC)
FAR = datetime(2099, 1, 1, tzinfo=UTC)
VALUES = ("headline", "standfirst", "byline", "note", "topic", "heading", "text", "rest", "entry", "source")


def markers(name: str) -> set[str]:
    """Returns the marker words of the capture with this name."""
    return {f"{value}{name}" for value in VALUES}


@dataclass(frozen=True)
class Message:
    """A capture of a story: its name, which is in each of its words, and what its sender allows."""

    name: str
    status: Status = "usable"
    embargo: datetime | None = None
    words: str = ""

    def item(self, story: str, kind: Kind) -> ArticleItem:
        mark = self.words or self.name
        paragraphs = (f"Everybody heard text{mark} of the bridge.", f"Nobody saw rest{mark}.")
        body = SectionItem(paragraphs, heading=f"About heading{mark}", key="lead")
        own = SectionItem((f"Only here was entry{mark}.",), heading=f"Update {mark}", key=f"entry-{mark}")
        return ArticleItem(
            headline=f"Story headline{mark}",
            sections=(body, own),
            raw=" ".join((story, self.name, kind, *sorted(markers(mark)))).encode(),
            media_type="text/plain",
            reader="test/1",
            kind=kind,
            source=f"Agency source{mark}",
            external_id=story,
            url=f"https://agency.example/{story}",
            standfirst=f"The standfirst{mark}.",
            byline=f"By Ada Byline{mark}",
            note=f"Correction note{mark}",
            topics=(f"topic{mark}",),
            status=self.status,
            embargo=Moment(self.embargo, "second", "", "test") if self.embargo else None,
        )


def take_in(
    messages: Sequence[Message], *, story: str = "story", kind: Kind = "article", order: Sequence[int] = ()
) -> list[Outcome]:
    """Records messages of a story, an hour apart, in the order of arrival."""
    outcomes: list[Outcome] = []
    for place in order or range(len(messages)):
        run = start_run(story)
        captured = CaptureTime(FIRST + timedelta(hours=place), "test")
        outcomes += ingest_items([messages[place].item(story, kind)], Hints(story), run=run, captured=captured)
        finish_run(run)
    return outcomes


U1 = Message("u1")
U2 = Message("u2")
U3 = Message("u3")
U4 = Message("u4")
W1 = Message("w1", "withheld")
W2 = Message("w2", "withheld")
W3 = Message("w3", "withheld")
E1 = Message("e1", embargo=FAR)
E2 = Message("e2", embargo=FAR)
C2 = Message("c2", "canceled")
C3 = Message("c3", "canceled")

# Histories, and the captures of each that readers may see at the end.
HISTORIES: dict[str, tuple[tuple[Message, ...], set[str]]] = {
    "withheld, then usable with other words": ((W1, U2), {"u2"}),
    "usable, withheld, usable": ((U1, W2, U3), {"u1", "u3"}),
    "usable, withheld": ((U1, W2), set()),
    "withheld twice, then usable": ((W1, W2, U3), {"u3"}),
    "freed, and withheld again": ((W1, U2, W3), set()),
    "freed, withheld and freed again": ((W1, U2, W3, U4), {"u2", "u4"}),
    "under embargo, then a correction without one": ((E1, U2), set()),
    "withheld, then cancelled": ((W1, C2), set()),
    "withheld, cancelled, then usable": ((W1, C2, U3), {"u3"}),
    "usable, then cancelled": ((U1, C2), {"u1", "c2"}),
    "freed by the same words": ((W1, Message("u2", words="w1")), {"w1"}),
    "freed by the same words after others": ((W1, U2, Message("u3", words="w1")), {"w1", "u2"}),
}
