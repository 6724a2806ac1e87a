"""The engine on OpenSearch against the contract suite. What its `features` leave out is skipped by name."""

from pathlib import Path

import pytest

from search.engines.contract import Engine

from ..contract import EngineContract
from .conftest import MakeEngine


class TestOpenSearchEngine(EngineContract):
    @pytest.fixture(autouse=True)
    def _engines(self, make_engine: MakeEngine) -> None:
        self._make = make_engine

    def make(self, folder: Path) -> Engine:
        return self._make(folder.name)
