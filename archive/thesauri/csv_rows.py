"""A thesaurus as CSV: a row for each topic, with its broader topic by name. Used within `archive.thesauri`.

Columns: name, broader, other names, note, identifier; and definition, scheme, matches. Several other names are
separated by semicolons; a name may have its language or "hidden" behind it: `Wahlen [de]; Ballotts [hidden]`.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator

from ..same_names import fold_name
from .contract import Concept, Label, Thesaurus, ThesaurusError
from .tidying import Draft, tidy

COLUMNS = ("name", "broader", "other names", "note", "identifier", "definition", "scheme", "matches")
_REQUIRED = "name"
_MARK = re.compile(r"^(.*?)\s*\[([^\[\]]*)\]$", re.DOTALL)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_MAX_CELL_CHARS = 100_000


def read_csv(data: bytes) -> Thesaurus:
    """Reads a table with a heading. Raises ThesaurusError with the number of the line."""
    rows = _rows_of(_text_of(data))
    try:
        heading_line, heading = next(rows)
    except StopIteration:
        raise ThesaurusError("The file is empty.") from None
    columns = [name.strip().lower().replace("_", " ") for name in heading]
    if _REQUIRED not in columns:
        raise ThesaurusError(f"Line {heading_line}: no column is called “name”. All columns: {', '.join(COLUMNS)}.")
    if doubled := next((name for name in columns if name and columns.count(name) > 1), ""):
        raise ThesaurusError(f"Line {heading_line}: two columns are called “{doubled}”.")
    drafts = []
    for line, cells in rows:
        if len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns) :]):
            raise ThesaurusError(
                f"Line {line}: the row has {len(cells)} cells, and the heading has {len(columns)}. Put a cell with a "
                "separator in it into quotation marks."
            )
        drafts.append(_draft(dict(zip(columns, map(str.strip, cells), strict=False)), line))
    thesaurus = tidy(drafts)
    unknown = [name for name in columns if name and name not in COLUMNS]
    left_out = tuple((name, "left out: topics have no such column") for name in unknown)
    return Thesaurus(thesaurus.concepts, thesaurus.refused, (*left_out, *thesaurus.remarks))


def _text_of(data: bytes) -> str:
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ThesaurusError(f"Line {line}: the file is no UTF-8 text. Save it as CSV in UTF-8.") from error


def _rows_of(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yields each row with the number of its first line, without empty rows. The separator is that of the heading."""
    heading = text.partition("\n")[0]
    separator = max(",;\t", key=heading.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    before = csv.field_size_limit(_MAX_CELL_CHARS)
    line = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise ThesaurusError(f"Line {line}: {error}.") from error
    finally:
        csv.field_size_limit(before)


def _draft(row: dict[str, str], line: int) -> Draft:
    name = " ".join(row.get("name", "").split())
    broader = " ".join(row.get("broader", "").split())
    concept = Concept(
        # Broader topics are named: two rows of one name would be one key.
        key=fold_name(name) if name else f"line {line}",
        name=name,
        labels=tuple(sorted(_labels(row.get("other names", "")))),
        note=row.get("note", "").replace("\r\n", "\n"),
        definition=row.get("definition", "").replace("\r\n", "\n"),
        identifier=row.get("identifier", ""),
        scheme=row.get("scheme", ""),
        matches=tuple(sorted(row.get("matches", "").split())),
    )
    return Draft(concept, [fold_name(broader)] if broader else [], f"line {line}")


def _labels(cell: str) -> tuple[Label, ...]:
    """Returns the other names in a cell; a semicolon or backslash with a backslash before it is part of a name."""
    parts = (re.sub(r"\\([;\\])", r"\1", part) for part in re.findall(r"(?:\\[;\\]|[^;])+", cell))
    return tuple(label for part in parts if (label := _label(part)).name)


def _label(text: str) -> Label:
    name = " ".join(text.split())
    if marked := _MARK.fullmatch(name):
        marks = [mark.strip() for mark in marked[2].split(",") if mark.strip()]
        languages = [mark for mark in marks if mark not in ("hidden", "translated")]
        if len(languages) <= 1 and all(map(_LANGUAGE.fullmatch, languages)):
            kind = "hidden" if "hidden" in marks else "translated" if "translated" in marks else "other"
            return Label(marked[1], kind, languages[0] if languages else "")
    return Label(name)


def write_csv(concepts: Iterable[Concept]) -> bytes:
    """Returns concepts as CSV in UTF-8 with a mark of it, which spreadsheets need; broader before narrower."""
    listed = list(concepts)
    names = {concept.key: concept.name for concept in listed}
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for concept in listed:
        writer.writerow(
            (
                concept.name,
                names.get(concept.broader, concept.outside),
                "; ".join(map(_written, concept.labels)),
                concept.note,
                concept.identifier,
                concept.definition,
                concept.scheme,
                " ".join(concept.matches),
            )
        )
    return file.getvalue().encode("utf-8-sig")


def _written(label: Label) -> str:
    marks = [label.language, "" if label.kind == "other" else label.kind]
    mark = ", ".join(filter(None, marks))
    name = label.name.replace("\\", "\\\\").replace(";", "\\;")
    # A name that ends like a mark gets an empty one.
    return f"{name} [{mark}]" if mark or name.endswith("]") else name
