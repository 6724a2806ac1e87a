"""What the page of exports shows: the options, as far as they can be, the fields in their order, and what will come.

Only `exports` imports from here. No HTML.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import TypeVar

from django.urls import reverse

from ..engines import Unit
from ..errors import SearchError
from ..exports import (
    COLUMN_BY_NAME,
    COLUMNS,
    DEFAULT_FIELDS,
    FORMATS,
    GROUPS,
    ROW_UNITS,
    Export,
    ExportColumn,
    ExportOptions,
    Format,
    RowUnit,
    chosen_contents,
    count_long_cells,
    estimate_size,
    make_export,
    packaged_formats,
    parse_pick,
    read_captures,
    read_contents,
    read_fields,
    read_first,
    read_picked,
    read_text,
    read_unit,
    unknown_format,
)
from ..results import Parameters, Question, encode, read_all, read_last, split_names

# Parameters of the form alone. `boxes` is the unit whose fields it shows; `up`, `down` and `reset` are its buttons.
_FORM_PARAMETERS = ("boxes", "up", "down", "reset")

# The default fields of the other unit, in `aside`.
_DEFAULT = ("default",)

_Value = TypeVar("_Value")


@dataclass(frozen=True)
class FieldChoice:
    """A field of the form: whether it is in the file, and whether it can go up and down there."""

    column: ExportColumn
    is_chosen: bool
    can_go_up: bool
    can_go_down: bool


@dataclass(frozen=True)
class ExportForm:
    """The options that a person chose. What cannot be has its default here, and is named in `errors`.

    `is_nothing_picked`: the form of the hits was sent with none of them. `aside` has the fields that were chosen for
    rows of the other unit, if these rows lack some of them, so that they are there again with that unit. Where these
    rows have their default fields, the others have theirs.
    """

    format_name: str
    options: ExportOptions
    errors: tuple[str, ...]
    is_nothing_picked: bool = False
    aside: tuple[str, ...] = ()

    @property
    def format(self) -> Format:
        return FORMATS[self.format_name]

    @property
    def fields(self) -> list[FieldChoice]:
        """The fields of the rows: those of the file in their order, and each other one after its usual neighbour.

        So a field that is taken out of the file and put back keeps its place.
        """
        chosen = self.options.chosen_fields
        known = [column for column in COLUMNS if column.is_in(self.options.unit)]
        names = list(chosen)
        for before, column in pairwise([None, *known]):
            if column and column.name not in chosen:
                names.insert(names.index(before.name) + 1 if before else 0, column.name)
        return [
            FieldChoice(COLUMN_BY_NAME[name], name in chosen, name != chosen[0], name != chosen[-1]) for name in names
        ]

    @property
    def contents(self) -> list[tuple[str, Format, bool]]:
        """The formats that a package may have, and whether this has them."""
        formats = packaged_formats()
        chosen = chosen_contents(self.options, formats)
        return [(name, known, name in chosen) for name, known in formats.items()]

    @property
    def groups(self) -> list[tuple[str, list[tuple[str, Format]]]]:
        """The formats in their groups; a group without any is left out."""
        found = {group: [item for item in FORMATS.items() if item[1].shown_group == group] for group in GROUPS}
        return [(GROUPS[group], formats) for group, formats in found.items() if formats]

    def page_address(self, question: Question) -> str:
        """Returns the address of the page of exports with this search and these options."""
        chosen = [("format", self.format_name)] if self.format_name != next(iter(FORMATS)) else []
        aside = [("aside", ",".join(self.aside))] if self.aside and self.options.fields else []
        own = encode([*chosen, *aside], safe=",")
        return _join(reverse("export-panel"), question.parameters, own, self.options)

    def file_address(self, question: Question) -> str:
        """Returns the path of the file, without how a page shows the result and without options that are not used."""
        options = self.options if self.format.has_fields else replace(self.options, fields=())
        if not self.format.is_package:
            options = replace(options, contents=(), captures=False)
        return _join(reverse("export", args=[self.format_name]), question.without_page().parameters, "", options)


@dataclass(frozen=True)
class Outcome:
    """What will come: the exact number of rows, about how many bytes, and what to know about them.

    `long_cells` counts the texts that no cell holds; `may_have_long` where some may be, and their number is not known.
    """

    export: Export
    size_bytes: int
    is_exact: bool
    long_cells: int
    may_have_long: bool

    @property
    def missing(self) -> list[tuple[str, str]]:
        """The picked hits that the result does not have: what each is, and its address."""
        found = map(parse_pick, self.export.selection.missing)
        return [(f"{pick.unit} {pick.number}", _pick_address(pick.unit, pick.number)) for pick in found]


def read_export_form(parameters: Parameters) -> ExportForm:
    """Reads the options of an address or of the sent form; never fails."""
    errors: list[str] = []

    def read(value: Callable[[], _Value], default: _Value) -> _Value:
        try:
            return value()
        except SearchError as error:
            errors.append(str(error))
            return default

    name = read_last(parameters, "format") or next(iter(FORMATS))
    if name not in FORMATS:
        errors.append(unknown_format(name))
        name = next(iter(FORMATS))
    unit: RowUnit = read(lambda: read_unit(read_last(parameters, "rows")), "section")
    options = ExportOptions(
        unit=unit,
        fields=read(lambda: read_fields(_field_names(parameters, unit), unit), ()),
        text=read(lambda: read_text(read_last(parameters, "text")), "full"),
        first=read(lambda: read_first(read_last(parameters, "first")), 0),
        picked=read(lambda: read_picked(read_all(parameters, "pick")), ()),
        contents=_without_default(read_contents(read_all(parameters, "contents"))),
        captures=read(lambda: read_captures(read_last(parameters, "captures")), False),
    )
    read(lambda: FORMATS[name].check_options(options), None)
    is_nothing_picked = bool(parameters.getlist("pick")) and not read_all(parameters, "pick")
    options = _move(options, parameters)
    aside = _read_aside(parameters, unit) if options.fields else _DEFAULT
    return ExportForm(name, options, tuple(errors), is_nothing_picked, aside)


def is_sent_form(parameters: Parameters) -> bool:
    """Whether parameters come from a form, so that another address says the same."""
    return any(read_last(parameters, name) for name in _FORM_PARAMETERS) or len(read_all(parameters, "pick")) > 1


def look_ahead(form: ExportForm, question: Question, *, site_url: str, now: datetime) -> Outcome:
    """Searches for what the file will have, and measures some of it. Raises QueryError and EngineError."""
    export = make_export(form.format, question, form.options, site_url=site_url, now=now)
    has_long = form.format.long_cells and form.options.text == "full" and "text" in form.options.chosen_fields
    long_cells = count_long_cells(export) if has_long else 0
    size = estimate_size(export)
    return Outcome(export, size.size_bytes, size.is_exact, long_cells or 0, may_have_long=long_cells is None)


def _field_names(parameters: Parameters, unit: RowUnit) -> list[str]:
    """Returns the fields that were asked for. Where the form showed those of other rows, these may lack some."""
    if read_last(parameters, "reset"):
        return []
    names = list(split_names(read_all(parameters, "fields")))
    boxes = read_last(parameters, "boxes")
    if boxes not in ROW_UNITS or boxes == unit:
        return names
    if tuple(names) == DEFAULT_FIELDS[read_unit(boxes)]:
        return []
    names = [name for name in names if name in _fields_of(unit)]
    place, lacked = 0, _fields_of(unit) - _fields_of(read_unit(boxes))
    aside = split_names(read_all(parameters, "aside"))
    for name in DEFAULT_FIELDS[unit] if aside == _DEFAULT else aside:
        if name in names:
            place = names.index(name) + 1
        elif name in lacked:
            names.insert(place, name)
            place += 1
    return names


def _read_aside(parameters: Parameters, unit: RowUnit) -> tuple[str, ...]:
    """Returns the fields that were chosen for rows of the other unit, or that they were the default ones.

    None if these rows have all of them.
    """
    if read_last(parameters, "reset"):
        return ()
    boxes = read_last(parameters, "boxes")
    if boxes not in ROW_UNITS or boxes == unit:
        names = split_names(read_all(parameters, "aside"))
    else:
        names = split_names(read_all(parameters, "fields"))
        names = _DEFAULT if names == DEFAULT_FIELDS[read_unit(boxes)] else names
    known = tuple(name for name in names if name in COLUMN_BY_NAME)
    return names if names == _DEFAULT else known if set(known) - _fields_of(unit) else ()


def _fields_of(unit: RowUnit) -> set[str]:
    return {column.name for column in COLUMNS if column.is_in(unit)}


def _without_default(contents: tuple[str, ...]) -> tuple[str, ...]:
    """Returns the formats of a package; none if they are the default ones."""
    return () if set(contents) == set(chosen_contents(ExportOptions(), packaged_formats())) else contents


def _move(options: ExportOptions, parameters: Parameters) -> ExportOptions:
    """Returns the options after a button of the form moved a field."""
    names = list(options.chosen_fields)
    for parameter, offset in (("up", -1), ("down", 1)):
        name = read_last(parameters, parameter)
        if name not in names:
            continue
        place = names.index(name) + offset
        if 0 <= place < len(names):
            names.remove(name)
            names.insert(place, name)
    return replace(options, fields=read_fields(names, options.unit))


def _join(path: str, searched: list[tuple[str, str]], chosen: str, options: ExportOptions) -> str:
    return f"{path}?{'&'.join(filter(None, (encode(searched), chosen, options.to_parameters())))}"


def _pick_address(unit: Unit, number: int) -> str:
    return reverse("section" if unit == "section" else "article-number", args=[number])
