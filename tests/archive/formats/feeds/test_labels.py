"""archive/formats/feeds/labels.py: titles, names and categories, which feeds write as text and as markup."""

import pytest

from archive.formats.feeds.labels import label_of


@pytest.mark.parametrize(
    "text",
    [
        "Use the <title> tag well",
        "<NHK特集> 洪水の町",
        "Kim <gives in> at last",
        "Ada Quill <ada@courier.example>",
        "Use <b> well",
        "Write <b></b> around it",
        "The end </b> of it",
        "The <br> tag",
        "Is a < b > c?",
        "I <3 ferries",
        "AT&T and R&D",
    ],
)
def test_angle_brackets_and_ampersands_are_words(text: str) -> None:
    assert label_of(text) == text


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("<b>Big</b> news", "Big news"),
        ("A <em>very <strong>fine</strong></em> mess", "A very fine mess"),
        ("<p>Whole</p>", "Whole"),
        ("Read <a href='https://a.example/'>this</a>", "Read this"),
        ("One<br>Two<br />Three", "One Two Three"),
        ("AT&amp;T", "AT&T"),
        ("Q &amp;amp; A", "Q & A"),
        ("&lt;i&gt;Big&lt;/i&gt; day", "Big day"),
        ("The &lt;title&gt; tag", "The <title> tag"),
        ("<b>The &lt;title&gt; tag</b>", "The <title> tag"),
        ("<![CDATA[Ferries]]> sail", "Ferries sail"),
        ("  Two\n lines ", "Two lines"),
    ],
)
def test_markup_is_removed_and_references_are_resolved(text: str, label: str) -> None:
    assert label_of(text) == label


def test_a_title_that_the_format_calls_html_may_have_tags_without_partners() -> None:
    assert label_of("<p>One<br>Two", is_html=True) == "One Two"
    assert label_of("The <NHK特集> film", is_html=True) == "The <NHK特集> film"


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("The &lt;br&gt; tag", "The <br> tag"),
        ("Is a&lt;b and b&gt;c?", "Is a<b and b>c?"),
        ("&lt;strong&gt; is not <i>the same</i> as &lt;b&gt;", "<strong> is not the same as <b>"),
        ("&lt;i&gt;Big&lt;/i&gt; day", "Big day"),
    ],
)
def test_what_html_escapes_is_words_unless_a_pair_of_tags_was_escaped_twice(text: str, label: str) -> None:
    assert label_of(text, is_html=True) == label
