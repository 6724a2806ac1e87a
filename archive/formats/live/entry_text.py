"""What of a live page's entry is its text: its paragraphs without captions, share bars, offers, labels and times.

Told by what parts are called and where they stand, never by what a paragraph says, but for lines that are labels and
nothing else. Used by shown_entries.
"""

import re
from collections.abc import Iterator
from itertools import takewhile

from ..markup import HEADINGS, UNREAD, Block, Element, blocks, local_name, words_of
from ..written_times import is_written
from .entry_containers import TIME_NAMES
from .entry_names import LONGEST_LABEL, first_words, has_class, has_part_name, part_name

# Classes of what stands in an entry and is not its text. Whole words of a class: `share` in post__share, not shared.
NOT_TEXT = part_name(
    r"[^\W_]*caption|credits?|copyright|share|sharing|sharebar|share-?(?:buttons?|links?|tools?|icons?|menu|bar)|"
    r"social(?:-?(?:share|links?|buttons?|icons?|bar|media-?links?)|(?=$|\s))|toolbar|advert\w*|ads?|ad-?(?:slot|unit|container|wrapper|placeholder)\w*|"
    r"newsletter\w*|sign-?up|promo|related(?:-\w+)?|recirc\w*|recommend\w*|"
    r"sponsor\w*|outbrain|taboola|timestamp|visually-?hidden|[^\W_]*contributor\w*|actions|controls|copy-?link|"
    r"screen-?reader-text|sr-only|vh|byline|authors?|avatar|permalink|comments?-?count|(?:video|audio)-?player"
)
# What is behind such a name is the rest of the text as often as a link to another page.
_OFFERED = part_name(r"read-?(?:more|next|also)|see-?also|teasers?|tags?|topics?|categor(?:y|ies)")
_LINE_ABOUT = part_name(r"[^\W_]*caption|credits?|byline|authors?|[^\W_]*contributor\w*|timestamp")
_NOT_TEXT_NAMES = frozenset("figcaption aside footer header amp-ad amp-social-share amp-timeago ins".split())
UNREAD_IN_ENTRIES = UNREAD | _NOT_TEXT_NAMES

# What a label beside an entry says that is no name of an author.
LABEL = re.compile(
    r"^\W*(?:key (?:event|moment|update|point)s?|breaking(?: news)?|pinned(?: post)?|live|latest|new|update[ds]?|top)"
    r"\W*$",
    re.IGNORECASE,
)
# Of a match: 88', 90+3'.
_MINUTE = re.compile(r"\d{1,3}(?:\s?\+\s?\d{1,2})?\s?(?:['’′.]|min\.?)?")
_CLOCK = re.compile(r"\b\d{1,2}[:.]\d{2}\b")

_IN_SENTENCES = frozenset("p li em strong b i a span blockquote td".split())


def paragraphs_of(body: Element, apart: set[Element]) -> Iterator[str]:
    """Yields the paragraphs and sub-headings under an element but for what is not its text."""

    def left_out(element: Element) -> bool:
        if element in apart:
            return True
        given = element.get("class")
        if given and NOT_TEXT(given):
            # A paragraph is text whatever it is related to or promotes; but it may be a line about one.
            return local_name(element) not in ("p", "li", "blockquote") or _LINE_ABOUT(given)
        if given and _OFFERED(given) and _is_linked(element):
            return True
        if local_name(element) == "a" and any(local_name(one) in _CARD_PARTS for one in element):
            return True  # a picture with a headline and a line, which lead to another page
        # A time that stands in a line of its own tells when, one in a sentence is part of it.
        is_time = local_name(element) == "time" or (given and _TIME_LABEL(given) and _is_time(element))
        return bool(is_time) and local_name(element.getparent()) not in _IN_SENTENCES

    found = list(blocks(body, unread=UNREAD_IN_ENTRIES, left_out=left_out))
    for at, block in enumerate(found):
        name = local_name(block.element)
        if block.is_heading and _is_link(block.element):
            continue  # the title of another page, offered in between
        if block.text[-1:] not in '.!?”"' and (is_written(block.text) or _AGO.fullmatch(block.text)):
            continue  # when it was written, or something was posted that it quotes
        if name in _BOXES and (_LABEL_LINE.fullmatch(block.text) or _is_offer(block, body)):
            continue
        if (
            at in (0, len(found) - 1)
            and name in ("div", "span", "section", "article", "header")
            and len(block.text) <= LONGEST_LABEL
            and (_CLOCK.search(block.text) or LABEL.match(block.text) or _MINUTE.fullmatch(block.text))
            and block.text[-1:] not in '.!?”"'
        ):
            continue  # who and when, in a line without a class
        yield block.text


_CARD_PARTS = frozenset(("p", "div", "figure", "article", "section", *HEADINGS))

# Elements that are no paragraphs, but may hold one.
_BOXES = frozenset("div section article header figure a span ul ol".split())

# What says that something follows, or offers something to do, and is no part of what is told.
_LABEL_LINE = re.compile(
    r"(?:advert(?:isement|ising)?|sponsored|anzeige|publicité|publicidad|pubblicità|werbung|advertentie|annonse|"
    r"share(?: (?:this|on \w+))?|copy link|link copied|image|image source|related(?: \w+)?|read (?:more|also|next)|"
    r"see also|more on this(?: \w+)?|recommended|mehr zum thema|lesen sie auch|(?:à )?lire (?:aussi|plus)|"
    r"leer más|lees (?:ook|verder)|les også|læs også|läs också|leggi anche)\W*",
    re.IGNORECASE,
)


_LONGEST_OFFER = 1_000


def _is_linked(element: Element) -> bool:
    """Whether most of what an element says is links; what is long is a text."""
    if len(first_words(element, _LONGEST_OFFER)) > _LONGEST_OFFER:
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
    """Whether a box holds but a link to another page, or stands in a picture's place."""
    box = block.element
    # A box may hold a thousand lines, and is asked about at each.
    alone = first_words(box, len(block.text)) == block.text
    if alone and any(words_of(link) == block.text for link in box.iter("a")):
        return True
    above = takewhile(lambda one: one is not body, (box, *box.iterancestors()))
    return any(local_name(one) == "figure" for one in above)


_TIME_LABEL = part_name(r"(?:(?:post|entry|publish|published|update)[-_]?)?(?:date|time)(?:line|stamp|-?ago)?")
_LONGEST_TIME = 60


def _is_time(element: Element) -> bool:
    """Whether an element that is called a time or a date holds little else."""
    words = first_words(element, _LONGEST_TIME)
    return len(words) <= _LONGEST_TIME and any(map(str.isdigit, words)) and words[-1:] not in '.!?”"'


def _is_link(heading: Element) -> bool:
    words = "".join(heading.itertext()).strip()
    return any("".join(link.itertext()).strip() == words for link in heading.iter("a"))


# What stands in place of a heading for those who hear the page.
_NO_HEADING = re.compile(r"^(?:post|entry|update)$", re.IGNORECASE)


def heading_words(heading: Element) -> str:
    """The words of a heading but for what is hidden in it, and for times and labels beside it."""
    if not len(heading):
        return words_of(heading)

    def left_out(element: Element) -> bool:
        return has_class(element, NOT_TEXT) or has_part_name(element, NOT_TEXT)

    words = " ".join(block.text for block in blocks(heading, unread=UNREAD_IN_ENTRIES | TIME_NAMES, left_out=left_out))
    return "" if _NO_HEADING.match(words) else words
