"""archive/formats/web/hidden_parts.py: what browsers do not show."""

import pytest

from archive.formats.markup import parse_html
from archive.formats.web.hidden_parts import hidden_elements

SHOWN = "<p>The first ferry to Lindwick left Tollen at half past seven.</p>"


def hidden_ids(body: str) -> list[str]:
    return [element.get("id") for element in hidden_elements(parse_html(f"<body>{SHOWN}{body}{SHOWN}</body>"))]


@pytest.mark.parametrize(
    "attributes",
    [
        "style='display:none'",
        "style='DISPLAY : None !important'",
        "style='color: red; display: none;'",
        "style='display:\nnone'",
        "style='display:none!important;display:block'",
        "style='/* */display:/* a */none'",
        "style='visibility: hidden'",
        "style='Visibility:COLLAPSE'",
        "style='content-visibility: hidden'",
        "hidden",
        "hidden=hidden",
        "hidden=''",
        "hidden=false",
        "popover",
        "style='position:absolute;left:-9999px'",
        "style='TOP: -10000em !important; Position: Fixed'",
        "style='text-indent:-9999px'",
        "style='position:absolute;clip:rect(0 0 0 0)'",
        "style='clip: rect(1px, 1px, 1px, 1px); position: absolute'",
        "style='position:absolute;clip-path:inset(50%)'",
        "style='font-size:0'",
        "style='font-size: 0px'",
    ],
)
@pytest.mark.parametrize("name", ["p", "div", "span", "li"])
def test_hidden_elements_are_found(attributes: str, name: str) -> None:
    assert hidden_ids(f"<{name} id=x {attributes}>Gone.</{name}>") == ["x"]


@pytest.mark.parametrize(
    "markup",
    [
        "<p id=x style='display:none;display:block'>Here.</p>",
        "<p id=x hidden style='display:block'>Here.</p>",
        "<p id=x hidden=until-found>Here.</p>",
        "<details id=x><summary>More</summary><p>Here.</p></details>",
        "<dialog id=x open><p>Here.</p></dialog>",
        "<p id=x data-style='display:none' title=hidden>Here.</p>",
        "<p id=x style='overflow:hidden;background:none'>Here.</p>",
        "<p id=x aria-hidden=true>Here.</p>",
        "<p id=x style='position:relative;left:-9999px'>Moved by a script.</p>",
        "<p id=x style='position:absolute;left:-99px'>Here.</p>",
        "<p id=x style='text-indent:-2em'>Here.</p>",
        "<p id=x style='font-size:0.9em'>Here.</p>",
        "<div id=x style='font-size:0'><p style='font-size:16px'>Here.</p></div>",
        "<p id=x style='opacity:0'>Faded in by a script.</p>",
        "<div id=x style='height:0;overflow:hidden'><p>Unfolded by a script.</p></div>",
        "<div id=x style='visibility:hidden'><p style='visibility:visible'>Here.</p></div>",
        "<div id=S:1 hidden><p>What React streams.</p></div>",
    ],
)
def test_what_is_shown_or_can_be_opened_is_not_hidden(markup: str) -> None:
    assert hidden_ids(markup) == []


@pytest.mark.parametrize("markup", ["<dialog id=x><p>Gone.</p></dialog>", "<template id=x><p>Gone.</p></template>"])
def test_closed_dialogs_and_templates_are_hidden(markup: str) -> None:
    assert hidden_ids(markup) == ["x"]


def test_only_the_outer_of_hidden_elements_is_returned() -> None:
    assert hidden_ids("<div id=x hidden><p id=y hidden>Gone.</p></div><p id=z hidden>Gone.</p>") == ["x", "z"]


def test_what_a_script_will_show_is_not_hidden() -> None:
    assert hidden_ids(f"<div id=x style='display:none'>{SHOWN * 9}</div>") == []
    # A single paragraph is no page, however long.
    assert hidden_ids(f"<p id=x hidden>{'Gone. ' * 99}</p>") == ["x"]
