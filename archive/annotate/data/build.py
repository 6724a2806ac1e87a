"""Builds the word lists of this folder from their sources: `python archive/annotate/data/build.py SOURCES`.

Nothing imports it. README.md beside it says which files SOURCES holds, where they come from and under which licence.
"""

import ast
import gzip
import json
import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[2]))

from archive.annotate.word_lists import plain  # noqa: E402

# Cities below are too often words of another kind.
MIN_POPULATION = 200_000
# In writing without spaces a form is found inside longer words, so that only large cities are safe there.
MIN_POPULATION_WITHOUT_SPACES = 1_000_000
MAX_SURNAMES = 20_000
# Codes of CLDR that are no places in the news: groupings of statistics, pseudo-locales, bodies.
NO_PLACES = frozenset(
    "001 EU EZ UN UN-alt-short QO XA XB ZZ UM CP CQ DG 013 011 014 015 017 018 021 030 034 039 154".split()
)
CYRILLIC = dict(
    zip(
        "абвгґдеєжзиіїйклмнопрстуфхцчшщьюяыэёъ",
        "a b v h g d e ye zh z y i i y k l m n o p r s t u f kh ts ch sh shch  yu ya y e yo ".split(" "),
        strict=True,
    )
)
WITHOUT_SPACES = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


def rows(path: Path) -> Iterator[Any]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def write(name: str, lines: Iterable[str]) -> None:
    body = "".join(f"{line}\n" for line in lines).encode()
    (HERE / name).write_bytes(gzip.compress(body, 9, mtime=0))
    print(name, len(body), (HERE / name).stat().st_size)


def is_latin(text: str) -> bool:
    return all(not letter.isalpha() or "LATIN" in unicodedata.name(letter, "") for letter in text)


def is_usable(form: str) -> bool:
    """Says whether a form can stand for a place in a text: a name, and no code, note or romanisation."""
    if "(" in form or "/" in form or any(letter.isdigit() for letter in form) or len(form) > 40:
        return False
    if not is_latin(form):
        return len(form) > 1
    return len(form) > 3 and form[0].isupper() and not form.isupper() and re.fullmatch(r"[\w .’'-]+", form) is not None


def words(sources: Path) -> set[str]:
    found = set()
    for name in ("american-english-small", "british-english-small"):
        found |= {word for word in (sources / name).read_text().split() if word.isalpha() and word.islower()}
    return {word for word in found if word.isascii() and len(word) > 1}


def given_names(sources: Path) -> dict[str, None]:
    """Returns given names, most frequent first: US census of 1990, then the names of Faker in Latin letters."""
    found: dict[str, None] = {}
    for name in ("dist.male.first", "dist.female.first"):
        found.update(dict.fromkeys(line.split()[0].lower() for line in (sources / name).read_text().splitlines()))
    for path in sorted((sources / "faker-person").glob("*/__init__.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Assign) or "first_name" not in getattr(node.targets[0], "id", ""):
                continue
            for leaf in ast.walk(node.value):
                if isinstance(leaf, ast.Constant) and isinstance(leaf.value, str):
                    name = "".join(CYRILLIC.get(letter, letter) for letter in leaf.value.lower())
                    name = plain(name)
                    if name.isalpha() and name.isascii() and len(name) > 2:
                        found[name] = None
    return found


def main(sources: Path) -> None:
    common = words(sources)
    names = given_names(sources)
    last = [line.split()[0].lower() for line in (sources / "dist.all.last").read_text().splitlines()[:MAX_SURNAMES]]
    write("words.txt.gz", sorted(common))
    write("given-names.txt.gz", names)
    write("surnames.txt.gz", last)

    english: dict[str, str] = {}
    scripts: dict[str, str] = {}
    languages: dict[str, dict[str, str]] = defaultdict(dict)
    territories = [row for row in rows(sources / "territories.jsonl") if row["code"] not in NO_PLACES]
    cities = [row for row in rows(sources / "cities.jsonl") if re.match("[A-Z][a-z]+/", row["zone"])]
    labels = {row["code"]: row["en"] for row in territories}
    for row in [*territories, *cities]:
        label = row.get("en") or row["names"].get("en") or labels.get(row.get("code", "")[:2])
        if not label or "Etc/" in row.get("zone", "") or "Station" in label:
            continue
        for language, form in row["names"].items():
            add_form(form, label, language.split("-")[0], (english, scripts, languages))
    unsafe = common | set(names) | set(last[:5000])
    for row in sorted(rows(sources / "places-geonames.jsonl"), key=lambda row: -row["population"]):
        if row["population"] < MIN_POPULATION:
            continue
        english.setdefault(plain(row["name"]), row["name"])
        for form in row["alt"]:
            if not is_usable(form):
                continue
            if not is_latin(form):
                if row["population"] >= MIN_POPULATION_WITHOUT_SPACES or not WITHOUT_SPACES.search(form):
                    scripts.setdefault(form.casefold(), row["name"])
            elif plain(form) not in unsafe and len(form) > 4 - (row["population"] > MIN_POPULATION_WITHOUT_SPACES):
                english.setdefault(plain(form), row["name"])
    write("places.tsv.gz", by_label(english))
    write("places-in-scripts.tsv.gz", by_label(scripts))
    write("places-by-language.tsv.gz", language_lines(languages, english))


def add_form(
    form: str | None,
    label: str,
    language: str,
    tables: tuple[dict[str, str], dict[str, str], dict[str, dict[str, str]]],
) -> None:
    english, scripts, languages = tables
    if not form or "(" in form or len(form) < 2:
        return
    if not is_latin(form):
        scripts.setdefault(form.casefold(), label)
    elif language == "en" and not form.isupper():
        english.setdefault(plain(form.split(", ")[0]), label.split(", ")[0])
    elif len(form) > 3 and form[0].isupper():
        languages[language].setdefault(plain(form), label)


def by_label(forms: dict[str, str]) -> Iterator[str]:
    """Yields a line for each place: its label, then its forms."""
    found: dict[str, list[str]] = defaultdict(list)
    for form, label in forms.items():
        found[label].append(form)
    for label, places in sorted(found.items()):
        yield "\t".join([label, *sorted(places)])


def language_lines(languages: dict[str, dict[str, str]], english: dict[str, str]) -> Iterator[str]:
    """Yields a line for each language: its code, then forms and labels by turns."""
    for language, forms in sorted(languages.items()):
        pairs = [f"{form}\t{label}" for form, label in sorted(forms.items()) if english.get(form) != label]
        if pairs:
            yield "\t".join([language, *pairs])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
