"""Results as files: FORMATS is the table of formats, each a module; `make_export` finds the rows that they write.

`contract` says what a format promises and gets. An export has the hits of the page in their order, is of one state of
the archive, and streams: its memory does not depend on the number of rows. Pages and commands import from here.
"""

from collections.abc import Mapping

from .atom import write_atom
from .bibliographies import write_bibtex, write_csl, write_ris
from .columns import COLUMN_BY_NAME, COLUMNS, DEFAULT_FIELDS, ExportColumn, RowUnit
from .comma_separated import is_long_cell, write_csv
from .contract import GROUPS, Export, Format, Group, make_export
from .dossier import write_dossier
from .estimate import count_long_cells, estimate_size
from .file_names import file_stem, to_ascii
from .json_array import write_json
from .jsonl import write_jsonl
from .markdown import write_markdown
from .ninjs import write_ninjs
from .options import (
    ROW_UNITS,
    TEXTS,
    ExportOptionError,
    ExportOptions,
    read_captures,
    read_contents,
    read_fields,
    read_first,
    read_text,
    read_unit,
)
from .packages import check_contents, chosen_contents, write_package
from .picks import MAX_PICKED, PickError, article_pick, parse_pick, read_picked, section_pick
from .plain_text import write_text
from .result_articles import find_result_articles
from .row_kinds import ExportedArticle, ExportedSection, ExportedStatement, Row
from .spreadsheet_cells import MAX_CELL_CHARS
from .xlsx import write_xlsx

FORMATS: Mapping[str, Format] = {
    "csv": Format(
        "CSV",
        "for spreadsheets",
        "text/csv",
        "csv",
        write_csv,
        has_fields=True,
        long_cells=(
            "Spreadsheets cut them off or move the rest to other rows. The file has all of the text: read it with a "
            "program, or export JSON Lines."
        ),
        is_long_cell=is_long_cell,
        # Without a byte order mark, Excel reads a file in the system's old code page.
        byte_order_mark="\ufeff",
        group="table",
        is_quick=True,
    ),
    "xlsx": Format(
        "Excel workbook",
        "for Excel, with dates and links",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "xlsx",
        write_xlsx,
        has_fields=True,
        long_cells="In the workbook they are cut, with a mark. CSV and JSON Lines have all of the text.",
        is_binary=True,
        group="table",
        is_quick=True,
    ),
    "json": Format(
        "JSON", "one document, with how its rows were found", "application/json", "json", write_json, has_fields=True
    ),
    "jsonl": Format(
        "JSON Lines", "for programs", "application/x-ndjson", "jsonl", write_jsonl, has_fields=True, is_quick=True
    ),
    "ris": Format(
        "RIS",
        "for EndNote, Zotero, Mendeley, Citavi",
        "application/x-research-info-systems",
        "ris",
        write_ris,
        cites=True,
        is_quick=True,
    ),
    "bibtex": Format("BibTeX", "for LaTeX", "application/x-bibtex", "bib", write_bibtex, cites=True),
    "csl": Format(
        "CSL-JSON",
        "for Zotero, Pandoc",
        "application/vnd.citationstyles.csl+json",
        "json",
        write_csl,
        cites=True,
    ),
    "html": Format(
        "HTML",
        "a dossier to read and print",
        "text/html",
        "html",
        write_dossier,
        cites=True,
        marks=True,
        group="reading",
        is_quick=True,
    ),
    "md": Format(
        "Markdown", "for notes and wikis", "text/markdown", "md", write_markdown, cites=True, group="reading"
    ),
    "txt": Format("Plain text", "for mail and notes", "text/plain", "txt", write_text, cites=True, group="reading"),
    "atom": Format("Atom", "for feed readers", "application/atom+xml", "atom", write_atom),
    "ninjs": Format(
        "ninjs",
        "IPTC’s news in JSON, for content systems",
        "application/x-ndjson",
        "ninjs.jsonl",
        write_ninjs,
        cites=True,
        group="program",
    ),
    "package": Format(
        "Package",
        "for evidence: files with their hashes, in a ZIP",
        "application/zip",
        "zip",
        lambda export: write_package(export, packaged_formats()),
        has_fields=True,
        is_binary=True,
        check=lambda options: check_contents(options, packaged_formats()),
        is_package=True,
        group="package",
    ),
}


def packaged_formats() -> Mapping[str, Format]:
    """Returns the formats that a package may have."""
    return {name: known for name, known in FORMATS.items() if not known.is_package}


def unknown_format(name: str) -> str:
    """Returns a message that names the formats that exist."""
    return f"There is no format {name!r}. The formats are: {', '.join(FORMATS)}."


__all__ = [
    "COLUMNS",
    "COLUMN_BY_NAME",
    "DEFAULT_FIELDS",
    "FORMATS",
    "GROUPS",
    "MAX_CELL_CHARS",
    "MAX_PICKED",
    "ROW_UNITS",
    "TEXTS",
    "Export",
    "ExportColumn",
    "ExportOptionError",
    "ExportOptions",
    "ExportedArticle",
    "ExportedSection",
    "ExportedStatement",
    "Format",
    "Group",
    "PickError",
    "Row",
    "RowUnit",
    "article_pick",
    "chosen_contents",
    "count_long_cells",
    "estimate_size",
    "file_stem",
    "find_result_articles",
    "is_long_cell",
    "make_export",
    "packaged_formats",
    "parse_pick",
    "read_captures",
    "read_contents",
    "read_fields",
    "read_first",
    "read_picked",
    "read_text",
    "read_unit",
    "section_pick",
    "to_ascii",
    "unknown_format",
]
