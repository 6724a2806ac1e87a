"""The rules of what is text in the main part of a page, and what is menu, caption, promotion or box.

Judges elements by name, role and class, by their links, and lines by their words; knows no publisher. The page of
formats in the documentation states the rules. Used by `main_part` and `live_lead`.
"""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import islice, takewhile

from ..bylines import is_byline
from ..markup import HEADINGS, Block, Element, local_name, opening_words, words_of
from ..part_names import NameTest, has_class, word_test
from ..written_times import is_written_time, read_written_day
from .promotions import is_list_label, is_promotion

# The end of a sentence, with quotation marks, brackets and the mark that ends an article.
_SENTENCE_END = re.compile(r"[.?!…。！？।۔](?: ?[\"'“”‘’«»)\]）」』])*(?: ?[■□▪●•◆♦◼∎✦])?$")
# As many letters are prose, without the end of a sentence too.
MIN_PROSE_CHARS = 60

# Elements that hold the text of an article. Boxes hold anything.
TEXT_NAMES = frozenset("p li dd dt blockquote pre td th caption summary".split())
_CELL_NAMES = frozenset(("td", "th"))
_LIST_NAMES = frozenset("ul ol dl table".split())
# The same as roles, of elements with any name (WAI-ARIA 1.2).
TEXT_ROLES = frozenset("listitem cell gridcell rowheader columnheader term definition blockquote".split())
_LIST_ROLES = frozenset("list table grid".split())

_ELSEWHERE_NAMES = frozenset("nav menu aside footer form button label address dialog figcaption".split())
_ELSEWHERE_ROLES = frozenset(
    "navigation menu menubar menuitem toolbar search banner contentinfo complementary dialog alertdialog".split()
)
# Words in the names of parts that lead elsewhere or are no part of the article: promotions, boxes, what is hidden.
_ELSEWHERE = (
    r"related\w*|similar\w*|recommend\w*|recirc\w*|trending|popular|most-?read|breaking\w*|ticker|marquee|"
    r"newsletter\w*|sign-?up|subscri\w+|promo\w*|advert\w*|ads?|sponsor\w*|(?:pay|reg)-?wall|login|"
    r"nav\w*|menu\w*|breadcrumbs?|comments?|disqus|footer|sidebar|widget\w*|modal\w*|pop-?(?:up|over)|overlay|"
    r"disclaimer|consent|cookies?|polls?|quiz(?:zes)?|(?:is-|(?<![xy]-)(?<!overflow-))hidden|hide(?=$|\s)|d-none"
)
_is_elsewhere_name = word_test(_ELSEWHERE)
# And in those of parts with lines and labels: tools, captions, lines about the article, teasers.
_is_box = word_test(
    rf"{_ELSEWHERE}|share\w*|sharing|social\w*|tool(?:s|bar|tip)|tags?|taglist|topics?|categor(?:y|ies)|keywords?|"
    r"pag(?:er|ination)|toc|button\w*|btn|icon\w*|form|print|player|"
    r"caption\w*|credits?|copyright|attribution|meta\w*|byline\w*|author\w*|profile\w*|bio|dateline|date|time\w*|"
    r"published?|gallery\w*|slide\w*|carousel|video\w*|audio\w*|teasers?|cards?|latest|banner|rating\w*"
)
# Words in the names of boxes that are text all the same: summaries of an article, corrections, and verse.
_is_summary = word_test(r"key-?(?:points?|facts?|takeaways?)|takeaways?|highlights|glance|bullets?|summary")
_is_correction = word_test(
    r"correct(?:ed|ions?)|clarifications?|errat(?:um|a)|amend(?:ed|ments?)|berichtigung|korrektur|rectificati(?:on|f)"
)
_is_verse = word_test(r"poem|poetry|verses?|stanzas?|strophes?|lyrics?")
# The same of a paragraph, which may be text in spite of other names.
_is_line = word_test(
    r"caption\w*|credits?|copyright|attribution|meta|byline\w*|authors?|dateline|date|time\w*|published?|tags?|share\w*|"
    r"advert\w*|ads?|sponsor\w*|button\w*|btn"
)

# Elements with this share of it are where the article is; with the name of a part that leads elsewhere, with that.
_MIN_COLUMN_SHARE = 0.2
_MIN_ELSEWHERE_SHARE = 0.5
# A list with more of its words in links is a menu or a promotion.
_MAX_LINKED_SHARE = 0.5
# What is longer is measured by its beginning.
_MAX_LINKED_CHARS = 20_000
_MAX_LINKS = 500
_MAX_CARD_ELEMENTS = 50
# Prose has fewer line breaks in one paragraph.
_MIN_BREAKS = 3


def is_sentence(block: Block) -> bool:
    """Whether a block ends like a sentence."""
    return _SENTENCE_END.search(block.text) is not None


def is_prose(block: Block) -> bool:
    """Whether a block is a sentence, or too long for a label."""
    return not block.is_heading and (len(block.text) >= MIN_PROSE_CHARS or is_sentence(block))


class MainPart:
    """Decides about the text in the main part, with a memory of what it decided about elements.

    `columns` are the elements around the text that is surely the article's, with the letters of that text in each;
    `flow` are those right around it. `beside` are elements outside the main part that count as inside: those between
    a headline apart and the text.
    """

    def __init__(
        self,
        main: Element,
        columns: Mapping[Element, int],
        flow: Collection[Element],
        *,
        beside: Collection[Element] = (),
    ) -> None:
        self._main = main
        self._beside = beside
        # Elements with enough sure text in them are the article's, whatever their names.
        whole = max(columns.values())
        self._has_sure = whole > 0
        self._columns = {
            element for element, letters in columns.items() if letters >= _min_share(_leads_away(element)) * whole
        }
        self._flow = flow
        by_class: Counter[str] = Counter()
        for element, letters in columns.items():
            by_class[element.get("class") or ""] += letters
        self._classes = {
            name for name, letters in by_class.items() if name and letters >= _min_share(_is_box(name)) * whole
        }
        self._flow_classes = {element.get("class") for element in flow if element.get("class") in self._classes}
        self._left_out: dict[Element, bool] = {}
        self._linked: dict[Element, bool] = {}

    def has(self, block: Block, *, label: str = "", found: bool = False, below: bool = False) -> bool:
        """Whether a block is the article's.

        `label` is the text before it; `found` says that trafilatura takes it for the article's, `below` that it is
        below the beginning of the text, where a day is no line about the article.
        """
        chain = self._chain(block.element)
        if chain is None:
            return False
        correction = next((number for number, element in enumerate(chain) if has_class(element, _is_correction)), None)
        if correction is not None:
            # Outlets set corrections at the foot, beside menus.
            return is_prose(block) and not any(map(self._is_left_out, chain[:correction]))
        if any(map(self._is_left_out, chain)) or (not is_prose(block) and any(map(_is_for_eyes_alone, chain))):
            return False
        is_listed = any(_is_list(element) or has_class(element, _is_summary) for element in chain)
        is_text = (
            not self._has_sure
            or is_listed
            or any(map(_is_text_element, chain))
            or ((found or is_sentence(block) or _has_lines(block.element)) and self._is_among(block.element))
            or (is_sentence(block) and block.element in self._beside)
        )
        if not is_text or _is_line_about(block.text, below=below) or self._is_linked(chain, label):
            return False
        # The header of an article has lines about it beside its lead and its lists.
        is_line = local_name(block.element) in ("p", "div") and not is_prose(block) and not is_listed
        return not (is_line and any(local_name(above) == "header" for above in block.element.iterancestors()))

    def leads_elsewhere(self, block: Block) -> bool:
        """Whether sure text is beside the article after all: in a menu, a promotion or a box, or another article."""
        return any(
            _is_elsewhere(element, self._classes) or _is_other_page(element) for element in self._loose(block.element)
        )

    def is_card(self, block: Block) -> bool:
        """Whether a block is in a box that leads to another page."""
        return any(map(_is_card, self._loose(block.element)))

    def has_heading(self, heading: Element) -> bool:
        """Whether a heading is in the main part, and in nothing that is left out."""
        chain = self._chain(heading)
        return chain is not None and not any(map(self._is_left_out, chain))

    def is_left_out_list(self, element: Element) -> bool:
        """Whether an element is in a list of links that is left out; `has` must have been asked for its text."""
        return any(self._linked.get(above) for above in element.iterancestors() if _is_list(above))

    def _loose(self, element: Element) -> list[Element]:
        """Returns the element and those around it up to one that is the article's."""

        def is_loose(holder: Element) -> bool:
            return holder not in self._columns and holder.get("class") not in self._flow_classes

        return [*takewhile(is_loose, (element, *element.iterancestors()))]

    def _chain(self, element: Element) -> list[Element] | None:
        """Returns the element and those around it up to one with sure text; None if they are not in the main part."""
        chain = self._loose(element)
        column = chain[-1].getparent() if chain else element
        is_inside = column is self._main or element in self._beside or self._main in column.iterancestors()
        return chain or [element] if is_inside else None

    def _is_left_out(self, element: Element) -> bool:
        if element not in self._left_out:
            self._left_out[element] = (
                _is_elsewhere(element, self._classes)
                or _has_name(element, _is_line if local_name(element) in TEXT_NAMES else _is_box, self._classes)
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
        lists = [element for element in chain if _is_list(element)]
        holder = lists[-1] if lists else chain[0]
        if holder not in self._linked:
            words = opening_words(holder, _MAX_LINKED_CHARS)
            linked = sum(len(words_of(link)) for link in islice(holder.iter("a"), _MAX_LINKS))
            is_among = (
                holder.getparent() in self._flow and not is_list_label(label) if lists else self._is_among(holder)
            )
            self._linked[holder] = linked > _MAX_LINKED_SHARE * len(words) and not is_among
        return self._linked[holder]


def _min_share(is_elsewhere: bool) -> float:
    return _MIN_ELSEWHERE_SHARE if is_elsewhere else _MIN_COLUMN_SHARE


def _leads_away(element: Element) -> bool:
    """Whether an element leads elsewhere by its name unless it has the article, or is a single text."""
    return (
        local_name(element) in TEXT_NAMES
        or _is_elsewhere(element, ())
        or _is_other_page(element)
        or _is_for_eyes_alone(element)
    )


def _is_other_page(element: Element) -> bool:
    """Whether an element is a link around a text, or another article with a link to it."""
    name = local_name(element)
    return name == "a" or (name == "article" and _is_headed_by_link(element))


def _is_list(element: Element) -> bool:
    return local_name(element) in _LIST_NAMES or element.get("role") in _LIST_ROLES


def _is_text_element(element: Element) -> bool:
    return local_name(element) in TEXT_NAMES or element.get("role") in TEXT_ROLES or has_class(element, _is_verse)


def _has_lines(element: Element) -> bool:
    """Whether a box has verse in it, line by line."""
    return len(element.findall("br")) >= _MIN_BREAKS and not any(local_name(part) in TEXT_NAMES for part in element)


def _is_for_eyes_alone(element: Element) -> bool:
    return bool(element.get("aria-hidden") == "true")


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
        or (local_name(element) not in TEXT_NAMES and _has_name(element, _is_elsewhere_name, classes))
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


def _is_line_about(text: str, *, below: bool = False) -> bool:
    """Whether a line says when or by whom the article was written, or addresses readers."""
    return is_promotion(text) or is_byline(text) or (not below and is_day(text))


def is_day(text: str) -> bool:
    """Whether a line is a day or a time, and nothing else."""
    return is_written_time(text) or read_written_day(text) is not None


# Lower than every heading.
_TEXT_LEVEL = 7


def with_headings(blocks: Sequence[Block], kept: Sequence[bool], taken: Sequence[bool], part: MainPart) -> list[bool]:
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
