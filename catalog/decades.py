from __future__ import annotations

from django.utils.translation import gettext as _


def name_of_decade(decade: int) -> str:
    return _("{decade}s").format(decade=decade)
