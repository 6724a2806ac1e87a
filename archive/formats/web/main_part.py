"""The main part of a page: where its article is, and which of its blocks are the article's.

trafilatura finds the article and drops short lines, lists and headings. What it takes for prose is kept; everything
else in the main part is kept too, unless a rule of `left_out` says that it is menu, caption, promotion or box. Used
by `article_body` alone.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from ..markup import Block, Element, local_name, words_of
from .left_out import MIN_PROSE_CHARS, TEXT_NAMES, MainPart, is_day, is_prose, with_headings
from .page_text import normalized_words

_WHOLE_NAMES = frozenset(("body", "html"))

# An element with this share of the article's prose has the rest of it too.
_MIN_MAIN_SHARE = 0.9
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
    sure = [is_found and is_prose(block) for block, is_found in zip(blocks, found, strict=True)]
    titles = [
        number for number, block in enumerate(blocks) if block.is_heading and normalized_words(block.text) == headline
    ]
    title = blocks[titles[0]].element if titles else None
    main, letters = _find_main(blocks, sure, title)
    if main is None:
        return MainText((False,) * len(blocks))
    flow = {block.element.getparent() for block, is_sure in zip(blocks, sure, strict=True) if is_sure} or {main}
    between = _between(sure)
    above = next((number for number in reversed(titles) if number < between.start), between.start)
    part = MainPart(main, letters, flow, beside={block.element for block in blocks[above : between.start]})
    taken = [
        is_found and number in between and not (part.is_card(blocks[number]) or part.leads_elsewhere(blocks[number]))
        for number, is_found in enumerate(found)
    ]
    kept = []
    label = ""
    for number, block in enumerate(blocks):
        if block.is_heading:
            kept.append(False)
        elif sure[number]:
            kept.append(not part.leads_elsewhere(block))
        else:
            is_below = number >= between.start
            is_kept = taken[number] or part.has(block, label=label, found=found[number], below=is_below)
            kept.append(is_kept and normalized_words(block.text) != standfirst)
        label = block.text
    kept = _without_last_days(blocks, kept)
    kept = with_headings(blocks, kept, taken, part)
    kept = _without_headline(blocks, kept, headline)
    texts = [block for block, keep in zip(blocks, kept, strict=True) if keep]
    return MainText(tuple(kept), title is not None, _linked_share(texts))


def _without_last_days(blocks: Sequence[Block], kept: Sequence[bool]) -> list[bool]:
    """Returns `kept` without days that have no text right under them: they say when the article was written."""
    following = [*kept[1:], False]
    return [
        keep and (has_text or not is_day(block.text))
        for block, keep, has_text in zip(blocks, kept, following, strict=True)
    ]


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
    return len(heading.text) >= MIN_PROSE_CHARS and _LEAD_END.search(heading.text) is not None


def _find_main(
    blocks: Sequence[Block], sure: Sequence[bool], title: Element | None
) -> tuple[Element | None, Mapping[Element, int]]:
    """Returns the main part, and the elements around the sure blocks with their letters.

    The main part has nearly all letters of the sure blocks and the headline, and what is beside that: the `article` or
    `main` around them, else the box around them. A headline that has only the whole page in common with the text is
    outside. Without a sure block see `_main_around`.
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
    main = next(above for above in (main, *main.iterancestors()) if local_name(above) not in TEXT_NAMES)
    around_title = set() if title is None else {*title.iterancestors()}
    outer = next((above for above in (main, *main.iterancestors()) if above in around_title), main)
    is_apart = local_name(outer) in _WHOLE_NAMES and title is not None and title.getparent() is not outer
    main = main if is_apart or title is None else outer
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
