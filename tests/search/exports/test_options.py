"""search/exports/options.py: what of an export is in its address."""

import pytest
from django.http import QueryDict

from search.exports import ExportOptionError, ExportOptions


@pytest.mark.parametrize(
    ("address", "options"),
    [
        ("", ExportOptions()),
        ("contents=csv,ris&captures=1", ExportOptions(contents=("csv", "ris"), captures=True)),
        ("contents=csv&contents=ris&contents=csv", ExportOptions(contents=("csv", "ris"))),
        ("captures=0&contents=", ExportOptions()),
    ],
)
def test_contents_of_a_package_are_in_its_address(address: str, options: ExportOptions) -> None:
    assert ExportOptions.from_parameters(QueryDict(address)) == options
    assert ExportOptions.from_parameters(QueryDict(options.to_parameters())) == options


@pytest.mark.parametrize("value", ["yes", "2", "-1", "１"])
def test_another_choice_of_captures_names_those_that_exist(value: str) -> None:
    with pytest.raises(ExportOptionError, match=f"no choice of captures '{value}'. Choose one of: 1, 0."):
        ExportOptions.from_parameters(QueryDict(f"captures={value}"))
