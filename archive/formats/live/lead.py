"""The lead of a live page as a section: the text above the entries, or a summary list.

It has no id and no time, and comes first. What it repeats of the standfirst and of the entries is left out. Pure; used
by the readers of live pages.
"""

from collections.abc import Iterable, Sequence

from ...items import SectionItem
from ..markup import letters_of


def lead_section(texts: Iterable[str], standfirst: str, entries: Sequence[SectionItem]) -> tuple[SectionItem, ...]:
    """Returns the section of a lead, in a tuple; an empty tuple if nothing is left of its texts."""
    repeated = {letters_of(text) for entry in entries for text in (entry.heading, *entry.paragraphs)}
    repeated |= {letters_of(standfirst), ""}
    paragraphs = tuple(text for text in texts if letters_of(text) not in repeated)
    return (SectionItem(paragraphs),) if paragraphs else ()


def without_entries(texts: Sequence[str], entries: Sequence[SectionItem]) -> tuple[str, ...]:
    """Returns the texts of a lead in data; none if they have the text of an entry in them: some write all into one."""
    letters = letters_of("".join(texts))
    whole = any(
        len(beginning) >= _MIN_BEGINNING_CHARS and beginning in letters
        for entry in entries
        if (beginning := letters_of("".join(entry.paragraphs))[:_BEGINNING_CHARS])
    )
    return () if whole else tuple(texts)


# So many letters of a text identify it.
_BEGINNING_CHARS = 80
_MIN_BEGINNING_CHARS = 40
