"""RIS, BibTeX and CSL-JSON: an item for each row, the same as the file on the page of that section or article.

`outputs.citations` writes the items; here they become files. For reference managers.
"""

from collections.abc import Iterator

from ..outputs import CITATIONS, Tombstone, version_path
from .contract import Export
from .row_kinds import ExportedSection, Row


def write_ris(export: Export) -> Iterator[str]:
    """Yields a record for each row."""
    return _write("ris", export)


def write_bibtex(export: Export) -> Iterator[str]:
    """Yields an entry for each row."""
    return _write("bibtex", export)


def write_csl(export: Export) -> Iterator[str]:
    """Yields an array with an object for each row."""
    return _write("csl", export)


def _write(name: str, export: Export) -> Iterator[str]:
    citation = CITATIONS[name]
    before = citation.opening
    for number, row in enumerate(export.rows(), start=1):
        if row.reference:
            yield before + citation.write_item(row.reference)
        else:
            yield before + citation.write_tombstone(_tombstone(row, number, export))
        before = citation.between
    # Without rows, the file has yet to begin.
    yield (citation.closing if export.total else citation.opening + citation.closing)


def _tombstone(row: Row, number: int, export: Export) -> Tombstone:
    """Returns what is known of a row without words; `number` is that of the row."""
    key = _key(row) or f"cuttings-row-{number}"
    return Tombstone(key, row.tombstone, row.note or row.article.note, _permalink(row, export.site_url))


def _key(row: Row) -> str:
    """Returns the key of what a row would cite; empty where a picked hit has no such row."""
    if isinstance(row, ExportedSection) and row.section_id:
        return f"cuttings-section-{row.section_id}" + (f"-{row.number}" if row.number else "")
    return f"cuttings-article-{row.article_id}" if row.article_id else ""


def _permalink(row: Row, site_url: str) -> str:
    if isinstance(row, ExportedSection) and row.section_id and row.number:
        return site_url + version_path(row.section_id, row.number)
    return ""
