"""The form with which curators add documents: files or a pasted text, and the options of `manage.py ingest`."""

import io
import json
from typing import Any, BinaryIO

from django import forms
from django.conf import settings
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from ..ingest import OPTIONS, IntakeError, IntakeOptions, Option
from ..uploads import clean_name

# An option of more characters takes a field of several lines. DATA_UPLOAD_MAX_MEMORY_SIZE limits the pasted text.
_MAX_LINE_CHARS = 2000


class _FilesInput(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Any]:
        return files.getlist(name)


class _FilesField(forms.FileField):
    """Any number of files. The readers decide about their content, even about an empty file."""

    widget = _FilesInput

    def clean(self, data: list[UploadedFile], initial: Any = None) -> list[UploadedFile]:
        return [super(_FilesField, self).clean(file, initial) for file in data]


def _field_of(option: Option) -> forms.Field:
    """Returns the field of an option, with its words."""
    about = f"{option.meaning[0].upper()}{option.meaning[1:]}."
    if option.choices:
        return forms.ChoiceField(
            label=option.label,
            required=False,
            choices=[("", "Recognised by content"), *option.choices],
            help_text=about,
        )
    is_long = option.max_chars > _MAX_LINE_CHARS
    return forms.CharField(
        label=option.label,
        required=False,
        max_length=option.max_chars,
        widget=AdminTextareaWidget(attrs={"rows": 3})
        if is_long
        else AdminTextInputWidget(attrs={"class": "vTextField", "autocomplete": "off"}),
        help_text=f"{about} Example: {option.example}.",
    )


class OptionsForm(forms.Form):
    """The options alone, as `options`, and as they were entered (`option_texts`): for another attempt."""

    def __init__(self, *args: Any, single: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._single = single
        for option in OPTIONS:
            self.fields[option.name] = _field_of(option)
        self.options = IntakeOptions()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.options = _read_options(self, cleaned, single=self._single)
        return cleaned

    @property
    def option_texts(self) -> dict[str, str]:
        """The options as they were entered, by name, without empty texts."""
        return {option.name: text for option in OPTIONS if (text := self.cleaned_data[option.name])}


def _read_options(form: forms.Form, cleaned: dict[str, Any], *, single: bool) -> IntakeOptions:
    """Returns the options in the fields of a form; reports those that are wrong at their fields."""
    values: dict[str, Any] = {}
    for option in OPTIONS:
        if text := cleaned.get(option.name):
            try:
                values[option.name] = option.read(text)
            except IntakeError as error:
                form.add_error(option.name, str(error))
    options = IntakeOptions(**values)
    try:
        options.check(single=single)
    except IntakeError as error:
        form.add_error(error.option, str(error))
    return options


class IntakeForm(forms.Form):
    """Files or one pasted text (`documents`), and `options`, which are also kept as entered (`option_texts`)."""

    file = _FilesField(label="Files", required=False, allow_empty_file=True)
    text = forms.CharField(
        label="Or paste a text",
        required=False,
        strip=False,
        widget=AdminTextareaWidget(attrs={"rows": 6}),
        help_text="An article as plain text: the headline on the first line, then one paragraph per line.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        max_mebibytes = settings.UPLOAD_BYTES // 1024 // 1024
        self.fields["file"].help_text = (
            f"Saved pages, agency files, feeds, web archives, zips: {settings.DATA_UPLOAD_MAX_NUMBER_FILES} files and "
            f"{max_mebibytes:,} MiB at most. Ingest larger files on the server with manage.py ingest."
        )
        for option in OPTIONS:
            self.fields[option.name] = _field_of(option)
        self.options = IntakeOptions()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        sent = len(self.sizes_bytes) if self.token else len(cleaned.get("file", ()))
        document_count = sent + bool(cleaned.get("text", "").strip())
        if "file" in cleaned and not document_count:
            self.add_error("file", "Choose a file, or paste a text below.")
        if self.token and document_count > sent:
            self.add_error("text", "The files have arrived without this text. Send it by itself.")
        self.options = _read_options(self, cleaned, single=document_count <= 1)
        return cleaned

    @property
    def token(self) -> str:
        """The token of an upload whose files have come already, in many requests; empty if they are in this one."""
        return str(self.data.get("token", "")) if self.is_bound else ""

    @property
    def sizes_bytes(self) -> list[int]:
        """How many bytes each file of that upload has; none where the list cannot be read."""
        try:
            sizes = json.loads(self.data.get("sizes", ""))
        except (ValueError, RecursionError):
            return []
        is_list = isinstance(sizes, list) and all(isinstance(size, int) for size in sizes)
        return sizes if is_list else []

    @property
    def option_texts(self) -> dict[str, str]:
        """The options as they were entered, by name, without empty texts."""
        return {option.name: text for option in OPTIONS if (text := self.cleaned_data[option.name])}

    @property
    def documents(self) -> list[tuple[str, BinaryIO]]:
        """The name of each document, and its bytes."""
        documents = [(clean_name(file.name), file.file) for file in self.cleaned_data["file"]]
        if self.cleaned_data["text"].strip():
            # A name of its own: two pasted texts are two documents, not two states of one file.
            name = f"text pasted {timezone.now():%Y-%m-%d %H:%M:%S.%f} UTC"
            documents.append((name, io.BytesIO(self.cleaned_data["text"].encode(errors="replace"))))
        return documents

    def focus_on_error(self) -> None:
        """Gives the focus to the first field with an error."""
        for name in self.errors:
            if name in self.fields:
                self.fields[name].widget.attrs["autofocus"] = True
                return
