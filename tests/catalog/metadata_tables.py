"""Tables of films as files, and the command that reads them."""

import csv
import io

from django.core.management import call_command


def written(folder, rows, name="movies_metadata.csv"):
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    path = folder / name
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


def load(path, **options):
    said = io.StringIO()
    call_command("load_metadata", str(path), stdout=said, stderr=io.StringIO(), **options)
    return said.getvalue()
