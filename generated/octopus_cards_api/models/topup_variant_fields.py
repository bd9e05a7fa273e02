# Made by `nox -s generate` (openapi-python-client 0.29.1) from spec/openapi.yaml.
# Sealed: edit the contract, never this file.
from __future__ import annotations

from ..runtime import OpenObject as _OpenObject


class TopupVariantFields(_OpenObject):
    """Free metadata, e.g. `par_value` or `delivery_time`."""

    __slots__ = ()
