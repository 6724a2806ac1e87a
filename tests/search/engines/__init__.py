import pytest

# So that a failure in the contract suite shows its values, as one in a module of tests does.
pytest.register_assert_rewrite("tests.search.engines.contract")
