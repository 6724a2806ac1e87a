"""Wire copy: the rules that hold for what any news agency sends, whatever the format.

A reader takes an item apart into a Story, which lists for each field what was found, best first; `article` makes an
ArticleItem of it, or says why there is none. Knows markup and plain text as bodies, and no format.
"""

import html
import re
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, fields, replace
from itertools import islice, pairwise

from ..items import ArticleItem, Hints, Rejected, SectionItem, Status
from ..times import NO_ZONE, Moment, TimeError, parse_moment
from .bylines import without_by_in
from .markup import HEADINGS, UNREAD, Element, MarkupError, blocks, local_name, parse_html, plain

# A time as found: the field's name there, and what it said, or means where only its format can tell.
Found = tuple[str, str | Moment]


@dataclass(frozen=True)
class Line:
    """A heading or a paragraph of a body."""

    text: str
    is_heading: bool = False


@dataclass(frozen=True)
class Story:
    """What was found in one item, best first; of topics, notes and standfirsts all are kept, else the first that is.

    `statuses` and `signals` are the words of their vocabularies; `released` is a time before which it is embargoed.
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
    published: tuple[Found, ...] = ()
    updated: tuple[Found, ...] = ()
    released: tuple[Found, ...] = ()
    problems: tuple[str, ...] = ()

    def __or__(self, other: "Story") -> "Story":
        """What was found here, then there."""
        return Story(**{one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(Story)})


@dataclass(frozen=True)
class Evidence:
    """The bytes that an item is read from, and by what; `locator` is empty where they are the whole stream."""

    raw: bytes
    media_type: str
    reader: str
    locator: str = ""


# IPTC's publishing statuses, as their vocabularies and agencies' own spellings give them.
_STATUSES: dict[str, Status] = {
    "usable": "usable",
    "embargoed": "withheld",
    "withheld": "withheld",
    "canceled": "canceled",
    "cancelled": "canceled",
}

# What a signal to editors says of the text (IPTC signal; instructions of NewsML 1), as it is put in a note.
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

# Classes of paragraphs that head a part, in the dialects that have no element for it.
_HEADING_CLASSES = frozenset(
    "hl2 subhead subheading subheader crosshead crosshead1 intertitle mellomtittel mellanrubrik mellemrubrik "
    "zwischentitel zwischenzeile zwischenueberschrift ladillo intertitre".split()
)

# Where a body says itself whence it comes: "MARSTOWN, June 3 (EPA) - ", "(Agency) _ ".
_DATELINED = re.compile(r"^.{0,90}?\([^()]{2,40}\)\s?(?:-{1,3}|[–—_])\s")

# A clock is no dateline, though senders put one there.
_CLOCK = re.compile(r"\d{4}-\d\d-\d\d")

# A mark behind a capital letter abbreviates, and no sentence begins small.
_SENTENCE = re.compile(r"(.{24,120}?(?<![A-Z])[.!?…。！？])[\"'”’»)]*(?:$|\s+(?![a-z]))")
_HEADLINE_CHARACTERS = 100

# How much of a body is compared with its standfirsts, and with how many: more is there to take time.
_OPENING_CHARACTERS = 5_000
_STANDFIRSTS = 20

# Some senders escape twice: what is left after reading is an entity still.
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8}\d{0,2});")


def article(story: Story, evidence: Evidence, hints: Hints) -> ArticleItem | Rejected:
    """Returns the article that a story is, or why it is none: without words only a cancellation is kept."""
    problems = list(story.problems)
    headline = next(_texts(story.headlines), "")
    lines = _without_headline(story.lines, headline)
    external_id = next(_texts(story.ids), "")
    release = _moment(story.released, "embargo", problems)
    status = _status(story.statuses, release, problems)
    if not lines and status == "canceled" and external_id:
        lines = ()
        headline = headline or external_id
    elif not lines:
        summary = next(_texts(story.summaries or story.standfirsts), "")
        if not summary:
            return Rejected(evidence.locator, "a text item without words in it; take in the file that holds its text")
        lines = (Line(summary),)
        problems.append("no body; its description is taken for one")
    if not headline:
        headline = first_words(next((line.text for line in lines if not line.is_heading), lines[0].text))
        problems.append("no headline; headed by its first words")
    language = next(_texts(story.languages), "")
    standfirst = _standfirst(story.standfirsts, headline, lines)
    dateline = _dateline(story.datelines, lines)
    if dateline:
        lines = (Line(dateline), *lines)
    updated = _moment(story.updated, "updated", problems)
    published = _moment(story.published, "published", problems)
    if published is None and updated:
        published = updated
        version = next(_texts(story.versions), "")
        if version not in ("", "0", "1"):
            rule = (
                updated.rule if updated.rule == NO_ZONE else f"the time of version {version[:20]}, the only one given"
            )
            published = replace(updated, rule=rule)
            problems.append(f"no time of publication but that of version {version[:20]}, which is taken for it")
    return ArticleItem(
        headline=headline,
        sections=_sections(lines),
        raw=evidence.raw,
        media_type=evidence.media_type,
        reader=evidence.reader,
        locator=evidence.locator,
        source=next(_texts(story.sources), "") or hints.source,
        external_id=external_id,
        url=next(_texts(story.urls), "") or hints.url,
        standfirst=standfirst,
        byline=next((name for text in _texts(story.bylines) if (name := without_by_in(text, language))), ""),
        language=language,
        published=published or hints.published,
        updated=updated,
        topics=tuple(dict.fromkeys(_texts(story.topics))),
        status=status,
        embargo=release,
        note="\n".join(_notes(story)),
        problems=tuple(dict.fromkeys(problems)),
        whole_stream=not evidence.locator,
    )


def markup_lines(
    root: Element,
    *,
    unread: Set[str] = frozenset(),
    headings: Set[str] = frozenset(),
    also: Set[str] = frozenset(),
) -> tuple[Line, ...]:
    """Returns the headings and paragraphs under an element, pictures with their captions left out; O(its size).

    An XHTML header that holds the headline holds what is said elsewhere, and is passed over. Lines broken as on the
    wire, within one element, are put together again (see `text_lines`).
    """
    passed: set[Element] = set()
    for header in root.iter("{*}header"):
        if header not in passed and next(header.iter("{*}h1"), None) is not None:
            passed.update(header.iter())
    found: list[Line] = []
    for block in blocks(root, unread=UNREAD | {"figure"} | unread, headings=HEADINGS | headings, also=also):
        if block.element in passed:
            continue
        is_heading = block.is_heading or not _HEADING_CLASSES.isdisjoint(
            block.element.get("class", "").lower().split()
        )
        raw = "" if is_heading else _with_breaks(block.element)
        if raw and (_is_wired(raw) or local_name(block.element) == "pre") and plain(raw) == block.text:
            found.extend(text_lines(raw))
        else:
            found.append(Line(block.text, is_heading))
    return tuple(found)


def html_lines(markup: str) -> tuple[Line, ...]:
    """Returns the headings and paragraphs of a page or fragment of HTML given as text."""
    if not markup.strip():
        return ()
    try:
        root = parse_html(markup)
    except MarkupError:
        return ()
    body = root.find("body")
    return markup_lines(root if body is None else body)


def text_lines(text: str) -> tuple[Line, ...]:
    """Returns the paragraphs of a body of plain text, put together where its lines were broken at a column.

    A paragraph begins after a blank line, or at an indented line where others stand at the margin; where there is
    neither, or a line runs past any column, each line is one. In a list each item is a paragraph.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not (_is_wired(text) or _is_spaced(lines)):
        return tuple(Line(line) for line in map(plain, lines) if line)
    wired = _is_wired(text)
    paragraphs: list[list[str]] = [[]]
    listed: int | None = None
    for line in lines:
        words, indent = plain(line), len(line) - len(line.lstrip())
        item = words.startswith(_ITEM_MARKS) and (listed is not None or not paragraphs[-1])
        # What stands further in than the mark of its item goes on with it.
        indented = wired and indent > 0 and (listed is None or indent <= listed)
        if not words or item or indented:
            paragraphs.append([])
            listed = indent if words.startswith(_ITEM_MARKS) else None
        if words:
            paragraphs[-1].append(words)
    return tuple(Line(" ".join(paragraph)) for paragraph in paragraphs if paragraph)


def character_lines(text: str) -> tuple[Line, ...]:
    """Returns the headings and paragraphs of a body given as characters: of HTML where it is that, else of text."""
    return html_lines(text) if _MARKED_UP.search(text[:_OPENING_MARKUP]) else text_lines(text)


def first_words(paragraph: str) -> str:
    """Returns what can head an item that has no headline: its first sentence, or as much as a line holds."""
    words = _DATELINED.sub("", paragraph) or paragraph
    sentence = _SENTENCE.match(words)
    if sentence and len(sentence[1]) <= _HEADLINE_CHARACTERS:
        return sentence[1]
    if len(words) <= _HEADLINE_CHARACTERS:
        return words
    begun = words[:_HEADLINE_CHARACTERS]
    return (begun.rpartition(" ")[0] or begun).rstrip(" ,;:–—-") + "…"


def folded(text: str) -> str:
    """Returns the letters and digits of a text, for comparing what is said, not how it is set."""
    return re.sub(r"[\W_]+", "", text.casefold())


def is_code(name: str, code: str) -> bool:
    """Whether a concept is called by its code for want of a name."""
    return name == code and (len(name) < 4 or not any(one.islower() for one in name) or any(map(str.isdigit, name)))


# What tells HTML that was escaped, or stands as characters, by its beginning.
_MARKED_UP = re.compile(r"<(?:p|br|div|h\d|html|body)\b[^>]*>", re.IGNORECASE)
_OPENING_MARKUP = 2_000

# How the lines of a list begin, and the notes under a text where they are marked as Markdown.
_ITEM_MARKS = ("- ", "* ", "• ", "– ", "#")

# No line that was broken at a column runs past this.
_WRAP_COLUMNS = 100


def _is_wired(text: str) -> bool:
    """Whether lines are broken at a column and paragraphs are told by their indent alone."""
    first, *rest = text.split("\n")
    lines = [line for line in rest if line.strip()]
    flush = sum(not line[0].isspace() for line in lines)
    return 0 < flush < len(lines) and max(map(len, (first, *lines))) <= _WRAP_COLUMNS


def _is_spaced(lines: list[str]) -> bool:
    """Whether lines are broken at a column and blank lines part the paragraphs."""
    filled = [line.strip() for line in lines if line.strip()]
    inner = sum(bool(one.strip() and other.strip()) for one, other in pairwise(lines))
    blank = any(not line.strip() for line in lines[1:-1])
    return blank and inner > 0 and max(map(len, filled), default=0) <= _WRAP_COLUMNS


def _with_breaks(element: Element) -> str:
    """The text under an element, its line ends as they are; empty where there are none."""
    text = "".join(element.itertext())
    if "\n" not in text.strip():
        return ""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _text(text: str) -> str:
    """A text on one line, what was escaped twice unescaped."""
    text = plain(text)
    return plain(html.unescape(text)) if _ENTITY.search(text) else text


def _texts(found: Iterable[str]) -> Iterator[str]:
    return (text for text in map(_text, found) if text)


def _without_headline(lines: tuple[Line, ...], headline: str) -> tuple[Line, ...]:
    """The lines with their words set right, without the headline where the body opens with it, or is it."""
    lines = tuple(Line(text, line.is_heading) for line in lines if (text := _text(line.text)))
    if headline and lines and folded(lines[0].text) == folded(headline):
        return lines[1:]
    return lines


def _sections(lines: tuple[Line, ...]) -> tuple[SectionItem, ...]:
    parts: list[tuple[str, list[str]]] = [("", [])]
    for line in lines:
        if line.is_heading:
            parts.append((line.text, []))
        else:
            parts[-1][1].append(line.text)
    return tuple(SectionItem(tuple(paragraphs), heading) for heading, paragraphs in parts if heading or paragraphs)


def _standfirst(found: tuple[str, ...], headline: str, lines: tuple[Line, ...]) -> str:
    """What stands under the headline and does not merely repeat it, or the opening of the body."""
    opening = folded(" ".join(line.text for line in lines[:6])[:_OPENING_CHARACTERS])
    kept: dict[str, str] = {}
    for text in islice(_texts(found), _STANDFIRSTS):
        words = folded(text)
        if words and not folded(headline).startswith(words) and words not in opening:
            kept.setdefault(words, text)
    return "\n".join(kept.values())


def _dateline(found: tuple[str, ...], lines: tuple[Line, ...]) -> str:
    """The dateline where it stands beside the text and the text does not open with one."""
    dateline = next(_texts(found), "")
    place = folded(dateline)
    opening = [line.text for line in lines if not line.is_heading][:3]
    if not place or _CLOCK.search(dateline):
        return ""
    if any(folded(text).startswith(place) or _DATELINED.match(text) for text in opening):
        return ""
    return dateline


def _notes(story: Story) -> Iterator[str]:
    terms = (_SIGNALS.get(signal.casefold()) or _SIGNALS.get(_code(signal)) for signal in story.signals)
    signals = [term for term in terms if term]
    yield from dict.fromkeys([*signals, *_texts(story.notes)])


def _code(term: str) -> str:
    """The last part of a term, however its vocabulary is named: `stat:usable`, `http://…/usable`, `Usable`."""
    return re.split(r"[:/#]", term.strip())[-1].casefold()


def _status(found: tuple[str, ...], release: Moment | None, problems: list[str]) -> Status:
    """The publishing status; usable where none is given (IPTC), withheld where it cannot be told."""
    given = next(_texts(found), "")
    if not given:
        return "usable"
    code = _code(given)
    if code == "embargoed" and release:
        return "usable"
    if code not in _STATUSES:
        problems.append(f"status {given[:40]!r} is none that is known; withheld")
        return "withheld"
    return _STATUSES[code]


def _moment(found: tuple[Found, ...], what: str, problems: list[str]) -> Moment | None:
    for name, given in found:
        if isinstance(given, Moment):
            return given
        if not given.strip():
            continue
        try:
            return parse_moment(given)
        except TimeError as error:
            problems.append(f"{what} ({name}) {error}; kept without it")
    return None
