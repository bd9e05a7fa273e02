"""The models as plain Python, as JSON text, and in pydantic and FastAPI."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from typing import Annotated, Any

import anyio
import httpx
import msgspec
import pydantic
import pytest
from fastapi import Body, FastAPI

from octopus_cards import MoneyAsString, OctopusCards, TopupOrder
from octopus_cards_api.models import NotificationEmail
from octopus_cards_api.runtime import decode_later
from support.paths import EXAMPLES

ORDER: dict[str, Any] = json.loads((EXAMPLES / "order.json").read_text("utf-8"), parse_float=Decimal)
COLUMNS = {
    "id", "product_id", "product_name", "country_code", "amount", "currency", "status", "created_at",
    "client_reference", "variant_name", "status_text", "transaction_id", "completed_at",
    "failure_code", "failure_reason", "is_user_fixable",
}  # fmt: skip
# The columns of an order that has not failed.
PRESENT = COLUMNS - {"failure_code", "failure_reason", "is_user_fixable"}


class Web:
    """Sends requests to an application in this process."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Return the response."""

        async def main() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
                return await client.request(method, path, **options)

        return anyio.run(main)

    def get(self, path: str) -> httpx.Response:
        """Return the response to a GET."""
        return self.send("GET", path)


def test_a_dict_has_every_column_and_no_private_field() -> None:
    required = {"id", "product_id", "product_name", "country_code", "amount", "currency", "status", "created_at"}
    short = TopupOrder.from_dict({name: value for name, value in ORDER.items() if name in required} | {"fee": 1})
    assert short.to_dict().keys() == COLUMNS
    assert short.to_dict(private=True).keys() == COLUMNS | {"input_data"}
    assert short.to_dict()["transaction_id"] is None
    order = TopupOrder.from_dict(ORDER).to_dict(private=True)
    assert order["amount"] == Decimal("4.7405")
    assert order["created_at"] == datetime.datetime(2026, 5, 19, 14, 30, tzinfo=datetime.UTC)
    assert order["input_data"] == ORDER["input_data"]
    assert type(order["input_data"]) is dict


@pytest.mark.parametrize("digits", ["4.7405", "4.7400", "200", "0.1", "12345678901234567890.123456789", "1E+3"])
def test_json_is_exact_and_reads_back(digits: str) -> None:
    order = TopupOrder.from_dict(ORDER | {"amount": Decimal(digits), "fee": Decimal("0.10")})
    text = order.to_json(private=True)
    assert f'"amount":{digits}' in text
    assert TopupOrder.from_dict(json.loads(text, parse_float=Decimal)) == order
    public = json.loads(order.to_json())
    assert "input_data" not in public
    assert "fee" not in public
    assert public["created_at"] == "2026-05-19T14:30:00Z"
    assert "5123456789" not in order.to_json()
    assert NotificationEmail(email="jo@example.com").to_json() == "{}"


def test_a_model_reads_and_writes_as_a_pydantic_field() -> None:
    class Sale(pydantic.BaseModel):
        order: TopupOrder
        others: list[TopupOrder] = []

    order = TopupOrder.from_dict(ORDER)
    wire = json.loads(order.to_json())
    assert Sale(order=order).order is order
    assert Sale.model_validate({"order": ORDER, "others": [ORDER]}).others == [order]
    assert Sale.model_validate_json(json.dumps({"order": json.loads(order.to_json(private=True))})).order == order
    assert json.loads(Sale(order=order).model_dump_json()) == {"order": wire, "others": []}
    assert Sale(order=order).model_dump()["order"] == order.to_dict()
    with pytest.raises(pydantic.ValidationError, match=r"TopupOrder\.amount: a number expected, got str"):
        Sale.model_validate({"order": ORDER | {"amount": "secret"}})
    schema = Sale.model_json_schema()
    assert schema["properties"]["order"]["properties"].keys() == COLUMNS
    assert schema["properties"]["order"]["properties"]["amount"] == {"type": "number"}


@pytest.mark.parametrize(
    ("digits", "number", "text"),
    [
        ("4.7405", "4.7405", '"4.7405"'),
        ("200", "200", '"200"'),
        ("0.1", "0.1", '"0.1"'),
        # A double would lose digits, so it is text.
        ("12345678901234567890.123456789", '"12345678901234567890.123456789"', '"12345678901234567890.123456789"'),
    ],
)
def test_fastapi_takes_the_models_as_they_are(digits: str, number: str, text: str) -> None:
    app = FastAPI()
    order = TopupOrder.from_dict(ORDER | {"amount": Decimal(digits)})

    @app.get("/order", response_model=TopupOrder)
    def by_model() -> TopupOrder:
        return order

    @app.get("/orders")
    def by_annotation() -> list[TopupOrder]:
        return [order]

    @app.get("/text")
    def as_text() -> Annotated[TopupOrder, MoneyAsString()]:
        return order

    @app.post("/echo")
    def echo(given: Annotated[TopupOrder, Body()]) -> TopupOrder:
        return given

    web = Web(app)
    for path in ("/order", "/orders"):
        assert f'"amount":{number},' in web.get(path).text
    assert f'"amount":{text},' in web.get("/text").text
    shown = web.get("/order").json()
    assert shown.keys() == PRESENT
    assert "input_data" not in web.get("/orders").json()[0]
    echoed = web.send("POST", "/echo", content=order.to_json(), headers={"Content-Type": "application/json"})
    assert echoed.status_code == 200
    refused = web.send("POST", "/echo", json=ORDER | {"amount": "secret"})
    assert refused.status_code == 422
    document = web.get("/openapi.json").json()
    schema = document["paths"]["/order"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert schema["properties"]["created_at"] == {"type": "string", "format": "date-time"}
    texts = document["paths"]["/text"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert texts["properties"]["amount"] == {"type": "string"}


def test_msgspec_reads_the_annotations_of_a_class_once() -> None:
    """`decode_later` relies on it: annotations that change later change nothing."""

    class Sample(msgspec.Struct):
        amount: Decimal

    Sample.__annotations__["amount"] = Any
    msgspec.json.Decoder(Sample)
    Sample.__annotations__["amount"] = Decimal
    assert msgspec.json.decode(b'{"amount": "x"}', type=Sample).amount == "x"
    assert callable(decode_later)


def test_a_request_body_carries_a_decimal_exactly() -> None:
    sent: list[bytes] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request.content)
        return httpx.Response(200, json={})

    with OctopusCards("t", transport=httpx.MockTransport(answer)) as client:
        body = {"amount": Decimal("4.7400"), "count": 3, "items": [Decimal("0.10")], "note": "é"}
        client.request("POST", "/api/v1/x", json=body)
        for bad in (0.1, {"a": 0.1}, [object()], {1: 2}, Decimal("NaN")):
            with pytest.raises(TypeError, match="json must"):
                client.request("POST", "/api/v1/x", json=bad)
    assert sent == ['{"amount":4.7400,"count":3,"items":[0.10],"note":"é"}'.encode()]
