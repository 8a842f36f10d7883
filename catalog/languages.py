"""The names of languages that films are made in, from Django's own list."""

from __future__ import annotations

from django.utils.translation import get_language_info, gettext_noop
from django.utils.translation import gettext as _

# Codes of film data sets that are no ISO 639-1, or that Django has no word for.
_OTHERS = {
    "cn": gettext_noop("Cantonese"),
    "zh": gettext_noop("Chinese"),
    "sh": gettext_noop("Serbo-Croatian"),
    "la": gettext_noop("Latin"),
    "yi": gettext_noop("Yiddish"),
    "iu": gettext_noop("Inuktitut"),
    "ku": gettext_noop("Kurdish"),
    "am": gettext_noop("Amharic"),
    "bo": gettext_noop("Tibetan"),
    "ps": gettext_noop("Pashto"),
    "wo": gettext_noop("Wolof"),
    "mi": gettext_noop("Maori"),
    "xx": gettext_noop("No language"),
}


def name_of_language(code: str) -> str:
    if code in _OTHERS:
        return _(_OTHERS[code])
    try:
        return get_language_info(code)["name_translated"]
    except KeyError:
        return code.upper()
