"""The main part of a page, and which text in it is the article's.

trafilatura finds the article and drops short lines, lists and headings. What it takes for prose is kept; everything
else in the main part is kept too, unless a rule here says that it is menu, caption, promotion or box. The page of
formats in the documentation states the rules. Knows no publisher; used by `article_body` alone.
"""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile

from lxml import etree

from ..bylines import is_byline
from ..markup import HEADINGS, Block, Element, local_name, opening_words, words_of
from ..part_names import NameTest, has_class, word_test
from ..written_times import is_written_time, read_written_day
from .page_text import normalized_words
from .promotions import is_list_label, is_promotion

# The end of a sentence, with quotation marks, brackets and the mark that ends an article.
_SENTENCE_END = re.compile(r"[.?!…。！？।۔](?: ?[\"'“”‘’«»)\]）」』])*(?: ?[■□▪●•◆♦◼∎✦])?$")
# As many letters are prose, without the end of a sentence too.
_MIN_PROSE_CHARS = 60

# Elements that hold the text of an article. Boxes hold anything.
_TEXT_NAMES = frozenset("p li dd dt blockquote pre td th".split())
_WHOLE_NAMES = frozenset(("body", "html"))
_CELL_NAMES = frozenset(("td", "th"))
_LIST_NAMES = frozenset("ul ol dl table".split())

_ELSEWHERE_NAMES = frozenset("nav menu aside footer form button label address dialog figcaption".split())
_ELSEWHERE_ROLES = frozenset(
    "navigation menu menubar menuitem toolbar search banner contentinfo complementary dialog alertdialog".split()
)
# Words in the names of parts that lead elsewhere or are no part of the article: promotions, boxes, what is hidden.
_ELSEWHERE = (
    r"related\w*|similar\w*|recommend\w*|recirc\w*|trending|popular|most-?read|breaking\w*|ticker|marquee|"
    r"newsletter\w*|sign-?up|subscri\w+|promo\w*|advert\w*|ads?|sponsor\w*|(?:pay|reg)-?wall|login|"
    r"nav\w*|menu\w*|breadcrumbs?|comments?|disqus|footer|sidebar|widget\w*|modal\w*|pop-?(?:up|over)|overlay|"
    r"disclaimer|consent|cookies?|(?:is-|(?<![xy]-)(?<!overflow-))hidden|hide(?=$|\s)|d-none"
)
_is_elsewhere_name = word_test(_ELSEWHERE)
# And in those of parts with lines and labels: tools, captions, lines about the article, teasers.
_is_box = word_test(
    rf"{_ELSEWHERE}|share\w*|sharing|social\w*|tool(?:s|bar|tip)|tags?|taglist|topics?|categor(?:y|ies)|keywords?|"
    r"pag(?:er|ination)|toc|button\w*|btn|icon\w*|form|print|player|"
    r"caption\w*|credits?|copyright|attribution|meta\w*|byline\w*|author\w*|profile\w*|bio|dateline|date|time\w*|"
    r"published?|gallery\w*|slide\w*|carousel|video\w*|audio\w*|teasers?|cards?|latest|banner|rating\w*|poll\w*"
)
# Words in the names of boxes that are text all the same: summaries of an article, and verse.
_is_summary = word_test(r"key-?(?:points?|facts?|takeaways?)|takeaways?|highlights|glance|bullets?|summary")
_is_verse = word_test(r"poem|poetry|verses?|stanzas?|strophes?|lyrics?")
# The same of a paragraph, which may be text in spite of other names.
_is_line = word_test(
    r"caption\w*|credits?|copyright|attribution|meta|byline\w*|authors?|dateline|date|time\w*|published?|tags?|share\w*|"
    r"advert\w*|ads?|sponsor\w*|button\w*|btn"
)

# An element with this share of the article's prose has the rest of it too.
_MIN_MAIN_SHARE = 0.9
# Elements with this share of it are where the article is.
_MIN_COLUMN_SHARE = 0.2
# A list with more of its words in links is a menu or a promotion.
_MAX_LINKED_SHARE = 0.5
# What is longer is measured by its beginning.
_MAX_LINKED_CHARS = 20_000
_MAX_LINKS = 500
_MAX_CARD_ELEMENTS = 50
# A shorter headline may be a part of a heading by chance.
_MIN_HEADLINE_CHARS = 20

# How a lead ends that is set as a heading. A question is a heading.
_LEAD_END = re.compile(r"[.!…。！।۔](?: ?[\"'“”‘’«»)\]）」』])*$")


@dataclass(frozen=True)
class MainText:
    """Which blocks of a page are its article's.

    `is_headed`: the page's headline is a heading above them. `linked_share` is how much of their words is in links.
    """

    kept: tuple[bool, ...]
    is_headed: bool = False
    linked_share: float = 0.0


def find_main_text(
    blocks: Sequence[Block], found: Sequence[bool], *, headline: str = "", standfirst: str = ""
) -> MainText:
    """Returns which blocks are the article's, without its headline and standfirst; O(number of blocks).

    `found` says which blocks trafilatura takes for the article; `headline` and `standfirst` are in normalized words.
    """
    sure = [is_found and _is_prose(block) for block, is_found in zip(blocks, found, strict=True)]
    titles = (block.element for block in blocks if block.is_heading and normalized_words(block.text) == headline)
    title = next(titles, None)
    main, letters = _find_main(blocks, sure, title)
    if main is None:
        return MainText((False,) * len(blocks))
    flow = {block.element.getparent() for block, is_sure in zip(blocks, sure, strict=True) if is_sure} or {main}
    part = _MainPart(main, letters, flow)
    between = _between(sure)
    taken = [
        is_found and number in between and not part.is_card(blocks[number]) for number, is_found in enumerate(found)
    ]
    kept = []
    label = ""
    for block, is_sure, is_taken, is_found in zip(blocks, sure, taken, found, strict=True):
        if block.is_heading:
            kept.append(False)
        elif is_sure:
            kept.append(not part.leads_elsewhere(block))
        else:
            is_kept = is_taken or part.has(block, label=label, found=is_found)
            kept.append(is_kept and normalized_words(block.text) != standfirst)
        label = block.text
    kept = _with_headings(blocks, kept, taken, part)
    kept = _without_headline(blocks, kept, headline)
    texts = [block for block, keep in zip(blocks, kept, strict=True) if keep]
    return MainText(tuple(kept), title is not None, _linked_share(texts))


def _between(sure: Sequence[bool]) -> range:
    """Returns the numbers between the first and the last sure block."""
    numbers = [number for number, is_sure in enumerate(sure) if is_sure]
    return range(numbers[0], numbers[-1]) if numbers else range(0)


def _linked_share(blocks: Sequence[Block]) -> float:
    elements = dict.fromkeys(block.element for block in blocks)
    linked = sum(len(words_of(link)) for element in elements for link in element.iter("a"))
    return linked / max(1, sum(len(block.text) for block in blocks))


def is_lead(heading: Block) -> bool:
    """Whether a heading above the text is its first paragraph, set like a heading."""
    return len(heading.text) >= _MIN_PROSE_CHARS and _LEAD_END.search(heading.text) is not None


def _is_sentence(block: Block) -> bool:
    return _SENTENCE_END.search(block.text) is not None


def _is_prose(block: Block) -> bool:
    return not block.is_heading and (len(block.text) >= _MIN_PROSE_CHARS or _is_sentence(block))


def _find_main(
    blocks: Sequence[Block], sure: Sequence[bool], title: Element | None
) -> tuple[Element | None, Mapping[Element, int]]:
    """Returns the main part, and the elements around the sure blocks with their letters.

    The main part has nearly all letters of the sure blocks and the headline, and what is beside that: the `article` or
    `main` around them, else the box around them. Without a sure block see `_main_around`.
    """
    letters: Counter[Element] = Counter()
    # A text that the page has twice, as in a ticker, counts once.
    for block in {block.text: block for block, is_sure in zip(blocks, sure, strict=True) if is_sure}.values():
        for element in (block.element, *block.element.iterancestors()):
            letters[element] += len(block.text)
    if not letters:
        main = _main_around(title, blocks)
        return main, dict.fromkeys((main, *main.iterancestors()), 0) if main is not None else {}
    enough = _MIN_MAIN_SHARE * max(letters.values())
    # Elements with enough letters are inside each other; the innermost has the fewest, and is the first of equals.
    main = min((element for element in letters if letters[element] >= enough), key=letters.__getitem__)
    main = next(above for above in (main, *main.iterancestors()) if local_name(above) not in _TEXT_NAMES)
    around_title = set() if title is None else {*title.iterancestors()}
    outer = next((above for above in (main, *main.iterancestors()) if above in around_title), main)
    main = main if local_name(outer) in _WHOLE_NAMES else outer
    named = next((above for above in main.iterancestors() if local_name(above) in ("article", "main")), None)
    if named is None and local_name(main) not in ("article", "main", *_WHOLE_NAMES):
        named = next((above for above in main.iterancestors() if local_name(above) not in _WHOLE_NAMES), None)
        named = named if named is main.getparent() else None
    return main if named is None else named, letters


_MAIN_PATHS = tuple(
    map(etree.XPath, ("//*[contains(@itemprop, 'articleBody')]", "//article", "//main | //*[@role='main']"))
)


def _main_around(title: Element | None, blocks: Sequence[Block]) -> Element | None:
    """Returns the page's only `article` or `main`, else what is around its headline and has a text."""
    root = blocks[0].element.getroottree().getroot() if blocks else None
    for path in _MAIN_PATHS if root is not None else ():
        found = path(root)
        if len(found) == 1:
            return found[0]
    for above in title.iterancestors() if title is not None else ():
        if any(above in block.element.iterancestors() for block in blocks if not block.is_heading):
            return above
    return None


class _MainPart:
    """Decides about the text in the main part, with a memory of what it decided about elements."""

    def __init__(self, main: Element, columns: Mapping[Element, int], flow: Collection[Element]) -> None:
        self._main = main
        # Elements with sure text in them are the article's, whatever their names. Those in `flow` are right around it.
        enough = _MIN_COLUMN_SHARE * max(columns.values())
        self._has_sure = enough > 0
        self._columns = {element for element, letters in columns.items() if letters >= enough}
        self._flow = flow
        by_class: Counter[str] = Counter()
        for element, letters in columns.items():
            by_class[element.get("class") or ""] += letters
        self._classes = {name for name, letters in by_class.items() if name and letters >= enough}
        self._flow_classes = {element.get("class") for element in flow if element.get("class") in self._classes}
        self._left_out: dict[Element, bool] = {}
        self._linked: dict[Element, bool] = {}

    def has(self, block: Block, *, label: str, found: bool) -> bool:
        """Whether a block is the article's.

        `label` is the text before it; `found` says that trafilatura takes it for the article's.
        """
        chain = self._chain(block.element)
        if chain is None or any(map(self._is_left_out, chain)):
            return False
        is_text = (
            not self._has_sure
            or any(local_name(element) in _TEXT_NAMES or has_class(element, _is_verse) for element in chain)
            or ((found or _is_sentence(block)) and self._is_among(block.element))
        )
        if not is_text or _is_line_about(block.text) or self._is_linked(chain, label):
            return False
        # The header of an article has lines about it beside its lead and its lists.
        is_line = local_name(block.element) in ("p", "div") and not _is_prose(block)
        return not (is_line and any(local_name(above) == "header" for above in block.element.iterancestors()))

    def leads_elsewhere(self, block: Block) -> bool:
        """Whether sure text is beside the article after all: in a menu, a promotion or a box, or another article."""
        chain = self._loose(block.element)
        return any(
            _is_elsewhere(element, self._classes) or (local_name(element) == "article" and _is_headed_by_link(element))
            for element in chain
        )

    def is_card(self, block: Block) -> bool:
        """Whether a block is in a box that leads to another page."""
        return any(map(_is_card, self._loose(block.element)))

    def has_heading(self, heading: Element) -> bool:
        chain = self._chain(heading)
        return chain is not None and not any(map(self._is_left_out, chain))

    def is_left_out_list(self, element: Element) -> bool:
        """Whether an element is in a list of links that is left out; `has` must have been asked for its text."""
        return any(self._linked.get(above) for above in element.iterancestors() if local_name(above) in _LIST_NAMES)

    def _loose(self, element: Element) -> list[Element]:
        """Returns the element and those around it up to one that is the article's."""

        def is_loose(holder: Element) -> bool:
            return holder not in self._columns and holder.get("class") not in self._flow_classes

        return [*takewhile(is_loose, (element, *element.iterancestors()))]

    def _chain(self, element: Element) -> list[Element] | None:
        """Returns the element and those around it up to one with sure text; None if they are not in the main part."""
        chain = self._loose(element)
        column = chain[-1].getparent() if chain else element
        is_inside = column is self._main or self._main in column.iterancestors()
        return chain or [element] if is_inside else None

    def _is_left_out(self, element: Element) -> bool:
        if element not in self._left_out:
            self._left_out[element] = (
                _is_elsewhere(element, self._classes)
                or _has_name(element, _is_line if local_name(element) in _TEXT_NAMES else _is_box, self._classes)
                or element.get("aria-hidden") == "true"
                or _is_card(element)
            )
        return self._left_out[element]

    def _is_among(self, element: Element) -> bool:
        """Whether an element is beside the sure text, or in a box like those around it."""
        around = element.getparent()
        if around is None or (local_name(element) in _CELL_NAMES and _is_layout(around)):
            return False
        return around in self._flow or around.get("class") in self._flow_classes

    def _is_linked(self, chain: Sequence[Element], label: str) -> bool:
        """Whether a text, or the list that it is in, consists of links to other pages.

        A list among the paragraphs is the article's even so, unless the label above it says that it leads elsewhere.
        """
        lists = [element for element in chain if local_name(element) in _LIST_NAMES]
        holder = lists[-1] if lists else chain[0]
        if holder not in self._linked:
            words = opening_words(holder, _MAX_LINKED_CHARS)
            linked = sum(len(words_of(link)) for link in islice(holder.iter("a"), _MAX_LINKS))
            is_among = (
                holder.getparent() in self._flow and not is_list_label(label) if lists else self._is_among(holder)
            )
            self._linked[holder] = linked > _MAX_LINKED_SHARE * len(words) and not is_among
        return self._linked[holder]


def _is_layout(row: Element) -> bool:
    """Whether the cells of a table row are boxes with paragraphs, not values."""
    return next(row.iterdescendants("p", "br", "div"), None) is not None


def _is_elsewhere(element: Element, classes: Collection[str]) -> bool:
    """Whether an element is a menu, a promotion or a box, by its name, its role or its class."""
    if has_class(element, _is_summary):
        return False
    return (
        local_name(element) in _ELSEWHERE_NAMES
        or (element.get("role") or "").lower() in _ELSEWHERE_ROLES
        or (local_name(element) not in _TEXT_NAMES and _has_name(element, _is_elsewhere_name, classes))
    )


def _has_name(element: Element, is_named: NameTest, classes: Collection[str]) -> bool:
    """Whether the class or id has a name; not if the article's text is in elements of the same class."""
    if local_name(element) in HEADINGS:
        return False
    names = element.get("class") or ""
    return names not in classes and (is_named(names) or is_named(element.get("id") or ""))


def _is_card(element: Element) -> bool:
    """Whether an element leads to another page: a link around boxes, another article, a box headed by a link."""
    name = local_name(element)
    return name in ("a", "article") or (name in ("div", "section", "li") and _is_headed_by_link(element))


def _is_headed_by_link(element: Element) -> bool:
    """Whether the first heading in an element is a link to another page."""
    parts = [*islice(element.iter(), _MAX_CARD_ELEMENTS)]
    heading = next((words_of(part) for part in parts if local_name(part) in HEADINGS), "")
    links = (part for part in parts if local_name(part) == "a" and not (part.get("href") or "").startswith("#"))
    return bool(heading) and any(words_of(link) == heading for link in links)


def _is_line_about(text: str) -> bool:
    """Whether a line says when or by whom the article was written, or addresses readers."""
    return is_promotion(text) or is_written_time(text) or read_written_day(text) is not None or is_byline(text)


# Lower than every heading.
_TEXT_LEVEL = 7


def _with_headings(
    blocks: Sequence[Block], kept: Sequence[bool], taken: Sequence[bool], part: _MainPart
) -> list[bool]:
    """Returns `kept` with the headings in the main part that have text under them, or a heading of a lower level."""
    result = list(kept)
    below = 0  # the level of what follows and is kept; 0 for nothing
    for number in range(len(blocks) - 1, -1, -1):
        block = blocks[number]
        if block.is_heading:
            level = int(local_name(block.element)[1])
            is_among = taken[number] or (part.has_heading(block.element) and not is_promotion(block.text))
            result[number] = below > level and is_among
            below = level if result[number] else 0
        elif kept[number]:
            below = _TEXT_LEVEL
        elif part.is_left_out_list(block.element):
            below = 0
    return result


def _without_headline(blocks: Sequence[Block], kept: Sequence[bool], headline: str) -> list[bool]:
    """Returns `kept` without the first h1 above the text, and without headings that have the headline's words."""
    result = list(kept)
    seen_h1 = False
    for number, block in enumerate(blocks):
        if not block.is_heading:
            if kept[number]:
                break
            continue
        words = normalized_words(block.text)
        is_h1 = local_name(block.element) == "h1"
        if (
            (is_h1 and not seen_h1)
            or words == headline
            or (len(headline) >= _MIN_HEADLINE_CHARS and headline in words)
        ):
            result[number] = False
        seen_h1 |= is_h1
    return result
