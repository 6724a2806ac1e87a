"""The HTML dossier as a file: no barrier that axe can find, no sideways scrolling, nothing that its policy blocks."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser

from archive.search_port import no_progress
from search.exports import FORMATS, ExportOptions, make_export
from search.index import sync
from search.results import Question
from tests.search.exports.reading_tools import write_difficult

from .addresses import expect_address


@pytest.mark.django_db
def test_dossier_is_read_without_barriers(
    chromium: Browser, ingest_file: Callable[..., Any], find_barriers: Any, tmp_path: Path
) -> None:
    write_difficult(tmp_path / "difficult.jsonl")
    ingest_file(tmp_path / "difficult.jsonl")
    sync.drain(no_progress)
    # Without the paragraph of 100,000 characters, in which axe would look at every line.
    question = Question(q="ferry NOT headline:lines")
    export = make_export(FORMATS["html"], question, ExportOptions(), site_url="https://a.example", now=timezone.now())
    path = tmp_path / "dossier.html"
    path.write_bytes(b"".join(export.write()))
    context = chromium.new_context(viewport={"width": 320, "height": 900})
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("request", lambda request: complaints.append(request.url))
    page.goto(path.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    # The style is there: its hash is in the policy.
    assert page.evaluate("getComputedStyle(document.querySelector('.skip')).position") == "absolute"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect_address(page, "#articles")
    assert complaints == [path.as_uri()]
    assert find_barriers(page) == []
    context.close()
