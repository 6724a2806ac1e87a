"""Numbers in addresses that no row can have: an answer 404, never an error of the server."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db

# Just past the integers of the databases, and far past those of any machine.
TOO_LARGE = (2**31, 2**63, 10**20, 10**400)


@pytest.mark.parametrize("number", TOO_LARGE, ids=["32 bits", "64 bits", "21 digits", "401 digits"])
@pytest.mark.parametrize(
    "address",
    [
        "/articles/{}/",
        "/articles/{}/captures/",
        "/articles/{}/cite/",
        "/sections/{}/",
        "/sections/1/?version={}",
        "/sitemap-{}.xml",
    ],
)
def test_numbers_beyond_the_databases_are_not_found(
    client: Client, settings: object, address: str, number: int
) -> None:
    settings.LET_ROBOTS_IN = True  # type: ignore[attr-defined]
    assert client.get(address.format(number)).status_code == 404
