"""The questions of `scale`: nine classes, of words chosen by how many sections have them. Set Django up first."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from random import Random
from urllib.parse import urlencode

# So many sections are looked at for words, and so many questions are asked of each class.
_SAMPLE = 3000
_QUESTIONS = 20
_MIN_LETTERS = 4


def make_addresses(seed: int = 1) -> dict[str, list[str]]:
    """Returns the addresses of the pages of results by class; no address comes twice."""
    from django.db.models import Max

    from archive.models import Article, Section, Source
    from search.text import word_forms

    chance = Random(seed)
    last = Section.objects.aggregate(last=Max("pk"))["last"]
    places = sorted(chance.sample(range(1, last + 1), min(_SAMPLE, last)))
    having: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for first in range(0, len(places), 500):
        texts = Section.objects.filter(pk__in=places[first : first + 500]).values_list("current__text", flat=True)
        for text in texts:
            forms = word_forms(text)
            having.update(set(forms))
            pairs.update(set(pairwise(forms)))
    words = _Words(having, len(places))
    common, middling, rarer, rare = (words.near(share) for share in (0.2, 0.03, 0.06, 0.01))
    sources = list(Source.objects.order_by("pk").values_list("name", flat=True)[:_QUESTIONS])
    dates = Article.objects.order_by("pk").values_list("published", flat=True)[: 50 * _QUESTIONS]
    years = sorted({date.year for date in dates if date})
    middle = f"{years[len(years) // 3]}..{years[2 * len(years) // 3]}"
    phrases = [pair for pair, _ in pairs.most_common(4000) if all(map(_is_plain, pair))]
    questions = {
        "common word": common,
        "middling word": middling,
        "common OR middling": [f"{a} OR {b}" for a, b in zip(common, middling, strict=True)],
        "common AND middling": [f"{a} {b}" for a, b in zip(common, middling, strict=True)],
        "four words, OR": [" OR ".join(four) for four in zip(common, middling, rarer, rare, strict=True)],
        "two-word phrase": [f'"{first} {second}"' for first, second in phrases[:_QUESTIONS]],
        "source and date": common,
        "prefix": [f"{word[:_MIN_LETTERS]}*" for word in middling],
        "fuzzy": [f"{word}~" for word in middling],
    }
    filters = {"source and date": [{"source": source, "date": middle} for source in sources]}
    return {
        name: _addresses(found, filters.get(name, [{} for _ in found])) for name, found in questions.items() if found
    }


def _addresses(questions: Sequence[str], filters: Sequence[dict[str, str]]) -> list[str]:
    found = [f"/?{urlencode({'q': q, **chosen})}" for q, chosen in zip(questions, filters, strict=False)]
    return list(dict.fromkeys(found))


class _Words:
    def __init__(self, having: Counter[str], sections: int) -> None:
        self._having, self._sections = having, sections
        self._plain = sorted(filter(_is_plain, having))

    def near(self, share: float) -> list[str]:
        """Returns the words that about this share of the sections have."""
        return sorted(self._plain, key=lambda word: abs(self._having[word] / self._sections - share))[:_QUESTIONS]


def _is_plain(word: str) -> bool:
    return word.isascii() and word.isalpha() and len(word) >= _MIN_LETTERS
