"""The generated client: what our template makes good, and the generator's faults that the facade hides.

Each fault is pinned: when upstream mends one, its test fails, and the work-around can go.
"""

from __future__ import annotations

import asyncio
import copy
import datetime
import json
import pickle
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path
from typing import Any

import httpx
import pytest

from octopus_cards_api import AuthenticatedClient
from octopus_cards_api.api.topup_orders import get_topup_order, list_topup_orders
from octopus_cards_api.models import ErrorEnvelope, NotificationEmail, TopupOrder, TopupOrderInputData, TopupStatus
from octopus_cards_api.types import UNSET, Unset
from support.paths import EXAMPLES

GENERATED = Path(list_topup_orders.__file__ or "").parents[2]
ORDER: dict[str, Any] = json.loads((EXAMPLES / "order.json").read_text("utf-8"), parse_float=Decimal)


def stock_client(handle: Any, **options: Any) -> AuthenticatedClient:
    """Return the generated client as users get it, on a transport that a test controls."""
    arguments = {"transport": httpx.MockTransport(handle)}
    return AuthenticatedClient(base_url="https://x.invalid", token="hunter2", httpx_args=arguments, **options)


def answering(status: int, **options: Any) -> AuthenticatedClient:
    return stock_client(lambda request: httpx.Response(status, **options))


class TestWhatTheTemplateMakesGood:
    def test_absent_and_null_fields_are_none(self) -> None:
        given = {k: v for k, v in ORDER.items() if k not in ("client_reference", "completed_at")}
        order = TopupOrder.from_dict(given | {"transaction_id": None})
        assert (order.client_reference, order.completed_at, order.transaction_id) == (None, None, None)
        assert not any(isinstance(getattr(order, name), Unset) for name in ORDER)

    @pytest.mark.parametrize("digits", ["4.7405", "4.7400", "200", "0.1", "12345678901234567890.123456789"])
    def test_money_has_the_digits_of_the_wire(self, digits: str) -> None:
        order = TopupOrder.from_dict(ORDER | {"amount": json.loads(digits, parse_float=Decimal)})
        assert isinstance(order.amount, Decimal)
        assert str(order.amount) == digits

    def test_money_is_a_decimal_even_where_json_made_a_float(self) -> None:
        assert TopupOrder.from_dict(ORDER | {"amount": 4.7405}).amount == Decimal("4.7405")

    def test_unknown_fields_and_statuses_arrive_intact(self) -> None:
        order = TopupOrder.from_dict(ORDER | {"status": "REFUNDED", "fee": Decimal("0.10"), "tags": ["a"]})
        assert order.status == "REFUNDED"
        assert order.additional_properties == {"fee": Decimal("0.10"), "tags": ["a"]}

    def test_the_json_comes_back_as_it_was(self) -> None:
        given = ORDER | {"fee": Decimal("0.10")}
        assert TopupOrder.from_dict(given).to_wire(private=True) == given

    def test_an_order_does_not_change(self) -> None:
        order = TopupOrder.from_dict(ORDER | {"fee": 1})
        for name in ("status", "new"):
            with pytest.raises(AttributeError):
                setattr(order, name, "x")
        with pytest.raises(TypeError):
            order.additional_properties["fee"] = 2  # type: ignore[index]
        assert order.input_data is not None
        with pytest.raises(AttributeError):
            order.input_data._items = {}
        with pytest.raises(AttributeError):
            del order.input_data._items
        with pytest.raises(TypeError):
            order.input_data["server"] = "x"  # type: ignore[index]
        nested = TopupOrder.from_dict(ORDER | {"fee": [1], "input_data": {"a": {"b": 1}}})
        assert nested.input_data is not None
        nested.input_data["a"]["b"] = 2
        nested.to_dict(private=True)["input_data"]["a"]["b"] = 2
        nested.additional_properties["fee"].append(2)
        nested.to_wire(private=True)["fee"].append(2)
        assert dict(nested.input_data) == {"a": {"b": 1}}
        assert nested.additional_properties == {"fee": [1]}

    @pytest.mark.parametrize("travel", [copy.copy, copy.deepcopy, lambda order: pickle.loads(pickle.dumps(order))])
    def test_an_order_copies_pickles_compares_and_hashes(self, travel: Any) -> None:
        order = TopupOrder.from_dict(ORDER | {"fee": 1})
        arrived = travel(order)
        assert arrived == order
        assert hash(arrived) == hash(order)
        assert arrived.additional_properties == {"fee": 1}
        assert arrived.input_data == order.input_data == ORDER["input_data"]
        assert order != TopupOrder.from_dict(ORDER | {"fee": 2})

    def test_recipients_and_unknown_values_stay_out_of_repr(self) -> None:
        order = TopupOrder.from_dict(ORDER | {"note": "hunter2"})
        shown = repr(order) + repr(order.input_data) + repr(NotificationEmail(email="jo@example.com"))
        for private in ("5123456789", "asia", "hunter2", "jo@"):
            assert private not in shown
        assert repr(order.input_data) == "TopupOrderInputData(player_id=<withheld>, server=<withheld>)"
        assert "note=<withheld>" in shown
        assert "client_reference='CAMPAIGN_DEC_24'" in shown
        assert "None" not in shown
        assert repr(NotificationEmail(email="jo@example.com")) == "NotificationEmail(email=<withheld>)"

    def test_an_open_object_is_a_mapping(self) -> None:
        data = TopupOrderInputData({"player_id": "1"})
        assert (dict(data), len(data), list(data), data["player_id"]) == ({"player_id": "1"}, 1, ["player_id"], "1")
        assert data.to_dict() == {"player_id": "1"}
        assert TopupOrderInputData() == {}

    @pytest.mark.parametrize(
        ("text", "meant"),
        [
            ("2026-05-19T14:30:00Z", "2026-05-19T14:30:00+00:00"),
            ("2026-05-19t14:30:00z", "2026-05-19T14:30:00+00:00"),
            ("2026-05-19T14:30:00.123456789Z", "2026-05-19T14:30:00.123456+00:00"),
            ("2026-05-19T20:00:00+05:30", "2026-05-19T20:00:00+05:30"),
            ("2026-05-19T14:30:00", "2026-05-19T14:30:00+00:00"),
            ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00+00:00"),
        ],
    )
    def test_moments_are_aware(self, text: str, meant: str) -> None:
        assert TopupOrder.from_dict(ORDER | {"created_at": text}).created_at.isoformat() == meant

    @pytest.mark.parametrize(
        "text", ["", "2026-05-19", "tomorrow at noon", "2026-13-19T14:30:00Z", "9999-12-31T23:59:60Z"]
    )
    def test_an_invalid_time_is_rejected(self, text: str) -> None:
        with pytest.raises(TypeError, match=r"TopupOrder\.created_at: a date and time"):
            TopupOrder.from_dict(ORDER | {"created_at": text})

    def test_moments_are_written_as_the_api_writes_them(self) -> None:
        order = TopupOrder.from_dict(ORDER)
        assert order.created_at == datetime.datetime(2026, 5, 19, 14, 30, tzinfo=datetime.UTC)
        assert order.to_wire()["created_at"] == "2026-05-19T14:30:00Z"


class TestFaultsOfTheGenerator:
    def test_the_version_is_the_one_that_the_faults_were_seen_in(self) -> None:
        header = (GENERATED / "client.py").read_text("utf-8").splitlines()[0]
        assert header == "# Made by `nox -s generate` (openapi-python-client 0.29.1) from spec/openapi.yaml."

    @pytest.mark.parametrize("status", [499, 520])
    def test_a_status_that_python_does_not_know_raises_valueerror(self, status: int) -> None:
        with pytest.raises(ValueError, match=f"{status} is not a valid HTTPStatus"):
            get_topup_order.sync_detailed(1, client=answering(status))

    def test_a_documented_error_is_returned(self) -> None:
        error = {"error": {"name": "NotFoundError", "code": "NOT_FOUND", "message": "no"}}
        assert isinstance(get_topup_order.sync(1, client=answering(404, json=error)), ErrorEnvelope)

    def test_an_undocumented_status_is_none(self) -> None:
        assert get_topup_order.sync(1, client=answering(418)) is None
        assert asyncio.run(get_topup_order.asyncio(1, client=answering(418))) is None

    def test_a_closed_enum_refuses_a_new_value(self) -> None:
        with pytest.raises(ValueError, match="'REFUNDED' is not a valid TopupStatus"):
            TopupStatus("REFUNDED")

    def test_omitted_parameters_are_unset_which_does_not_survive_a_copy(self) -> None:
        assert list_topup_orders._get_kwargs(page=UNSET)["params"] == {}
        assert copy.deepcopy(UNSET) is not UNSET
        assert pickle.loads(pickle.dumps(UNSET)) is not UNSET

    def test_the_default_timeout_is_none_at_all(self) -> None:
        # httpx itself would wait 5 seconds; the generated client hands it None.
        client = AuthenticatedClient(base_url="https://x.invalid", token="t")
        assert client.get_httpx_client().timeout == httpx.Timeout(None)

    def test_the_repr_shows_the_token(self) -> None:
        assert "hunter2" in repr(AuthenticatedClient(base_url="https://x.invalid", token="hunter2"))

    def test_an_html_error_page_raises_jsondecodeerror(self) -> None:
        with pytest.raises(json.JSONDecodeError):
            get_topup_order.sync(1, client=answering(500, text="<html>"))

    def test_an_object_is_taken_for_an_empty_list(self) -> None:
        assert list_topup_orders.sync(client=answering(200, json={})) == []

    def test_json_is_read_into_floats(self) -> None:
        seen = httpx.Response(200, text='{"amount": 4.7400}').json()
        assert isinstance(seen["amount"], float)


def test_every_generated_file_is_headed_by_the_command_that_makes_it() -> None:
    files = list(GENERATED.rglob("*.py"))
    assert len(files) > 10
    for path in files:
        assert path.read_text("utf-8").startswith("# Made by `nox -s generate` (openapi-python-client "), path


def test_the_package_is_typed_and_named() -> None:
    assert GENERATED.name == "octopus_cards_api"
    assert (GENERATED / "py.typed").is_file()
    assert version("octopus-cards")
