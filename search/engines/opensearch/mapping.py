"""How a section is laid out in an index of OpenSearch: its fields, their types and their analysis.

The tokens are ours, on both sides. A text field `w_NAME` gets one word for each token, which has all terms of its
place, so that they share a position:

    f FORM      the token as it is written
    t STEM      its stem
    m STEM      the stem of another spelling of this token alone
    n STEM      the stem of another spelling that begins here and takes several tokens
    a FORM      the token, if it is an abbreviation in capitals

`w_lead` has the first words of the text, for `hlead`. What Lucene's positions cannot answer exactly is answered by
`scripts` from `b_NAME`: all that the analysis found in the field. Only modules of this package import from here.
"""

import hashlib
from typing import Any

from ...fields import (
    ADDRESS_FIELDS,
    DATE_FIELDS,
    DAYS_FIELDS,
    FIELDS,
    KEYWORD_FIELDS,
    NAMES_OF_VALUES,
    SPELLINGS,
    TEXT_FIELDS,
)
from ...text import ANALYSIS_VERSION

# Increase it with every change of the mapping or of `sections`: an index of another version must be rebuilt.
LAYOUT_VERSION = 2

# Between the terms of one place. Neither a letter nor white space, so that no form has it.
PART = "\x03"
TEXT_NAMES = tuple(field.name for field in TEXT_FIELDS)
# Fields with values, and those with other names of these values, which no query names.
VALUE_NAMES = (*(field.name for field in KEYWORD_FIELDS), *NAMES_OF_VALUES.values(), SPELLINGS)
SEARCHED_NAMES = tuple(field.name for field in KEYWORD_FIELDS)
ADDRESS_NAMES = tuple(field.name for field in ADDRESS_FIELDS)
DATE_NAMES = tuple(field.name for field in DATE_FIELDS)
DAYS_NAMES = tuple(field.name for field in DAYS_FIELDS)
# The fields of which all sections of an article have the same value: articles may be folded by them.
FOLD_NAMES = tuple(field.name for field in KEYWORD_FIELDS if not field.of_sections)
# Between the values of a field, so that no phrase reaches from one to the next.
_VALUE_GAP = 1000
# A page, and a scan, may reach as far as there are sections.
MAX_RESULT_WINDOW = 100_000_000
# For facets, and for what is found one by one: see `translation`.
MAX_TERMS = 1 << 20


def field_key(name: str) -> str:
    """Returns a name of a field as it is written in an index, where a dot has a meaning."""
    return name.replace(".", "_")


def schema() -> str:
    """Returns a hash of what an index depends on: fields, text analysis and layout."""
    fields = [*((field.name, field.kind) for field in FIELDS), *NAMES_OF_VALUES.items(), SPELLINGS]
    dependencies = f"{fields!r} analysis {ANALYSIS_VERSION} layout {LAYOUT_VERSION}"
    return hashlib.sha256(dependencies.encode()).hexdigest()[:16]


def index_body(*, replicas: int, meta: dict[str, Any]) -> dict[str, Any]:
    """Returns the settings and the mapping of a new index.

    It has one primary shard: a commit is then seen as a whole or not at all, and every count is exact. Copies of it
    spread the searches. Nothing is refreshed except at the end of a commit.
    """
    return {
        "settings": {
            "index": {
                "number_of_shards": 1,
                "number_of_replicas": replicas,
                "refresh_interval": "-1",
                # A commit waits for two copies: once a node is lost, another gets its copy soon.
                "unassigned.node_left.delayed_timeout": "10s",
                "codec": "best_compression",
                "max_result_window": MAX_RESULT_WINDOW,
                "max_inner_result_window": 10_000,
                "max_terms_count": MAX_TERMS,
                "max_regex_length": 10_000,
                "mapping": {"total_fields": {"limit": 500}},
                "analysis": {
                    "tokenizer": {"words": {"type": "whitespace", "max_token_length": 1 << 20}},
                    "filter": {
                        "parts": {
                            "type": "pattern_capture",
                            "preserve_original": False,
                            "patterns": [f"([^{PART}]+)"],
                        }
                    },
                    "analyzer": {
                        "places": {"type": "custom", "tokenizer": "words", "filter": ["parts"]},
                        "words": {"type": "custom", "tokenizer": "words"},
                    },
                },
            }
        },
        "mappings": {
            "dynamic": "strict",
            "_source": {"enabled": False},
            "_meta": meta,
            "properties": _properties(),
        },
    }


def _properties() -> dict[str, Any]:
    number = {"type": "long"}
    hidden: dict[str, Any] = {"type": "keyword", "index": False, "doc_values": True}
    term: dict[str, Any] = {"type": "keyword", "doc_values": False, "norms": False}
    blob: dict[str, Any] = {"type": "binary", "doc_values": True}
    places: dict[str, Any] = {"type": "text", "analyzer": "places", "search_analyzer": "words", "norms": False}
    properties: dict[str, Any] = {
        # "section"; "article" for what joins its sections; "state" for the document that says up to which change the
        # index knows its record.
        "type": {"type": "keyword"},
        "relation": {"type": "join", "relations": {"article": "section"}},
        "state": hidden,
        "section": number,
        "article": number,
        "place": number,
        "changed": number,
        "fingerprint": hidden,
        "has": {"type": "keyword"},
        "forms": hidden,
        "said": blob,
        "said_list": blob,
        "said_by": number,
        "said_naming": number,
        "w_lead": places,
    }
    for name in TEXT_NAMES:
        properties |= {f"w_{name}": places, f"b_{name}": blob, f"length_{name}": number}
    for name in (*VALUE_NAMES, *ADDRESS_NAMES):
        properties[f"v_{field_key(name)}"] = {"type": "keyword", "norms": False}
    for name in SEARCHED_NAMES:
        key = field_key(name)
        properties[f"key_{key}"] = term
        properties[f"word_{key}"] = term
        properties[f"names_{key}"] = {
            "type": "text",
            "analyzer": "words",
            "norms": False,
            "position_increment_gap": _VALUE_GAP,
        }
    for name in FOLD_NAMES:
        properties[f"fold_{field_key(name)}"] = {"type": "keyword", "norms": False}
    for name in DATE_NAMES:
        properties |= {f"{name}_{part}": number for part in ("at", "first", "past", "clock", "month")}
        # 0 for a time of day, 1 to 3 for what is known to the day, the month or the year.
        properties[f"{name}_span"] = {"type": "byte"}
    for name in DAYS_NAMES:
        properties[f"days_{name}"] = {"type": "long_range"}
    return properties
