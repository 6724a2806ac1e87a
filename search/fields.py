"""The table of search fields: what is indexed, how people write it in a query, and what it is called on pages.

Everything that needs to know the fields reads this table. Pure; every module may import it.
"""

from dataclasses import dataclass
from typing import Literal

# Text is tokenized, matched by word and ranked. A keyword is a value, found by its words or as a whole. A date is an
# instant in UTC; days are any number of spans of the calendar. An address is one of the web, found by its parts or as
# a whole.
FieldKind = Literal["text", "keyword", "date", "days", "address"]


@dataclass(frozen=True)
class Field:
    """A search field. `boost` weighs its matches in ranking.

    With `facet` its values can be counted and chosen; `on_page` says whether the search page lists that facet. Fields
    `of_sections` have other values in each section; those of others are mostly the same in all sections of an article.
    """

    name: str
    kind: FieldKind
    label: str
    meaning: str
    boost: float = 0.0
    facet: bool = False
    on_page: bool = True
    of_sections: bool = False
    aliases: tuple[str, ...] = ()

    @property
    def is_dated(self) -> bool:
        """Whether a query asks it for a day or a range of days."""
        return self.kind in ("date", "days")


FIELDS = (
    Field("headline", "text", "Headline", "words of the article's headline", boost=4.0, aliases=("title", "hd", "ti")),
    Field("heading", "text", "Heading", "words of the section's heading", boost=3.0),
    Field("standfirst", "text", "Standfirst", "words of the standfirst", boost=2.0),
    Field("text", "text", "Text", "words of the section's paragraphs", boost=1.0, aliases=("body",)),
    Field(
        "source",
        "keyword",
        "Source",
        "who published",
        facet=True,
        aliases=("outlet", "publication", "pub"),
    ),
    Field(
        "source-kind",
        "keyword",
        "Kind of source",
        "what published: `outlet`, `agency` or `channel`",
        facet=True,
        on_page=False,
        aliases=("outlet-kind",),
    ),
    Field(
        "country",
        "keyword",
        "Country",
        "the country where the source is based: its name or its code",
        facet=True,
        on_page=False,
        aliases=("nation",),
    ),
    Field("kind", "keyword", "Kind", "`article` or `live`", facet=True, aliases=("type",)),
    Field("topic", "keyword", "Topic", "a subject heading or one narrower than it", facet=True, aliases=("subject",)),
    Field(
        "filed", "keyword", "Filed under", "a subject heading itself, without narrower ones", facet=True, on_page=False
    ),
    Field("byline", "keyword", "Byline", "who wrote it", facet=True, aliases=("author", "by", "au")),
    Field("person", "keyword", "Person", "a person whom it names", facet=True, of_sections=True),
    Field("place", "keyword", "Place", "a place that it names", facet=True, of_sections=True, aliases=("geographic",)),
    Field(
        "org",
        "keyword",
        "Organisation",
        "an organisation that it names",
        facet=True,
        of_sections=True,
        aliases=("organisation", "organization", "company"),
    ),
    Field("speaker", "keyword", "Speaker", "who makes a statement in it", facet=True, of_sections=True),
    Field(
        "via",
        "keyword",
        "Through",
        "through whom a statement in it came: an outlet, an agency, a platform",
        facet=True,
        on_page=False,
        of_sections=True,
    ),
    Field("lang", "keyword", "Language", "the language: its name or its code", facet=True, aliases=("language", "la")),
    Field(
        "copies",
        "keyword",
        "Copies",
        "whether other articles have the same text: `no`, or `yes`, and then `first` or `later`",
        facet=True,
        aliases=("duplicates",),
    ),
    Field("agency", "keyword", "Agency", "the news agency that it or a copy credits", facet=True, aliases=("wire",)),
    Field(
        "group",
        "keyword",
        "Same text",
        "all copies of a text, by the number of the first article",
        facet=True,
        on_page=False,
    ),
    # Not lists of their own on the page, whose filter by date has years and months in the order of time.
    Field("year", "keyword", "Year", "the year of publication", facet=True, on_page=False),
    Field("month", "keyword", "Month", "the month of publication, like 2025-06", facet=True, on_page=False),
    Field("url", "address", "Address", "where it was published or received", aliases=("inurl", "address")),
    Field("date", "date", "Published", "when it was published", aliases=("published", "dt", "pd", "pubdate", "yr")),
    Field("updated", "date", "Updated", "when the outlet last changed it"),
    Field("captured", "date", "Captured", "when the archive received it"),
    Field("event", "days", "Day spoken of", "the days of which it speaks"),
)

LEAD_WORDS = 60
# Not a field of the index but a search of several, for where news says what it is about. The name is that of Nexis.
HLEAD = Field(
    "hlead",
    "text",
    "Headline and lead",
    f"headline, heading and the first {LEAD_WORDS} words of the text",
    aliases=("hlp",),
)

# A search in the host of an address. The names are those of web search.
SITE = Field("site", "address", "Site", "the host of its address, with subdomains", aliases=("host", "domain"))

# Where a field's whole value is written behind `:=`, the field that is searched instead: `topic:="X"` is `filed:"X"`.
EXACT_FIELDS = {"topic": "filed"}
# The values of these fields have other names, which curators give and which find them. An index has those of each
# document as a field of its own; no query names it.
NAMES_OF_VALUES = {"topic": "topic.names", "filed": "filed.names"}

# An index has, for each section, the spellings of names in it that are not their labels, each with the field of the
# name, its label and a tab between; no query names this field.
SPELLINGS = "name.spellings"
# The fields of names by what they are of. Those of STATEMENT_FIELDS have names of all kinds.
NAME_FIELDS = ("person", "place", "org")
# The fields of which each statement has values: within `said()`, they are those of the statement.
STATEMENT_FIELDS = ("speaker", "via")

FIELD_BY_NAME = {field.name: field for field in FIELDS}
# The names that may be written before a colon, in lower case.
FIELD_BY_NAME_OR_ALIAS = {name: field for field in (*FIELDS, HLEAD, SITE) for name in (field.name, *field.aliases)}

TEXT_FIELDS = tuple(field for field in FIELDS if field.kind == "text")
KEYWORD_FIELDS = tuple(field for field in FIELDS if field.kind == "keyword")
ADDRESS_FIELDS = tuple(field for field in FIELDS if field.kind == "address")
DATE_FIELDS = tuple(field for field in FIELDS if field.kind == "date")
DAYS_FIELDS = tuple(field for field in FIELDS if field.kind == "days")
FACET_NAMES = tuple(field.name for field in FIELDS if field.facet)
# The facets of the search page, in its order.
PAGE_FACETS = tuple(field.name for field in FIELDS if field.facet and field.on_page)
