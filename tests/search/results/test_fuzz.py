"""Random queries through the whole search. `make bench ARGS="fuzz ..."` runs more of them on more text."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from django.utils import timezone

from search.engines.contract import QueryLimitError, Unit
from search.fields import PAGE_FACETS
from search.query.parsed import QueryError
from search.results.advice import advise
from search.results.answers import Answer

from ..generated import make_query

UNITS: tuple[Unit, ...] = ("section", "article")


@pytest.mark.django_db
def test_any_query_is_answered_or_refused_with_a_reason(seed: Any, ask: Callable[..., Answer]) -> None:
    chance = Random(20250603)
    outcomes = {"answered": 0, "refused": 0}
    for _ in range(400):
        q = make_query(chance)
        try:
            found = ask(q, unit=chance.choice(UNITS), facets=PAGE_FACETS)
            advise(found, now=timezone.now())
            outcomes["answered"] += 1
        except (QueryError, QueryLimitError) as error:
            assert str(error)
            outcomes["refused"] += 1
    assert min(outcomes.values()) > 50
