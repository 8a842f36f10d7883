"""Every table of ours and each of its columns has a name that can be translated."""

import pytest
from django.apps import apps
from django.utils.functional import Promise

MODELS = [
    model for app in ("accounts", "catalog", "recommender") for model in apps.get_app_config(app).get_models()
]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_a_table_has_a_name_for_one_row_and_one_for_many(model):
    names = model._meta.verbose_name, model._meta.verbose_name_plural
    assert [name for name in names if not isinstance(name, Promise)] == []


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_a_column_has_a_name_that_can_be_translated(model):
    own = [field for field in model._meta.local_fields if not field.primary_key or field.is_relation]
    bare = [field.name for field in own if not isinstance(field.verbose_name, Promise)]
    assert bare in ([], ["etag"])
