"""The lead of a live page: the paragraphs and the summary list above its first entry.

Follows the rules of articles (`left_out`). Does not find the entries; the readers of live pages do, and use this
module.
"""

from ..markup import Block, Element, blocks, local_name, words_of
from .hidden_parts import is_hidden
from .left_out import TEXT_NAMES, MainPart, is_sentence, with_headings


def lead_above(root: Element, entry: Element) -> tuple[str, ...]:
    """Returns the texts between the headline of a live page and its first entry; O(their size).

    Headings of lists and paragraphs are among them. Without a headline above the entry, the texts are those before it
    in the `article` or `main` around it.
    """
    main = _around(root, entry)
    if main is None:
        return ()
    part = MainPart(main, dict.fromkeys((main, *main.iterancestors(), *entry.iterancestors()), 0), ())
    above: list[Block] = []
    for block in blocks(main, left_out=is_hidden):
        if block.element is entry or entry in block.element.iterancestors():
            break
        if block.is_heading and local_name(block.element) == "h1":
            above.clear()
        else:
            above.append(block)
    kept = [
        not block.is_heading and (is_sentence(block) or local_name(block.element) in TEXT_NAMES) and part.has(block)
        for block in above
    ]
    kept = with_headings(above, kept, [False] * len(above), part)
    return tuple(block.text for block, keep in zip(above, kept, strict=True) if keep)


def _around(root: Element, entry: Element) -> Element | None:
    """Returns the element around the headline and the entry, else the `article` or `main` around the entry."""
    around = [*entry.iterancestors()]
    headlines = [element for element in root.iter("h1") if element not in around and words_of(element)]
    holders = {above: None for headline in headlines for above in headline.iterancestors()}
    common = next((above for above in around if above in holders), None)
    if common is not None and local_name(common) not in ("body", "html"):
        return common
    named = (above for above in around if local_name(above) in ("article", "main"))
    return next(named, common)
