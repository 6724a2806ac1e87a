"""archive/formats/web/page.py: the linked data of a page, as pages write it."""

import pytest

from archive.formats.web.page import open_page
from archive.items import Hints


@pytest.mark.parametrize(
    ("script", "names"),
    [
        ('{"name": "a"}', ["a"]),
        ('[{"name": "a"}, [{"name": "b"}], 7, {"name": "c"}]', ["a", "b", "c"]),
        ('{"@graph": [{"name": "a"}, {"@graph": [{"name": "b"}]}], "name": "top"}', ["top", "a", None, "b"]),
        ('{"@graph": {"name": "a"}}', [None, "a"]),
        ('{"name": "a\nb"}', ["a\nb"]),
        ('//<![CDATA[\n{"name": "a"}\n//]]>', ["a"]),
        ('<!-- {"name": "a"} -->', ["a"]),
        ('{"name": "a",}', ["a"]),
        ('{"name": "a, ]", "b": [1,],}', ["a ]"]),
        ("not JSON", []),
        ("7", []),
        ("", []),
        ("[" * 100_000, []),
    ],
)
def test_objects_are_read_in_document_order_and_repaired_where_needed(script: str, names: list[str | None]) -> None:
    page = open_page(f'<html><script type="application/LD+json; x">{script}</script>'.encode(), Hints("a.html"))
    assert [record.get("name") for record in page.linked_data] == names


def test_scripts_of_other_types_are_no_linked_data() -> None:
    page = open_page(b'<html><script>{"name": "a"}</script><script type="text/json">{"name": "b"}</script>', Hints(""))
    assert page.linked_data == ()
