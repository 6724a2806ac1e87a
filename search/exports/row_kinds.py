"""The kinds of rows of an export: sections, articles and statements, with all that a format writes of them.

`rows` loads them. No database. Only modules of this package import from here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from archive.copies import NO_COPIES, CopyFacts
from archive.models import Article, Capture, Entry
from archive.times import OutletTime

from ..annotations import StatementView
from ..articles import curated_entry_columns
from ..outputs import Reference
from ..results import Snippet, TextSpans


@dataclass(slots=True, eq=False)
class ExportedSection(Entry):
    """A section with its current words. `pk` is the number of its version, as `load_first_received` knows it.

    `article`, `capture` and the names of `topics` may be shared with other sections. `time` is on the outlet's clock:
    that of the entry, else that of its article. `text` is the passage where passages were asked for. A section with a
    `tombstone` has no words; where it is not shown any more, it has nothing but its number and an empty article.
    `matching` is false for sections of an article's row that are no hits. `reference` is set where the format cites.
    `topics` are those of the article and its own; `copies` says which articles have the same text. `curated_entry`
    names what curators set of it; then `received` has what was received. `behind` is the section that a curator put it
    behind. `marking` notes by field where its words have statements and days (`spans`), and the `passage` in pieces.
    """

    section_id: int
    gone_id: int | None
    withdrawn: bool
    changed: datetime | None
    article_id: int
    pk: int
    number: int
    heading: str
    text: str
    byline: str
    published: datetime | None
    published_precision: str
    published_rule: str
    published_offset: int | None
    updated: datetime | None
    updated_offset: int | None
    key_event: bool
    note: str
    words_sha256: str
    capture_id: int | None
    article: Article
    capture: Capture | None
    topics: Sequence[str]
    time: OutletTime | None = None
    matching: bool = True
    tombstone: str = ""
    reference: Reference | None = None
    curated_entry: tuple[str, ...] = ()
    received: "ExportedSection | None" = None
    behind: int | None = None
    article_topics: Sequence[str] = ()
    copies: CopyFacts = NO_COPIES
    spans: Mapping[str, TextSpans] = field(default_factory=dict)
    passage: Snippet | None = None

    @property
    def curated_fields(self) -> list[str]:
        """The fields that curators set of the section and its article, as the column names them."""
        return [*self.article.curated_fields, *curated_entry_columns(self.curated_entry)]

    @property
    def sections(self) -> tuple["ExportedSection", ...]:
        """The section itself: a format that writes articles takes rows of both units."""
        return (self,)

    @property
    def paragraphs(self) -> list[str]:
        return self.text.split("\n") if self.text else []


@dataclass(slots=True, eq=False)
class ExportedArticle:
    """An article of a result. `matched` counts its matching sections; it is 0 where the headline alone has the words.

    `sections` are all that the archive shows of it, in the outlet's order, or its best matching ones where passages
    were asked for. `capture` is the last whose words are among them. An article with a `tombstone` has no sections.
    """

    article_id: int
    article: Article
    matched: int
    topics: Sequence[str]
    sections: tuple[ExportedSection, ...] = ()
    capture: Capture | None = None
    tombstone: str = ""
    reference: Reference | None = None
    copies: CopyFacts = NO_COPIES

    @property
    def article_topics(self) -> Sequence[str]:
        return self.topics

    @property
    def curated_fields(self) -> list[str]:
        return list(self.article.curated_fields)

    @property
    def time(self) -> OutletTime | None:
        return self.article.time

    @property
    def note(self) -> str:
        return self.article.note


@dataclass(slots=True, eq=False)
class ExportedStatement:
    """A statement in a section. It is None where the section has a `tombstone`: then nothing of it is written.

    `days` is where its words speak of days that the query asks for, once a marker has placed them.
    """

    section: ExportedSection
    statement: StatementView | None = None
    reference: Reference | None = None
    days: Sequence[tuple[int, int]] = ()

    @property
    def section_id(self) -> int:
        return self.section.section_id

    @property
    def article_id(self) -> int:
        return self.section.article_id

    @property
    def article(self) -> Article:
        return self.section.article

    @property
    def sections(self) -> tuple[ExportedSection, ...]:
        return (self.section,)

    @property
    def topics(self) -> Sequence[str]:
        return self.section.topics

    @property
    def article_topics(self) -> Sequence[str]:
        return self.section.article_topics

    @property
    def note(self) -> str:
        return self.section.note

    @property
    def time(self) -> OutletTime | None:
        return self.section.time

    @property
    def capture(self) -> Capture | None:
        return self.section.capture

    @property
    def tombstone(self) -> str:
        return self.section.tombstone


Row = ExportedSection | ExportedArticle | ExportedStatement
