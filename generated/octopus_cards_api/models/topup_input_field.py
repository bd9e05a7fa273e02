# Made by `nox -s generate` (openapi-python-client 0.29.1) from spec/openapi.yaml.
# Sealed: edit the contract, never this file.
from __future__ import annotations

from ..runtime import OpenObject as _OpenObject


class TopupInputField(_OpenObject):
    """One field of `input_data`. Its shape was not seen; every key is passed on as received."""

    __slots__ = ()
