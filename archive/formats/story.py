"""Wire copy: makes an article of what a reader found in an item, by rules that all formats share.

A reader fills a Story, which lists the values found for each field, best first. `build_article` makes an ArticleItem
of it, or says why it is not an article. Owns statuses, signals, embargoes, datelines, and the choice among values.
Knows no format; the body comes as lines (see `body`). Used by the readers of agency formats and of XML records.
"""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from itertools import islice

from ..items import ArticleItem, Hints, Rejected, Status
from ..times import NO_ZONE, Moment, TimeError
from .body import Line, sections_of
from .bylines import without_by_in
from .markup import letters_of, plain
from .stated_times import read_time

# A time as found: the name of its field, and its text, or the Moment if only the format can tell what it means.
FoundTime = tuple[str, str | Moment]


@dataclass(frozen=True)
class Story:
    """The values found in one item, best first. All topics, notes and standfirsts are kept; else the first value.

    `statuses` and `signals` are terms of their vocabularies; until a `released` time the item is embargoed.
    """

    lines: tuple[Line, ...] = ()
    headlines: tuple[str, ...] = ()
    standfirsts: tuple[str, ...] = ()
    summaries: tuple[str, ...] = ()
    datelines: tuple[str, ...] = ()
    bylines: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    signals: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()
    published: tuple[FoundTime, ...] = ()
    updated: tuple[FoundTime, ...] = ()
    released: tuple[FoundTime, ...] = ()
    problems: tuple[str, ...] = ()

    def __or__(self, other: "Story") -> "Story":
        """Returns the values of both, the other's after these."""
        return Story(**{field.name: getattr(self, field.name) + getattr(other, field.name) for field in fields(Story)})


def longest(stories: Iterable[Story]) -> Story:
    """Returns the story with the most characters in its lines; an empty story if there are none."""
    return max(stories, key=lambda story: sum(len(line.text) for line in story.lines), default=Story())


@dataclass(frozen=True)
class Evidence:
    """The bytes of an item, their media type, and the reader; `locator` is empty if they are the whole stream."""

    raw: bytes
    media_type: str
    reader: str
    locator: str = ""


# IPTC's publishing statuses, as its vocabularies and agencies spell them.
_STATUSES: dict[str, Status] = {
    "usable": "usable",
    "embargoed": "withheld",
    "withheld": "withheld",
    "canceled": "canceled",
    "cancelled": "canceled",
}

# Signals to editors (IPTC signal; instructions of NewsML 1) -> the word for them in a note.
_SIGNALS = {
    "correction": "Correction",
    "corrected": "Correction",
    "rectify": "Correction",
    "update": "Update",
    "cwarn": "Content warning",
    "kill": "Kill",
    "retraction": "Retraction",
    "withdrawal": "Withdrawal",
    "edstat:c": "Correction",
}

# A body that begins with its own dateline: "MARSTOWN, June 3 (EPA) - ", "(Agency) _ ".
_DATELINED = re.compile(r"^.{0,90}?\([^()]{2,40}\)\s?(?:-{1,3}|[–—_])\s")

# A date is not a dateline, though some senders put it there.
_DATE = re.compile(r"\d{4}-\d\d-\d\d")

# A mark behind a capital letter abbreviates, and no sentence begins with a small letter.
_SENTENCE = re.compile(r"(.{24,120}?(?<![A-Z])[.!?…。！？])[\"'”’»)]*(?:$|\s+(?![a-z]))")
_MAX_HEADLINE_CHARS = 100

# How much of a body is compared with the standfirsts, and with how many: these bound the time.
_MAX_COMPARED_CHARS = 5_000
_MAX_STANDFIRSTS = 20

# Some senders escape twice, which leaves references to characters in the text.
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8}\d{0,2});")


def build_article(story: Story, evidence: Evidence, hints: Hints) -> ArticleItem | Rejected:
    """Returns the article of a story, or why it is not an article.

    Of stories without words only messages about the status of an article are articles (see `is_about_status`).
    """
    problems = list(story.problems)
    headline = next(_texts(story.headlines), "")
    lines = _without_headline(story.lines, headline)
    external_id = next(_texts(story.ids), "")
    release = _moment(story.released, "embargo", problems)
    status = _status(story.statuses, release, problems)
    summary = next(_texts(story.summaries or story.standfirsts), "")
    is_notice = not lines and bool(external_id) and is_about_status(story)
    if is_notice and (status == "canceled" or not summary):
        headline = headline or external_id
    elif not lines:
        if not summary:
            return Rejected(evidence.locator, "a text item without words in it; ingest the file with its text")
        lines = (Line(summary),)
        problems.append("no body; its description is used instead")
    if not headline:
        headline = first_words(next((line.text for line in lines if not line.is_heading), lines[0].text))
        problems.append("no headline; its first words are used instead")
    language = next(_texts(story.languages), "")
    standfirst = _standfirst(story.standfirsts, headline, lines)
    if dateline := _dateline(story.datelines, lines):
        lines = (Line(dateline), *lines)
    updated = _moment(story.updated, "updated", problems)
    published = _moment(story.published, "published", problems)
    if published is None and updated:
        published = _published_by_version(updated, next(_texts(story.versions), ""), problems)
    return ArticleItem(
        headline=headline,
        sections=sections_of(lines),
        raw=evidence.raw,
        media_type=evidence.media_type,
        reader=evidence.reader,
        locator=evidence.locator,
        source=next(_texts(story.sources), "") or hints.source,
        external_id=external_id,
        url=next(_texts(story.urls), "") or hints.url,
        standfirst=standfirst,
        byline=next((name for line in _texts(story.bylines) if (name := without_by_in(line, language))), ""),
        language=language,
        published=published or hints.published,
        updated=updated,
        topics=tuple(dict.fromkeys(_texts(story.topics))),
        status=status,
        embargo=release,
        note="\n".join(_notes(story)),
        # A cancellation takes the words away; other messages about the status leave them as they are.
        partial=is_notice and not lines and status != "canceled",
        problems=tuple(dict.fromkeys(problems)),
        whole_stream=not evidence.locator,
    )


def is_about_status(story: Story) -> bool:
    """Whether a story without words can be a message about the status of an article that was sent before.

    A known status that withholds or cancels is enough: it must not get lost. One that says "usable" has nothing else.
    """
    status = _STATUSES.get(_code(next(_texts(story.statuses), "")))
    if status == "usable":
        return not any(_texts((*story.headlines, *story.standfirsts, *story.summaries)))
    return status is not None


def is_usable(story: Story) -> bool:
    """Whether a story has no status that keeps it from being shown."""
    return _STATUSES.get(_code(next(_texts(story.statuses), "")), "usable") == "usable"


def first_words(paragraph: str) -> str:
    """Returns a headline for an item without one: its first sentence, or as much as fits on a line."""
    words = _DATELINED.sub("", paragraph) or paragraph
    sentence = _SENTENCE.match(words)
    if sentence and len(sentence[1]) <= _MAX_HEADLINE_CHARS:
        return sentence[1]
    if len(words) <= _MAX_HEADLINE_CHARS:
        return words
    beginning = words[:_MAX_HEADLINE_CHARS]
    return (beginning.rpartition(" ")[0] or beginning).rstrip(" ,;:–—-") + "…"


def folded_letters(text: str) -> str:
    """Returns the letters and digits of a text in lower case, to compare its words and not its typography."""
    return letters_of(text.casefold())


def is_code(name: str, code: str) -> bool:
    """Whether the name of a concept is only its code."""
    return name == code and (len(name) < 4 or not any(map(str.islower, name)) or any(map(str.isdigit, name)))


def _text(text: str) -> str:
    """Returns a text on one line, unescaped once more if it was escaped twice."""
    text = plain(text)
    return plain(html.unescape(text)) if _REFERENCE.search(text) else text


def _texts(values: Iterable[str]) -> Iterator[str]:
    return (text for text in map(_text, values) if text)


def _without_headline(lines: tuple[Line, ...], headline: str) -> tuple[Line, ...]:
    """Returns the lines, unescaped, without a first line that repeats the headline."""
    lines = tuple(Line(text, line.is_heading) for line in lines if (text := _text(line.text)))
    if headline and lines and folded_letters(lines[0].text) == folded_letters(headline):
        return lines[1:]
    return lines


def _standfirst(standfirsts: tuple[str, ...], headline: str, lines: tuple[Line, ...]) -> str:
    """Returns the standfirsts, one a line, without those that repeat the headline or the beginning of the body."""
    beginning = folded_letters(" ".join(line.text for line in lines[:6])[:_MAX_COMPARED_CHARS])
    kept: dict[str, str] = {}
    for text in islice(_texts(standfirsts), _MAX_STANDFIRSTS):
        letters = folded_letters(text)
        if letters and not folded_letters(headline).startswith(letters) and letters not in beginning:
            kept.setdefault(letters, text)
    return "\n".join(kept.values())


def _dateline(datelines: tuple[str, ...], lines: tuple[Line, ...]) -> str:
    """Returns the dateline if the text does not begin with it, or with another."""
    dateline = next(_texts(datelines), "")
    letters = folded_letters(dateline)
    first_paragraphs = [line.text for line in lines if not line.is_heading][:3]
    if not letters or _DATE.search(dateline):
        return ""
    if any(folded_letters(text).startswith(letters) or _DATELINED.match(text) for text in first_paragraphs):
        return ""
    return dateline


def _notes(story: Story) -> Iterator[str]:
    terms = (_SIGNALS.get(signal.casefold()) or _SIGNALS.get(_code(signal)) for signal in story.signals)
    signals = [term for term in terms if term]
    yield from dict.fromkeys([*signals, *_texts(story.notes)])


def _code(term: str) -> str:
    """Returns the last part of a term, however its vocabulary is named: `stat:usable`, `http://…/usable`, `Usable`."""
    return re.split(r"[:/#]", term.strip())[-1].casefold()


def _status(statuses: tuple[str, ...], release: Moment | None, problems: list[str]) -> Status:
    """Returns the publishing status: usable if the item has none (IPTC), withheld if it is not known."""
    term = next(_texts(statuses), "")
    if not term:
        return "usable"
    code = _code(term)
    if code == "embargoed" and release:
        return "usable"
    if code not in _STATUSES:
        problems.append(f"status {term[:40]!r} is not known; withheld")
        return "withheld"
    return _STATUSES[code]


def _published_by_version(updated: Moment, version: str, problems: list[str]) -> Moment:
    """Returns the time of publication from the time of a version; exact only for the first version."""
    if version in ("", "0", "1"):
        return updated
    version = version[:20]
    problems.append(f"no time of publication; the time of version {version} is used instead")
    rule = updated.rule if updated.rule == NO_ZONE else f"the time of version {version}, the only one given"
    return replace(updated, rule=rule)


def _moment(times: tuple[FoundTime, ...], label: str, problems: list[str]) -> Moment | None:
    """Returns the first time that is a possible date; adds a problem for each before it that is not."""
    for name, value in times:
        if isinstance(value, Moment):
            return value
        if not value.strip():
            continue
        try:
            return read_time(value)
        except TimeError as error:
            problems.append(f"{label} ({name}) {error}; kept without it")
    return None
