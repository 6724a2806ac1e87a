"""Tags with many attributes, which libxml2 takes quadratic time for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.formats.long_tags import MAX_TAG_ATTRIBUTES, shorten_tags
from archive.formats.markup import parse_html
from tests.archive.formats import reading

MANY = 3 * MAX_TAG_ATTRIBUTES
NOTE = f"a tag with more than {MAX_TAG_ATTRIBUTES} attributes, of which the further ones were left out"
TEXT = "".join(f"<p>The harbour of Marbeck is closed on day {day}, the port office said.</p>" for day in range(5))

# Ways to write so many attributes.
ATTRIBUTES = {
    "names": " ".join(f"a{n}" for n in range(MANY)),
    "unquoted": " ".join(f"a{n}=1" for n in range(MANY)),
    "quoted": " ".join(f'a{n}="x > y"' for n in range(MANY)),
    "single quotes": " ".join(f"a{n}='<b>'" for n in range(MANY)),
    "without blanks": "".join(f"a{n}='1'" for n in range(MANY)),
    "slashes": "/".join(f"a{n}" for n in range(MANY)),
    "lines": "\n".join(f"a{n} =\n1" for n in range(MANY)),
    "empty values": " ".join(f"a{n}=" for n in range(MANY)),
    "equals": " ".join(f"=a{n}" for n in range(MANY)),
}


def count(page: str) -> int:
    """Returns the most attributes of an element, as the parser sees them."""
    return max(len(element.attrib) for element in parse_html(page).iter())


@pytest.mark.parametrize("attributes", ATTRIBUTES.values(), ids=ATTRIBUTES)
def test_further_attributes_are_left_out_and_the_rest_is_read(attributes: str) -> None:
    page = f"<html><h1>Harbour closed</h1>\n<div {attributes}>{TEXT}</div></html>"
    shortened, note = shorten_tags(page.encode())
    assert note == f"line 2: {NOTE}"
    assert shortened.endswith(f">{TEXT}</div></html>".encode())
    assert 0 < count(page) <= MAX_TAG_ATTRIBUTES
    item = reading.read_article(page, "a.html")
    assert f"line 2: {NOTE}" in item.problems
    assert item.raw == page.encode()
    assert len(item.sections[0].paragraphs) == 5


@pytest.mark.parametrize(
    "page",
    [
        "<p>" + "a < b " * MANY,
        "<script>if (a<b && " + "c d " * MANY + ")</script><p>x</p>",
        "<style><a " + "b " * MANY + "></style><p>x</p>",
        "<TITLE><a " + "b " * MANY + "></TITLE><p>x</p>",
        "<!-- <a " + "b " * MANY + "> - -- --><p>x</p>",
        "<p " + " ".join(f"a{n}='{'x ' * 100}'" for n in range(MAX_TAG_ATTRIBUTES)) + ">x</p>",
        "<p a='" + "b " * MANY + "'>x</p>",
        "< p " + "b " * MANY + ">x",
        "<p>x</p " + "b " * MANY + ">",
        "",
        "<",
        "<p a='",
        "<!-",
    ],
)
def test_pages_without_such_a_tag_are_unchanged(page: str) -> None:
    assert shorten_tags(page.encode()) == (page.encode(), "")


def test_several_such_tags_are_counted() -> None:
    tag = f"<p {ATTRIBUTES['names']}>x</p>\n"
    shortened, note = shorten_tags((tag * 3 + "<p b>y</p>").encode())
    assert note == f"line 1, and 2 more such tags: {NOTE}"
    assert shortened.count(b">x</p>\n") == 3
    assert shortened.endswith(b"<p b>y</p>")


@given(
    st.lists(st.sampled_from(["<", ">", "a", " ", "=", '"', "'", "/", "!--", "-->", "script", "x y "]), max_size=60)
)
def test_any_markup_keeps_its_bytes_unless_something_is_left_out(parts: list[str]) -> None:
    data = "".join(parts).encode()
    assert shorten_tags(data) == (data, "")


@given(
    st.lists(
        st.sampled_from(["<p>", "</p>", "words ", "<b c='d'>", "<!-- e -->", "<script>f<g</script>"]), max_size=9
    ),
    st.sampled_from(list(ATTRIBUTES.values())),
)
def test_what_surrounds_a_long_tag_is_kept(parts: list[str], attributes: str) -> None:
    before, after = "".join(parts), "".join(reversed(parts))
    shortened, note = shorten_tags(f"{before}<i {attributes}>{after}".encode())
    assert shortened.startswith(before.encode())
    assert shortened.endswith(f">{after}".encode())
    assert note
