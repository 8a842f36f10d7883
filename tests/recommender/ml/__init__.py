import pytest

# The inherited tests live outside test_*.py; without this their failures would not show the values.
pytest.register_assert_rewrite("tests.recommender.ml.contract")
