# Made by `nox -s generate` (openapi-python-client 0.29.1) from spec/openapi.yaml.
# Sealed: edit the contract, never this file.
from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from types import MappingProxyType
from typing import Any, NoReturn, Self


class _Withheld:
    """Stands for a value that no text may show."""

    def __repr__(self) -> str:
        return "<withheld>"


class TopupOrderInputData(Mapping[str, Any]):
    """The recipient as it was sent when the order was created, by the product's own field names. In
    the documentation's sample of one order, not in those of the list.

    """

    __slots__ = ("_items",)
    _items: dict[str, Any]

    def __init__(self, items: Mapping[str, Any] = MappingProxyType({})) -> None:
        object.__setattr__(self, "_items", dict(items))

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} does not change")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} does not change")

    def __getitem__(self, key: str) -> Any:
        return deepcopy(self._items[key])

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._items,)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{key}={_Withheld()!r}' for key in self._items)})"

    def to_dict(self) -> dict[str, Any]:
        """The JSON object."""
        return deepcopy(self._items)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """From a decoded JSON object.

        Raises:
            TypeError: It is none.
        """
        if not isinstance(src_dict, Mapping):
            raise TypeError(
                f"{cls.__name__}: an object expected, got {type(src_dict).__name__}"
            )
        return cls(src_dict)
