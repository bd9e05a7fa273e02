# Made by `nox -s generate` (openapi-python-client 0.29.1) from spec/openapi.yaml.
# Sealed: edit the contract, never this file.
from __future__ import annotations

from typing import ClassVar

from ..runtime import OpenObject as _OpenObject


class TopupOrderInputData(_OpenObject):
    """Recipient data as supplied when the order was created; the product determines the field names. The
    documentation shows it in the sample of a single order, but not in the samples of the list.

    """

    __slots__ = ()
    _is_private_: ClassVar[bool] = True
