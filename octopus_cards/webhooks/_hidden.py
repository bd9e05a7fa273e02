"""Secrets and requests whose repr hides them, since tools that report exceptions show local variables."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field

from octopus_cards._base.credentials import hide
from octopus_cards._base.narrowing import is_iterable


class Key:
    """A shared secret as the key of signatures."""

    __slots__ = ("_secret",)

    def __init__(self, secret: object) -> None:
        secret = hide(secret)
        if not isinstance(secret, str):
            raise TypeError(f"secret must be a string or several strings, got {type(secret).__name__}")
        if not secret or secret != secret.strip() or not secret.isprintable():
            rule = "secret must be printable characters without white space around them"
            raise ValueError(f"{rule}, got {len(secret)} characters")
        self._secret = secret

    def __repr__(self) -> str:
        return "Key(<withheld>)"

    @property
    def secret(self) -> str:
        """The secret, with a repr that hides it."""
        return self._secret

    def sign(self, body: bytes) -> str:
        """Return the signature of a body: lower-case hexadecimal HMAC-SHA256."""
        return hide(hmac.digest(self._secret.encode(), body, "sha256").hex())


def hide_secrets(secret: object) -> Sequence[object]:
    """Return the secrets that an argument gives, each with a repr that hides it."""
    return tuple(hide(each) for each in (secret if is_iterable(secret) else (secret,)))


@dataclass(frozen=True, slots=True)
class Delivery:
    """A received request.

    Attributes:
        body: The body as received.
        headers: The values of each header, by its name in lower case.
    """

    body: bytes = field(repr=False)
    headers: dict[str, list[str]] = field(repr=False)

    def values(self, name: str) -> Sequence[str]:
        """Return the values of a header, without white space around them; none where it is missing."""
        return [value.strip() for value in self.headers.get(name, ())]

    def only_value(self, name: str) -> str | None:
        """Return the value of a header; None where it is missing or has several different values."""
        values = set(self.values(name)) - {""}
        return values.pop() if len(values) == 1 else None
