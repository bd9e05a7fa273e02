# Made by `nox -s generate` (openapi-python-client 0.29.1) from spec/openapi.yaml.
# Sealed: edit the contract, never this file.
from __future__ import annotations

from typing import ClassVar

from ..runtime import OpenObject as _OpenObject


class NewTopupOrderInputData(_OpenObject):
    """Recipient data, with exactly the keys that `input_fields` of the product names. The server rejects other
    keys and missing required ones.

    """

    __slots__ = ()
    _is_private_: ClassVar[bool] = True
