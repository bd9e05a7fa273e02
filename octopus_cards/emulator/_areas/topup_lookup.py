"""The look-up of the operators of a mobile number. Source: documentation page reference/topups/lookup."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from octopus_cards._base.responses import RawResponse
from octopus_cards.emulator._areas.catalogue import Catalogue
from octopus_cards.emulator._assumptions import Assumptions
from octopus_cards.emulator._core.request_log import ReceivedRequest
from octopus_cards.emulator._core.responses import invalid, json_object, json_response
from octopus_cards.emulator._core.router import Route

# A number of another country has no operator here.
_COUNTRIES: Mapping[str, str] = MappingProxyType(
    {
        "+1": "USA",
        "+234": "NGA",
        "+254": "KEN",
        "+33": "FRA",
        "+44": "GBR",
        "+49": "DEU",
        "+52": "MEX",
        "+55": "BRA",
        "+62": "IDN",
        "+63": "PHL",
        "+880": "BGD",
        "+91": "IND",
        "+92": "PAK",
    }
)


class TopupLookup:
    """The handler of the look-up in a catalogue."""

    def __init__(self, catalogue: Catalogue, assumptions: Assumptions) -> None:
        self._catalogue = catalogue
        self._assumptions = assumptions

    def routes(self) -> Sequence[Route]:
        """Return the operation of this area."""
        return (Route(method="POST", path="/api/v1/topups/lookup", handler=self._look_up),)

    def _look_up(self, request: ReceivedRequest) -> RawResponse:
        number = json_object(request).get("mobile_number")
        if number in (None, ""):
            raise invalid("mobile_number is required")
        if not isinstance(number, str) or not re.fullmatch(r"\+[1-9][0-9]{4,14}", number):
            raise invalid("Invalid mobile_number")
        return json_response(self._assumptions.success_status, self._operators(number))

    def _operators(self, number: str) -> list[dict[str, Any]]:
        """Return the mobile products of the number's country; the first one counts as identified."""
        country = next((code for prefix, code in _COUNTRIES.items() if number.startswith(prefix)), None)
        if country is None:
            return []
        found = self._catalogue.select("MOBILE", country=country)
        return [
            {
                "product_id": product.id,
                "name": product.name,
                "country_code": product.country_code,
                "identified": product is found[0],
            }
            for product in found
        ]
