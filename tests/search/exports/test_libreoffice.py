"""Workbooks and CSV, as LibreOffice opens them; skipped where it is not installed."""

import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.escape import unescape
from openpyxl.worksheet.worksheet import Worksheet

from search.exports import MAX_CELL_CHARS

from .archive_of_storms import find, rows_of

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
# A run takes two seconds, and more with a new profile on a busy machine.
MAX_SECONDS = 120
# In its dialogue, the program finds the byte order mark itself.
AS_UTF_8 = "--infilter=Text - txt - csv (StarCalc):44,34,76"

pytestmark = pytest.mark.skipif(not SOFFICE, reason="LibreOffice is not installed (apt-get install libreoffice-calc)")


def open_and_save(folder: Path, files: list[Path], *options: str) -> list[Path]:
    """Lets LibreOffice open files, all in one run, and save them as workbooks."""
    saved = folder / "saved"
    command = [str(SOFFICE), f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--norestore"]
    command += [*options, "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(saved), *map(str, files)]
    # In a session of its own, since the program starts another, which would live on.
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        output, _ = process.communicate(timeout=MAX_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        pytest.fail(f"LibreOffice did not end within {MAX_SECONDS} seconds.")
    assert process.returncode == 0, output
    return [saved / f"{file.stem}.xlsx" for file in files]


def write(path: Path, unit: str) -> Path:
    export = find(path.suffix[1:], "ferry", site_url="https://archive.example", unit=unit)
    path.write_bytes(b"".join(export.write(with_mark=True)))
    return path


def text_of(value: Any) -> str:
    return unescape(str(value)).removeprefix("'") if value is not None else ""


def check(sheet: Worksheet, unit: str) -> None:
    """Compares the rows of a sheet with those of JSON Lines."""
    lines = rows_of(find("jsonl", "ferry", unit=unit))
    (head, *rows) = sheet.iter_rows()
    assert len(rows) == len(lines) > 2
    for row, line in zip(rows, lines, strict=True):
        assert "f" not in {cell.data_type for cell in row}
        cells = {name.value: cell.value for name, cell in zip(head, row, strict=True)}
        assert text_of(cells["article"]) == str(line["article"])
        for column in ("headline", "source", "byline", "text", "note"):
            if len(line[column]) <= MAX_CELL_CHARS:
                assert text_of(cells[column]) == text_of(line[column])


@pytest.mark.django_db
def test_libreoffice_opens_all_rows_and_cells(difficult: None, tmp_path: Path) -> None:
    books = [write(tmp_path / "sections.xlsx", "section"), write(tmp_path / "articles.xlsx", "article")]
    sections, articles = map(openpyxl.load_workbook, open_and_save(tmp_path, books))
    assert sections.sheetnames == ["Sections", "About"]
    check(sections.worksheets[0], "section")
    check(articles.worksheets[0], "article")
    (table,) = map(
        openpyxl.load_workbook, open_and_save(tmp_path, [write(tmp_path / "table.csv", "section")], AS_UTF_8)
    )
    check(table.worksheets[0], "section")
