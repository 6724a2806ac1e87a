"""What a person chooses of an export, and its part of the URL: rows, fields, text, how many, which hits.

URL parameters: `rows` is `section`, `article` or `statement`; `fields` has names of columns, separated by commas or
repeated, in their order; `text` is `full` or `passages`; `first` is a number of rows; `pick` has hits that were
picked by hand. Of a package, `contents` has the names of the formats in it, separated by commas or repeated, and
`captures` is `1` if the bytes of the captures are in it. Another value is an error: a file that is not what its
address asks for would be taken for it. No ORM.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from ..errors import SearchError
from ..results import Parameters, encode, read_all, read_last, split_names
from .columns import COLUMN_BY_NAME, DEFAULT_FIELDS, RowUnit
from .picks import PickError, read_picked

Text = Literal["full", "passages"]

# What a row is.
ROW_UNITS: Mapping[RowUnit, str] = {
    "section": "a row for each section",
    "article": "a row for each article",
    "statement": "a row for each statement",
}
_OF_UNITS: Mapping[RowUnit, str] = {"section": "a section", "article": "an article", "statement": "a statement"}
TEXTS: Mapping[Text, str] = {"full": "full text", "passages": "passages around the matches"}


class ExportOptionError(SearchError):
    """An export cannot be made as it was asked for; the message names the value and those that exist."""


@dataclass(frozen=True)
class ExportOptions:
    """What is in the file. `fields` is empty for the default columns, `first` is 0 for all rows.

    `picked` has the hits that were picked by hand, as in the URL; empty for the whole result. `contents` has the names
    of the formats in a package, empty for the default ones, which its format checks; `captures` adds the bytes of the
    captures to it.
    """

    unit: RowUnit = "section"
    fields: tuple[str, ...] = ()
    text: Text = "full"
    first: int = 0
    picked: tuple[str, ...] = ()
    contents: tuple[str, ...] = ()
    captures: bool = False

    @classmethod
    def from_parameters(cls, parameters: Parameters) -> "ExportOptions":
        """Reads the parameters of a URL or a form. Raises ExportOptionError."""
        return cls(
            unit=read_unit(read_last(parameters, "rows")),
            fields=read_fields(read_all(parameters, "fields"), read_unit(read_last(parameters, "rows"))),
            text=read_text(read_last(parameters, "text")),
            first=read_first(read_last(parameters, "first")),
            picked=_read_picked(read_all(parameters, "pick")),
            contents=read_contents(read_all(parameters, "contents")),
            captures=read_captures(read_last(parameters, "captures")),
        )

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """The parameters that differ from their defaults."""
        values = {
            "rows": self.unit if self.unit != "section" else "",
            "fields": ",".join(self.fields),
            "text": self.text if self.text != "full" else "",
            "first": str(self.first) if self.first else "",
            "pick": ",".join(self.picked),
            "contents": ",".join(self.contents),
            "captures": "1" if self.captures else "",
        }
        return [(name, value) for name, value in values.items() if value]

    def to_parameters(self) -> str:
        """Returns the parameters as a URL has them, without a question mark; empty if each has its default."""
        return encode(self.parameters, safe=",")

    @property
    def chosen_fields(self) -> tuple[str, ...]:
        """The names of the columns, in their order."""
        return self.fields or DEFAULT_FIELDS[self.unit]


def read_unit(value: str) -> RowUnit:
    """Returns what a row is; a section by default. Raises ExportOptionError."""
    return cast(RowUnit, _choose(value or "section", ROW_UNITS, "unit of rows"))


def read_text(value: str) -> Text:
    """Returns how much of the text a row has; all by default. Raises ExportOptionError."""
    return cast(Text, _choose(value or "full", TEXTS, "text"))


def read_fields(values: Iterable[str], unit: RowUnit) -> tuple[str, ...]:
    """Returns the names of columns, each once; none if they are the default columns. Raises ExportOptionError."""
    names = split_names(values)
    known = [name for name, column in COLUMN_BY_NAME.items() if column.is_in(unit)]
    for name in names:
        if name not in known:
            hint = f" of {_OF_UNITS[unit]}" if name in COLUMN_BY_NAME else ""
            raise ExportOptionError(f"There is no field {name!r}{hint}. The fields are: {', '.join(known)}.")
    return () if names == DEFAULT_FIELDS[unit] else names


def read_first(value: str) -> int:
    """Returns a number of rows; 0 for all. Raises ExportOptionError."""
    text = value.strip().replace(",", "")
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and 0 < len(text) <= 12 and int(text)):
        raise ExportOptionError(f"{value!r} is no number of rows. Write a number from 1, or nothing for all rows.")
    return int(text)


def read_contents(values: Iterable[str]) -> tuple[str, ...]:
    """Returns the names of the formats in a package, each once; none for the default ones. They may not exist."""
    return split_names(values)


def read_captures(value: str) -> bool:
    """Returns whether the bytes of the captures are wanted; they are not by default. Raises ExportOptionError."""
    return bool(int(_choose(value or "0", {"1": "with captures", "0": "without"}, "choice of captures")))


def _read_picked(values: Iterable[str]) -> tuple[str, ...]:
    try:
        return read_picked(values)
    except PickError as error:
        raise ExportOptionError(str(error)) from error


def _choose(value: str, table: Mapping[Any, str], what: str) -> str:
    if value not in table:
        raise ExportOptionError(f"There is no {what} {value!r}. Choose one of: {', '.join(table)}.")
    return value
