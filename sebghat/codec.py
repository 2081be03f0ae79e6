"""Values of our types as what JSON can hold, and back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from functools import cache, lru_cache
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")

_PLAIN = frozenset((str, int, bool, type(None)))


def to_json(value: object) -> Any:
    """A value (an item, a note, a fold, a draft) as plain dicts, lists, strings and integers."""
    kind: Any = type(value)
    if kind in _PLAIN:
        return value
    if names := _names(kind):
        return {name: to_json(getattr(value, name)) for name in names}
    if isinstance(value, tuple | frozenset):
        return [to_json(part) for part in (sorted(value) if kind is frozenset else value)]
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()


def from_json(kind: type[T], plain: Any) -> T:
    """The value that `to_json` made plain. Fields that an older version did not write take their defaults."""
    whole: Any = kind
    made: T = _maker(whole)(plain)
    return made


@cache
def _maker(kind: Any) -> Callable[[Any], Any]:
    """What makes a value of this kind from plain ones."""
    parts, origin = get_args(kind), get_origin(kind)
    if origin in (UnionType, Union):
        make = _maker(parts[0])
        return lambda plain: None if plain is None else make(plain)
    if origin in (tuple, frozenset):
        make = _maker(parts[0])  # all parts are of one kind
        return lambda plain: origin(map(make, plain))
    if isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind)
        by_name = {field.name: _maker(hints[field.name]) for field in fields(kind)}
        return lambda plain: kind(**{name: by_name[name](one) for name, one in plain.items()})
    if issubclass(kind, tuple):
        return lambda plain: kind(*plain)
    if issubclass(kind, date):
        return lru_cache(4096)(kind.fromisoformat)
    whole: Callable[[Any], Any] = kind
    return whole
