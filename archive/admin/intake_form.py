"""The form in which curators hand in documents, with the options of `manage.py ingest`."""

import io
from typing import Any, BinaryIO

from django import forms
from django.conf import settings
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from ..errors import ArchiveError
from ..ingest import OPTIONS, Given, IntakeError
from ..uploads import clean_name

# No address, source, zone or time is longer; a pasted text is bounded by DATA_UPLOAD_MAX_MEMORY_SIZE.
_LONGEST_OPTION = 2000


class _FilesInput(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Any]:
        return files.getlist(name)


class _FilesField(forms.FileField):
    """Any number of files; what they hold is for the readers to say, that they hold nothing too."""

    widget = _FilesInput

    def clean(self, data: list[UploadedFile], initial: Any = None) -> list[UploadedFile]:
        return [super(_FilesField, self).clean(file, initial) for file in data]


class IntakeForm(forms.Form):
    """Files, or one text as pasted, and what is said with them: `given`, `said` as written, and `documents`."""

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
        mebibytes = settings.UPLOAD_BYTES // 1024 // 1024
        self.fields["file"].help_text = (
            f"Saved pages, agency files, feeds, web archives, zips: {settings.DATA_UPLOAD_MAX_NUMBER_FILES} files and "
            f"{mebibytes:,} MiB at most. Ingest larger files on the server with manage.py ingest."
        )
        for option in OPTIONS:
            self.fields[option.name] = forms.CharField(
                label=option.label,
                required=False,
                max_length=_LONGEST_OPTION,
                widget=AdminTextInputWidget(attrs={"class": "vTextField", "autocomplete": "off"}),
                help_text=f"{option.meaning[0].upper()}{option.meaning[1:]}. Example: {option.example}.",
            )
        self.given = Given()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        said: dict[str, Any] = {}
        for option in OPTIONS:
            if text := cleaned.get(option.name):
                try:
                    said[option.name] = option.parse(text)
                except (ArchiveError, ValueError) as error:
                    self.add_error(option.name, str(error))
        self.given = Given(**said)
        documents = len(cleaned.get("file", ())) + bool(cleaned.get("text", "").strip())
        if "file" in cleaned and not documents:
            self.add_error("file", "Choose a file, or paste a text below.")
        try:
            self.given.check(single=documents <= 1)
        except IntakeError as error:
            self.add_error(error.option, str(error))
        return cleaned

    @property
    def said(self) -> dict[str, str]:
        """What was said, as it was written."""
        return {option.name: self.cleaned_data[option.name] for option in OPTIONS if self.cleaned_data[option.name]}

    @property
    def documents(self) -> list[tuple[str, BinaryIO]]:
        """The name of each document, and its bytes."""
        found = [(clean_name(file.name), file.file) for file in self.cleaned_data["file"]]
        if self.cleaned_data["text"].strip():
            # Two texts pasted are not two states of one file, so no two have one name.
            name = f"text pasted {timezone.now():%Y-%m-%d %H:%M:%S.%f} UTC"
            found.append((name, io.BytesIO(self.cleaned_data["text"].encode(errors="replace"))))
        return found

    def focus_on_error(self) -> None:
        """Has the browser begin at the first field that is wrong."""
        for name in self.errors:
            if name in self.fields:
                self.fields[name].widget.attrs["autofocus"] = True
                return


def given_of(said: dict[str, str]) -> Given:
    """Returns what was said, of texts that the form has let pass."""
    return Given(**{option.name: option.parse(said[option.name]) for option in OPTIONS if option.name in said})
