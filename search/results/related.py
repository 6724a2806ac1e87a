"""More like this: the most telling words of a section, asked of the others.

A word tells the more, the oftener it stands in the section and the fewer sections have it (tf · idf). The engine's
dictionary knows how many; the best section of each other article that has most of these words comes first.
"""

import math
from collections import Counter
from dataclasses import dataclass

from django.utils import timezone

from archive.models import Section, SectionVersion, is_shown

from ..engines import Request
from ..index import engine
from ..query import Or, Word
from ..text import FUNCTION_WORDS, stem_form, word_forms

# More words make the query slower and hardly better: at 60,000 sections these take 7 ms of processor time.
TELLING_WORDS = 10
# The dictionary is asked for no more than these: the words that stand in a section most often, then the longest.
_ASKED_WORDS = 64
# What is looked at of a long section: its beginning says what it is about.
MAX_TOKENS = 1500
SHOWN = 5
# A word in the heading or the headline is worth several in the text.
_HEADING_WEIGHT = 3
# Few forms of two letters say what a text is about.
_LEAST_LETTERS = 3


@dataclass(frozen=True)
class Related:
    """The sections most like one, each of another article, and the words by which they were found."""

    words: tuple[str, ...]
    sections: tuple[Section, ...]


def find_related(section: Section, version: SectionVersion, *, limit: int = SHOWN) -> Related:
    """Returns the sections most like this version of a section. One database query. Raises EngineError."""
    words = telling_words(f"{section.article.headline} {version.heading}", version.text)
    if not words:
        return Related((), ())
    tree = Or(tuple(Word(word) for word in words)) if len(words) > 1 else Word(words[0])
    # One more than is shown, for its own article is among them as a rule.
    found = engine().search(Request(tree, by_article=True, limit=limit + 1, sections_per_hit=1))
    ids = [hit.section_ids[0] for hit in found.hits if hit.article_id != section.article_id][:limit]
    shown = Section.objects.filter(is_shown(timezone.now(), article="article"), current__isnull=False)
    loaded = shown.select_related("article__source", "current").in_bulk(ids)
    return Related(words, tuple(loaded[pk] for pk in ids if pk in loaded))


def telling_words(heading: str, text: str) -> tuple[str, ...]:
    """Returns the forms that tell most of a text, one a stem, the most telling first."""
    counts: Counter[str] = Counter()
    forms: dict[str, str] = {}
    for weight, tokens in ((_HEADING_WEIGHT, word_forms(heading)), (1, word_forms(text)[:MAX_TOKENS])):
        for form in tokens:
            if _tells(form):
                stem = stem_form(form)
                counts[stem] += weight
                forms.setdefault(stem, form)
    stems = sorted(counts, key=lambda stem: (-counts[stem], -len(forms[stem]), stem))[:_ASKED_WORDS]
    total, frequencies = engine().document_frequencies([forms[stem] for stem in stems])
    # A word that no other section has finds none.
    worth = {
        stem: (1 + math.log(counts[stem])) * math.log(1 + total / frequency)
        for stem, frequency in zip(stems, frequencies, strict=True)
        if frequency > 1
    }
    best = sorted(worth, key=lambda stem: (-worth[stem], stem))[:TELLING_WORDS]
    return tuple(forms[stem] for stem in best)


def _tells(form: str) -> bool:
    unspaced = not form.isascii() and len(form) == 1
    return (len(form) >= _LEAST_LETTERS or unspaced) and form not in FUNCTION_WORDS and not form.isdigit()
