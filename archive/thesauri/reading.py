"""Which format a file of a thesaurus has, and its reader and writer. Used within `archive.thesauri`."""

from collections.abc import Iterable
from dataclasses import dataclass

from .contract import MAX_BYTES, Concept, Thesaurus, ThesaurusError
from .csv_rows import read_csv, write_csv
from .skos import read_skos, write_skos


@dataclass(frozen=True)
class ExportFormat:
    """A format to write: its name in addresses, what people call it, its media type and the ending of its files."""

    name: str
    label: str
    media_type: str
    ending: str


EXPORT_FORMATS = {
    written.name: written
    for written in (
        ExportFormat("turtle", "SKOS, Turtle", "text/turtle; charset=utf-8", "ttl"),
        ExportFormat("rdf-xml", "SKOS, RDF/XML", "application/rdf+xml; charset=utf-8", "rdf"),
        ExportFormat("csv", "CSV", "text/csv; charset=utf-8", "csv"),
    )
}


def read_thesaurus(data: bytes, name: str, *, language: str = "", others: bool = True) -> Thesaurus:
    """Reads a file in SKOS (RDF/XML, Turtle, N-Triples, JSON-LD) or CSV; its content decides, and then its name.

    `language` is that of the names; empty for English, or else the most frequent one. With `others`, names in other
    languages are other names. Raises ThesaurusError.
    """
    if len(data) > MAX_BYTES:
        raise ThesaurusError(
            f"The file has {len(data) / 1024 / 1024:,.0f} MiB; at most {MAX_BYTES // 1024 // 1024} are read."
        )
    start = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start:
        raise ThesaurusError("The file is empty.")
    ending = name.rpartition(".")[2].lower()
    if ending in ("csv", "tsv"):
        return read_csv(data)
    if start.startswith((b"{", b"[")) and ending not in ("ttl", "nt", "n3"):
        return read_skos(data, "json-ld", language=language, others=others)
    if start.startswith((b"<?xml", b"<rdf:", b"<RDF", b"<!", b"\xff\xfe<", b"\xfe\xff\x00<")):
        return read_skos(data, "xml", language=language, others=others)
    if ending in ("ttl", "nt", "n3", "turtle") or start.startswith((b"@", b"<", b"PREFIX", b"prefix", b"#", b"_:")):
        return read_skos(data, "turtle", language=language, others=others)
    if b"," in start or b";" in start or b"\t" in start or start.lower().startswith(b"name"):
        return read_csv(data)
    raise ThesaurusError(
        "The file is neither SKOS (RDF/XML, Turtle, N-Triples, JSON-LD) nor CSV with a column “name”."
    )


def write_thesaurus(concepts: Iterable[Concept], name: str) -> bytes:
    """Returns concepts in a format of EXPORT_FORMATS."""
    match name:
        case "csv":
            return write_csv(concepts)
        case "rdf-xml":
            return write_skos(concepts, "xml")
        case "turtle":
            return write_skos(concepts, "turtle")
    raise LookupError(f"No format is called {name!r}.")
