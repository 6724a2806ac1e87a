"""More like this: the sections of other articles that have most of a section's distinctive words.

A word is the more distinctive, the more often it is in the section and the fewer sections have it (tf · idf). The
engine's dictionary knows how many sections have a word.
"""

import math
from collections import Counter
from dataclasses import dataclass

from django.utils import timezone

from archive.models import Section, SectionVersion, shown_sections

from ..engines import Reader, Request
from ..index import IndexGetter, shown_index
from ..query import Or, Word
from ..text import FUNCTION_WORDS, stem_form, word_forms
from .sections import load_in_order, mark_parts

MAX_RELATED_SECTIONS = 5
# More words make the search slower and hardly better: at 60,000 sections these take 7 ms of processor time.
MAX_DISTINCTIVE_WORDS = 10
# Words that are looked up in the dictionary: the most frequent of the section, then the longest.
_MAX_CANDIDATE_WORDS = 64
# Only the beginning of a long section is read; it says what the section is about.
_MAX_TOKENS = 1500
# An occurrence in a heading or headline counts as this many in the text.
_HEADING_WEIGHT = 3
# Few shorter words say what a text is about.
_MIN_LETTERS = 3


@dataclass(frozen=True)
class Related:
    """The sections most like a section, each of another article, and the words by which they were found."""

    words: tuple[str, ...]
    sections: tuple[Section, ...]


def find_related(
    section: Section,
    version: SectionVersion,
    headline: str,
    *,
    limit: int = MAX_RELATED_SECTIONS,
    get_index: IndexGetter = shown_index,
) -> Related:
    """Returns the sections most like this version of a section under a headline.

    Two database queries. Raises EngineError.
    """
    index = get_index()
    words = distinctive_words(f"{headline} {version.heading}", version.text, index)
    if not words:
        return Related((), ())
    tree = Or(tuple(Word(word) for word in words)) if len(words) > 1 else Word(words[0])
    # One more than needed: the section's own article is usually among them.
    results = index.search(Request(tree, by_article=True, limit=limit + 1, sections_per_hit=1))
    ids = [hit.section_ids[0] for hit in results.hits if hit.article_id != section.article_id][:limit]
    candidates = mark_parts(shown_sections(timezone.now()).filter(current__isnull=False))
    return Related(words, tuple(load_in_order(candidates.select_related("article__source", "current"), ids)))


def distinctive_words(heading: str, text: str, index: Reader) -> tuple[str, ...]:
    """Returns the most distinctive words of a text, one form for each stem, the most distinctive first."""
    counts: Counter[str] = Counter()
    forms: dict[str, str] = {}
    for weight, tokens in ((_HEADING_WEIGHT, word_forms(heading)), (1, word_forms(text)[:_MAX_TOKENS])):
        for form in tokens:
            if _can_be_distinctive(form):
                stem = stem_form(form)
                counts[stem] += weight
                forms.setdefault(stem, form)
    candidates = sorted(counts, key=lambda stem: (-counts[stem], -len(forms[stem]), stem))[:_MAX_CANDIDATE_WORDS]
    total, frequencies = index.document_frequencies([forms[stem] for stem in candidates])
    weights = {
        stem: (1 + math.log(counts[stem])) * math.log(1 + total / frequency)
        for stem, frequency in zip(candidates, frequencies, strict=True)
        # A word of this section alone leads to no other section.
        if frequency > 1
    }
    best = sorted(weights, key=lambda stem: (-weights[stem], stem))[:MAX_DISTINCTIVE_WORDS]
    return tuple(forms[stem] for stem in best)


def _can_be_distinctive(form: str) -> bool:
    # A single letter can be a word in scripts without spaces.
    is_long_enough = len(form) >= _MIN_LETTERS or (not form.isascii() and len(form) == 1)
    return is_long_enough and form not in FUNCTION_WORDS and not form.isdigit()
