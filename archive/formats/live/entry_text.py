"""The text of an entry of a live page: its paragraphs, without captions, share bars, offers, labels and times.

Recognises these by name and position, and by words only if a line is nothing but a label. Used by
`shown_entries`.
"""

import re
from collections.abc import Iterator
from itertools import takewhile

from ..markup import HEADINGS, UNREAD, Block, Element, blocks, local_name, opening_words, words_of
from ..part_names import MAX_LABEL_CHARS, has_class, has_part_name, word_test
from ..written_times import is_written_time
from .entry_containers import TIME_NAMES

# Classes of elements that are in an entry and are not its text.
NOT_TEXT = word_test(
    r"[^\W_]*caption|credits?|copyright|share|sharing|sharebar|share-?(?:buttons?|links?|tools?|icons?|menu|bar)|"
    r"social(?:-?(?:share|links?|buttons?|icons?|bar|media-?links?)|(?=$|\s))|toolbar|advert\w*|ads?|ad-?(?:slot|unit|container|wrapper|placeholder)\w*|"
    r"newsletter\w*|sign-?up|promo|related(?:-\w+)?|recirc\w*|recommend\w*|"
    r"sponsor\w*|outbrain|taboola|timestamp|visually-?hidden|[^\W_]*contributor\w*|actions|controls|copy-?link|"
    r"screen-?reader-text|sr-only|vh|byline|authors?|avatar|permalink|comments?-?count|(?:video|audio)-?player"
)
# Classes of links to other pages, but as often of parts of the text; `_is_linked` decides.
_OFFER_CLASS = word_test(r"read-?(?:more|next|also)|see-?also|teasers?|tags?|topics?|categor(?:y|ies)")
_LINE_CLASS = word_test(r"[^\W_]*caption|credits?|byline|authors?|[^\W_]*contributor\w*|timestamp")
_NOT_TEXT_NAMES = frozenset("figcaption aside footer header amp-ad amp-social-share amp-timeago ins".split())
UNREAD_IN_ENTRIES = UNREAD | _NOT_TEXT_NAMES

# A label beside an entry, which is no author's name.
LABEL = re.compile(
    r"^\W*(?:key (?:event|moment|update|point)s?|breaking(?: news)?|pinned(?: post)?|live|latest|new|update[ds]?|top)"
    r"\W*$",
    re.IGNORECASE,
)
# The minute of a match: 88', 90+3'.
_MINUTE = re.compile(r"\d{1,3}(?:\s?\+\s?\d{1,2})?\s?(?:['’′.]|min\.?)?")
_CLOCK = re.compile(r"\b\d{1,2}[:.]\d{2}\b")

_SENTENCE_ENDS = frozenset(("", *'.!?”"'))

# Elements inside which a time is part of a sentence.
_SENTENCE_NAMES = frozenset("p li em strong b i a span blockquote td".split())
# Elements that make a card if they are in a link.
_CARD_NAMES = frozenset(("p", "div", "figure", "article", "section", *HEADINGS))
# Elements that are no paragraphs, but may have one.
_BOX_NAMES = frozenset("div section article header figure a span ul ol".split())
# Elements that may be a line about the entry, at its beginning or end.
_EDGE_NAMES = frozenset(("div", "span", "section", "article", "header"))


def paragraphs_of(body: Element, apart: set[Element]) -> Iterator[str]:
    """Yields the paragraphs and sub-headings of an entry; `apart` are its heading, byline, times and notes."""

    def is_left_out(element: Element) -> bool:
        return element in apart or _is_not_text(element)

    found = list(blocks(body, unread=UNREAD_IN_ENTRIES, left_out=is_left_out))
    for at, block in enumerate(found):
        if block.is_heading and _is_link(block.element):
            continue  # the title of another page
        is_sentence = block.text[-1:] in _SENTENCE_ENDS
        if not is_sentence and (is_written_time(block.text) or _AGO.fullmatch(block.text)):
            continue  # the time of the entry or of a quoted post
        name = local_name(block.element)
        if name in _BOX_NAMES and (_OFFER_LINE.fullmatch(block.text) or _is_offer(block, body)):
            continue
        is_edge = at in (0, len(found) - 1)
        if is_edge and not is_sentence and name in _EDGE_NAMES and _is_label(block.text):
            continue  # author and time, on a line without a class
        yield block.text


def _is_not_text(element: Element) -> bool:
    names = element.get("class")
    if names and NOT_TEXT(names):
        # A paragraph may have such a class and be text, unless it is a caption, a credit or a byline.
        return local_name(element) not in ("p", "li", "blockquote") or _LINE_CLASS(names)
    if names and _OFFER_CLASS(names) and _is_linked(element):
        return True
    if local_name(element) == "a" and any(local_name(child) in _CARD_NAMES for child in element):
        return True  # a card: a picture, a headline and a line that lead to another page
    # A time on a line of its own is the entry's; in a sentence it is part of the text.
    is_time = local_name(element) == "time" or (names and _TIME_CLASS(names) and _is_time(element))
    return bool(is_time) and local_name(element.getparent()) not in _SENTENCE_NAMES


def _is_label(text: str) -> bool:
    return len(text) <= MAX_LABEL_CHARS and bool(_CLOCK.search(text) or LABEL.match(text) or _MINUTE.fullmatch(text))


# Lines that announce something or offer something to do.
_OFFER_LINE = re.compile(
    r"(?:advert(?:isement|ising)?|sponsored|anzeige|publicité|publicidad|pubblicità|werbung|advertentie|annonse|"
    r"share(?: (?:this|on \w+))?|copy link|link copied|image|image source|related(?: \w+)?|read (?:more|also|next)|"
    r"see also|more on this(?: \w+)?|recommended|mehr zum thema|lesen sie auch|(?:à )?lire (?:aussi|plus)|"
    r"leer más|lees (?:ook|verder)|les også|læs også|läs också|leggi anche)\W*",
    re.IGNORECASE,
)

_MAX_OFFER_CHARS = 1_000


def _is_linked(element: Element) -> bool:
    """Whether most of an element's words are in links; a long element is a text."""
    if len(opening_words(element, _MAX_OFFER_CHARS)) > _MAX_OFFER_CHARS:
        return False
    linked = sum(len("".join(link.itertext())) for link in element.iter("a"))
    return linked * 2 > len("".join(element.itertext()).strip())


_AGO = re.compile(
    r"\W*(?:just now|now|(?:about |over |almost )?(?:\d{1,3}|an?|one)\s?"
    r"(?:s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?|months?|years?)"
    r"(?:,? (?:and )?\d{1,2} ?(?:m|mins?|minutes?))? ago|vor (?:\d+|einer?m?) \w+|"
    r"il y a (?:\d+|une?) \w+|hace (?:\d+|una?) \w+|(?:\d+|un[oa]?) \w+ fa|há (?:\d+|uma?) \w+|"
    r"(?:\d+|een) \w+ geleden|for \d+ \w+ siden|\d+ \w+ siden|för \d+ \w+ sedan)\W*",
    re.IGNORECASE,
)


def _is_offer(block: Block, body: Element) -> bool:
    """Whether a box has nothing but a link to another page, or is in a figure."""
    box = block.element
    # A box may have a thousand blocks, and this is asked for each of them.
    is_alone = opening_words(box, len(block.text)) == block.text
    if is_alone and any(words_of(link) == block.text for link in box.iter("a")):
        return True
    above = takewhile(lambda holder: holder is not body, (box, *box.iterancestors()))
    return any(local_name(holder) == "figure" for holder in above)


_TIME_CLASS = word_test(r"(?:(?:post|entry|publish|published|update)[-_]?)?(?:date|time)(?:line|stamp|-?ago)?")
_MAX_TIME_CHARS = 60


def _is_time(element: Element) -> bool:
    """Whether an element with the class of a time has little else in it."""
    words = opening_words(element, _MAX_TIME_CHARS)
    return len(words) <= _MAX_TIME_CHARS and any(map(str.isdigit, words)) and words[-1:] not in _SENTENCE_ENDS


def _is_link(heading: Element) -> bool:
    words = "".join(heading.itertext()).strip()
    return any("".join(link.itertext()).strip() == words for link in heading.iter("a"))


# A heading for screen readers, where the entry has no heading of its own.
_GENERIC_HEADING = re.compile(r"^(?:post|entry|update)$", re.IGNORECASE)


def heading_text(heading: Element) -> str:
    """Returns the words of a heading without hidden words, times and labels in it."""
    if not len(heading):
        return words_of(heading)

    def is_left_out(element: Element) -> bool:
        return has_class(element, NOT_TEXT) or has_part_name(element, NOT_TEXT)

    unread = UNREAD_IN_ENTRIES | TIME_NAMES
    words = " ".join(block.text for block in blocks(heading, unread=unread, left_out=is_left_out))
    return "" if _GENERIC_HEADING.match(words) else words
