"""Trigrams of titles and names: FTS5 tables on SQLite, GIN indexes of pg_trgm on PostgreSQL."""

from django.contrib.postgres.operations import TrigramExtension
from django.db import Error, migrations, transaction

from catalog.search import postgres, sqlite_index

REFUSED = (
    "The search needs PostgreSQL's extension pg_trgm, and this database would not make it ({error}). "
    "Let its owner run CREATE EXTENSION pg_trgm; in this database (Debian and Ubuntu have it in the "
    "package postgresql-contrib), then migrate again."
)


class Trigrams(TrigramExtension):
    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        try:
            with transaction.atomic(using=schema_editor.connection.alias):
                super().database_forwards(app_label, schema_editor, from_state, to_state)
        except Error as error:
            raise RuntimeError(REFUSED.format(error=str(error).strip())) from error

    # Another application of this database may live on it.
    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        pass


def make(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        sqlite_index.keep_index(schema_editor.connection)
    elif schema_editor.connection.vendor == "postgresql":
        postgres.make_index(schema_editor)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        sqlite_index.drop_index(schema_editor.connection)
    elif schema_editor.connection.vendor == "postgresql":
        postgres.drop_index(schema_editor)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0004_people_tags_likes_and_moderation")]
    operations = [Trigrams(), migrations.RunPython(make, drop)]
