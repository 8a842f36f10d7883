"""Frozen dataclasses back from the plain values that JSON keeps of them."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints


def from_plain(kind: Any, value: Any) -> Any:
    """`value` as an instance of `kind`: `from_plain(type(x), asdict(x)) == x`, through JSON too.

    Knows dataclasses of dataclasses, dict[str, X], tuple[X, ...], tuple[X, Y], X | None and plain values.
    Raises TypeError for a missing or an unknown field, or for a value that is not a mapping where a
    dataclass or a dict is wanted.
    """
    origin, inner = get_origin(kind), get_args(kind)
    if is_dataclass(kind):
        return _from_fields(kind, value)
    if origin in {Union, UnionType}:
        present = [option for option in inner if option is not NoneType]
        return None if value is None else from_plain(present[0], value)
    if origin is dict:
        return {key: from_plain(inner[1], entry) for key, entry in _mapping(kind, value).items()}
    if origin is tuple:
        kinds = [inner[0]] * len(value) if inner[-1] is ... else inner
        return tuple(from_plain(one, entry) for one, entry in zip(kinds, value, strict=True))
    return value


def _from_fields(kind: Any, value: Any) -> Any:
    hints = get_type_hints(kind)
    given = _mapping(kind, value)
    wanted = {field.name for field in fields(kind)}
    if given.keys() != wanted:
        differing = ", ".join(sorted(given.keys() ^ wanted))
        raise TypeError(f"{kind.__name__} was stored with other fields: {differing}.")
    return kind(**{name: from_plain(hints[name], entry) for name, entry in given.items()})


def _mapping(kind: Any, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError(f"{kind} was stored as {type(value).__name__}.")
    return value
