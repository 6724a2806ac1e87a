"""Two vocabularies of generated names: one with the structure of IPTC Media Topics, one like a library's headings."""

from collections.abc import Iterator

_PLACES = ("harbour", "court", "school", "market", "clinic", "forest", "theatre", "border", "railway", "festival")
_MATTERS = ("law", "policy", "trade", "safety", "research", "labour", "history", "finance", "welfare", "repair")
_BASE = "https://codes.example/mediatopic/"
# The number of concepts on each level of the Media Topics: 17 roots, 5 levels.
LEVELS = (17, 130, 480, 390, 110)

PREFIXES = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dct: <http://purl.org/dc/terms/> .
"""


def media_topics() -> list[tuple[str, str, str]]:
    """Returns the identifier, name and broader identifier of each concept."""
    concepts: list[tuple[str, str, str]] = []
    above: list[str] = []
    number = 0
    for count in LEVELS:
        level = []
        for at in range(count):
            number += 1
            name = f"{_PLACES[number % 10]} {_MATTERS[number // 10 % 10]} {number}"
            broader = above[at * len(above) // count] if above else ""
            level.append(f"{_BASE}{20_000_000 + number}")
            concepts.append((level[-1], name, broader))
        above = level
    return concepts


def media_topics_turtle(languages: tuple[str, ...] = ("en-GB", "de", "fr")) -> str:
    """Returns them in Turtle, as the Media Topics are written: several languages, definitions, exact matches."""
    return PREFIXES + "\n".join(_written(languages))


def _written(languages: tuple[str, ...]) -> Iterator[str]:
    for uri, name, broader in media_topics():
        lines = [f"<{uri}> a skos:Concept", f"skos:inScheme <{_BASE}>"]
        lines += [
            f'skos:prefLabel "{name if code.startswith("en") else f"{name} {code}"}"@{code}' for code in languages
        ]
        lines.append(f'skos:definition "All about {name}."@en-GB')
        lines.append(f"skos:exactMatch <https://other.example/{uri[-8:]}>")
        lines.append('dct:created "2009-12-15"')
        lines.append(f"skos:broader <{broader}>" if broader else f"skos:topConceptOf <{_BASE}>")
        yield " ;\n  ".join(lines) + " ."


SUBJECT_HEADINGS = (
    PREFIXES
    + """@prefix sh: <https://library.example/sh/> .
sh:sea a skos:Concept ; skos:prefLabel "Sea"@en, "Meer"@de, "Mer"@fr ; skos:altLabel "Ocean"@en, "See"@de ;
  skos:hiddenLabel "Oceon"@en ; skos:scopeNote "Salt water."@en, "Salzwasser."@de .
sh:law a skos:Concept ; skos:prefLabel "Law"@en, "Recht"@de ; skos:narrower sh:sealaw, sh:courts .
sh:sealaw a skos:Concept ; skos:prefLabel "Law of the sea"@en, "Seerecht"@de ; skos:broader sh:sea, sh:law .
sh:courts a skos:Concept ; skos:prefLabel "Courts"@en ; skos:altLabel "Tribunals"@en ; skos:broader sh:law .
sh:only a skos:Concept ; skos:prefLabel "Nur deutsch"@de ; skos:broader sh:nowhere .
sh:twice a skos:Concept ; skos:prefLabel "COURTS"@en .
sh:under a skos:Concept ; skos:prefLabel "Court fees"@en ; skos:broader sh:twice .
sh:a a skos:Concept ; skos:prefLabel "Circle A"@en ; skos:broader sh:b .
sh:b a skos:Concept ; skos:prefLabel "Circle B"@en ; skos:broader sh:a ; skos:related sh:sea .
sh:nameless a skos:Concept ; skos:notation "17" .
"""
)
