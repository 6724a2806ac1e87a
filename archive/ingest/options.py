"""The options that a person gives with documents, in the command and in the admin: one table for both.

A value in a document takes precedence over the option of the same name. Other packages import this from
`archive.ingest`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from w3lib.encoding import resolve_encoding

from ..addresses import address_key, is_address
from ..errors import ArchiveError
from ..formats import FORMATS, read_time
from ..items import Hints
from ..models import INGEST_TIME_RULE, Source
from ..models.columns import validate_zone, web_address
from ..times import MAX_AHEAD_OF_UTC, Moment
from .normalization import CaptureTime

# A list of addresses to choose from a web archive; its field takes as much text as all pasted texts.
MAX_ADDRESSES = 10_000
_MAX_ADDRESSES_CHARS = 1_000_000


class IntakeError(ArchiveError):
    """An option that cannot be used: the message names the value and the cure, `option` the option."""

    def __init__(self, message: str, *, option: str) -> None:
        super().__init__(message)
        self.option = option


@dataclass(frozen=True)
class IntakeOptions:
    """The options of one intake; OPTIONS describes each."""

    source: str = ""
    url: str = ""
    captured: Moment | None = None
    published: Moment | None = None
    zone: str = ""
    format: str = ""
    encoding: str = ""
    addresses: frozenset[str] = frozenset()

    @classmethod
    def from_texts(cls, texts: Mapping[str, str]) -> "IntakeOptions":
        """Returns the options that the texts mean, by name; empty ones count as missing. Raises IntakeError."""
        return cls(**{option.name: option.read(texts[option.name]) for option in OPTIONS if texts.get(option.name)})

    def hints(self, name: str) -> Hints:
        """Returns what is known of the document of this name before it is read."""
        return Hints(
            name,
            source=self.source,
            url=self.url,
            published=self.published,
            charset=self.encoding,
            zone=self.zone,
            format=self.format,
            encoding=self.encoding,
            addresses=self.addresses,
        )

    def check(self, *, single: bool) -> None:
        """Raises IntakeError for options that cannot be true of these documents. `single`: there is one document."""
        if self.url and not single:
            raise IntakeError("An address belongs to one document; give one file with it.", option="url")
        if self.captured and self.captured.at > timezone.now() + MAX_AHEAD_OF_UTC:
            raise IntakeError(
                f"The time of capture {self.captured.given} is still to come; give a time in the past.",
                option="captured",
            )

    def capture_time(self) -> CaptureTime:
        """Returns when the documents were captured: as the option says, else now."""
        if self.captured:
            return CaptureTime(self.captured.at, f"given to the {self.captured.precision}")
        return CaptureTime(timezone.now(), INGEST_TIME_RULE)


@dataclass(frozen=True)
class Option:
    """One option: the field of IntakeOptions that it sets, its words in forms and help, and its parser.

    The parser returns the field's value, and raises ArchiveError with a message for people. An option has a text of at
    most `max_chars`, and may have `choices`, each with its label.
    """

    name: str
    label: str
    metavar: str
    parse: Callable[[str], Any]
    meaning: str
    example: str
    max_chars: int = 2000
    choices: tuple[tuple[str, str], ...] = ()

    def read(self, text: str) -> Any:
        """Returns the value that a text means. Raises IntakeError."""
        try:
            return self.parse(text)
        except ArchiveError as error:
            raise IntakeError(str(error), option=self.name) from None


def _parse_source(text: str) -> str:
    limit = Source._meta.get_field("name").max_length or 0
    if len(text) > limit:
        raise ArchiveError(f"A source's name has at most {limit} characters; this one has {len(text):,}.")
    return text


def _parse_url(text: str) -> str:
    try:
        return web_address(text)
    except ValidationError:
        raise ArchiveError(f"{text[:80]!r} is no web address; it begins with http:// or https://") from None


def _parse_zone(text: str) -> str:
    try:
        validate_zone(text)
    except ValidationError as error:
        raise ArchiveError(str(error.message)) from None
    return text


def _parse_format(text: str) -> str:
    names = [row.name for row in FORMATS]
    if text not in names:
        raise ArchiveError(f"{text[:40]!r} is no format; name one of: {', '.join(names)}")
    return text


def _parse_encoding(text: str) -> str:
    encoding = resolve_encoding(text)
    if not encoding:
        raise ArchiveError(f"{text[:40]!r} is no encoding; name it like windows-1251, koi8-r or shift_jis")
    return encoding


def _parse_addresses(text: str) -> frozenset[str]:
    addresses = text.split()
    if len(addresses) > MAX_ADDRESSES:
        raise ArchiveError(f"{len(addresses):,} addresses; at most {MAX_ADDRESSES:,} can be chosen at once.")
    keys = {address: address_key(address if "://" in address else f"https://{address}") for address in addresses}
    wrong = [address for address, key in keys.items() if not key or not is_address(f"https://{key}")]
    if wrong:
        raise ArchiveError(
            f"{wrong[0][:80]!r} is no web address; write one on each line, like https://example.com/fire"
        )
    return frozenset(keys.values())


_TIME = "2025-06-02 or 2025-06-02T14:30+01:00"

OPTIONS = (
    Option("source", "Source", "NAME", _parse_source, "the source of documents that name none", "The Courier"),
    Option("url", "Address", "URL", _parse_url, "the URL of a single document", "https://courier.example/fire"),
    Option("captured", "Captured", "TIME", read_time, "when the files were captured; by default now", _TIME),
    Option("published", "Published", "TIME", read_time, "when documents without a date were published", _TIME),
    Option("zone", "Time zone", "NAME", _parse_zone, "the zone of times without one; by default UTC", "Europe/London"),
    Option(
        "format",
        "Format",
        "NAME",
        _parse_format,
        "the format of all documents; by default recognised by content",
        "text",
        choices=tuple((row.name, row.label) for row in FORMATS),
    ),
    Option(
        "encoding",
        "Encoding",
        "NAME",
        _parse_encoding,
        "the encoding of documents that are not in UTF-8; by default as they say, or by their letters",
        "windows-1251",
    ),
    Option(
        "addresses",
        "Addresses to take",
        "URLS",
        _parse_addresses,
        "of web archives, take the records at these addresses alone, with blanks or line ends between",
        "https://courier.example/fire https://courier.example/flood",
        max_chars=_MAX_ADDRESSES_CHARS,
    ),
)
