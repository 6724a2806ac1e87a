"""What the archive asks of search: registered functions, and pages by name."""

import pytest
from django.urls import resolve, reverse

from archive import search_port
from archive.search_port import ARTICLE_PAGE, SEARCH_PAGE, SECTION_PAGE


@pytest.mark.parametrize(("name", "args"), [(SEARCH_PAGE, []), (ARTICLE_PAGE, [7, "fire"]), (SECTION_PAGE, [7])])
def test_search_has_every_page_that_the_archive_links_to(name: str, args: list[object]) -> None:
    page = resolve(reverse(name, args=args))
    assert page.url_name == name
    assert page.func.__module__.startswith("search.")


def test_project_without_search_names_the_missing_app(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_port, "_registered", [])
    with pytest.raises(LookupError, match="INSTALLED_APPS"):
        search_port.get_search_port()
