"""What a file says about itself to programs: how its rows were found, when, and where. No database.

`reading` says it to people. Only modules of this package import from here.
"""

from typing import Any

from archive import VERSION
from archive.imprint import imprint
from archive.times import utc_iso

from .contract import Export
from .reading import page_address

SOFTWARE = f"Cuttings {VERSION}"


def facts_about(export: Export) -> dict[str, Any]:
    """Returns the facts about an export as JSON values: always the same ones, null where nothing is set."""
    question, options, parsed_query = export.question, export.options, export.parsed_query
    by_article = question.lists_articles or export.unit == "article"
    return {
        "archive": imprint().name,
        "software": SOFTWARE,
        "made": utc_iso(export.made, timespec="seconds"),
        "query": question.q,
        "read_as": parsed_query.canonical,
        "notes": [note.message for note in parsed_query.notes],
        "words_in": question.unit,
        "filters": {
            chosen.field: {"values": list(chosen.values), "excluded": list(chosen.excluded)}
            for chosen in question.filters
        },
        "dates": question.dates or None,
        "sort": question.to_request(parsed_query, now=export.made).sort,
        "listed_by": "article" if by_article else "section",
        "copies_folded": question.is_folded,
        "address": page_address(export) or None,
        "unit": export.unit,
        "rows": export.total,
        "first": options.first or None,
        "picked": list(options.picked),
        "missing": list(export.selection.missing),
        "columns": list(options.chosen_fields),
        "text": options.text,
        "index": export.selection.generation,
    }
