"""Arguments are sent as the plain values that they are, whatever their class makes of them."""

from __future__ import annotations

import datetime
import enum
import http
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import httpx
import pytest

import octopus_cards as oc
from octopus_cards._base.config import resolve_base_url, resolve_environment
from octopus_cards._base.credentials import ApiKey, check_token, resolve_credentials
from octopus_cards._engine.validation import check_since, check_value
from octopus_cards_api.operation import Rule
from support.client_modes import ClientMode

ORDER = {
    "id": 7, "product_id": 1, "product_name": "P", "country_code": "IND", "amount": 1, "currency": "USD",
    "status": "DELIVERED", "created_at": "2026-05-19T14:30:00Z", "client_reference": "KEY-1",
}  # fmt: skip


class Text(str):  # noqa: SLOT000
    """A string that lies about itself wherever a subclass can."""

    def __str__(self) -> str:
        return "LIE"

    def __repr__(self) -> str:
        return "LIE"

    def __format__(self, spec: str) -> str:
        return "LIE"

    def __eq__(self, other: object) -> bool:
        return False

    def __ne__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 1

    def __len__(self) -> int:
        return 0

    def __iter__(self) -> Iterator[str]:
        return iter("LIE\n")

    def upper(self) -> str:
        return "LIE"

    lower = upper

    def strip(self, *arguments: Any) -> str:
        return "LIE"

    def startswith(self, *arguments: Any) -> bool:
        return False

    def isprintable(self) -> bool:
        return False


class Integer(int):
    """An integer that lies about itself."""

    def __str__(self) -> str:
        return "666"

    __repr__ = __str__

    def __format__(self, spec: str) -> str:
        return "666"

    def __int__(self) -> int:
        return 666

    __index__ = __int__

    def __eq__(self, other: object) -> bool:
        return False

    def __ne__(self, other: object) -> bool:
        return True

    def __lt__(self, other: object) -> bool:
        return True

    __gt__ = __lt__

    def __le__(self, other: object) -> bool:
        return False

    __ge__ = __le__
    __hash__ = int.__hash__


class Number(Decimal):
    """A Decimal that lies about itself."""

    def __format__(self, *arguments: Any) -> str:
        return "666"

    def __str__(self, *arguments: Any) -> str:
        return "666"

    def is_finite(self) -> bool:
        return False


class Real(float):
    """A float that lies about itself."""

    def __float__(self) -> float:
        return 666.0

    def __repr__(self) -> str:
        return "666"


class Names(str, enum.Enum):  # noqa: UP042 - a StrEnum behaves in another way
    """Members that Python formats by their name or by their value, depending on its version."""

    KEY = "KEY-1"
    PENDING = "PENDING"
    PATH = "/api/v1/wallets"
    SANDBOX = "sandbox"


class Ids(int, enum.Enum):
    """Members that are integers."""

    SEVEN = 7


class Index:
    """An integer of another library, such as those of numpy."""

    def __init__(self, value: int) -> None:
        self.value = value

    def __index__(self) -> int:
        return self.value


class Recorder:
    """A transport that records requests and answers with one order."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.bodies: list[bytes] = []
        self.tokens: set[str] = set()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(f"{request.method} {request.url.raw_path.decode()}")
        self.bodies.append(request.content)
        self.tokens.add(request.headers["authorization"])
        if request.method == "PATCH":
            return httpx.Response(200, json={"success": True, "message": ""})
        is_list = request.url.path.endswith("/orders")
        row = ORDER | {name: value for name, value in request.url.params.items() if name == "status"}
        return httpx.Response(200, json=[row] if is_list else row, headers={"x-has-more": "false"})

    def client(self, mode: ClientMode, **options: Any) -> Any:
        """Return a client of a mode that uses this transport."""
        return mode.client(**{"token": "token-1", "attempts": 1} | options, transport=httpx.MockTransport(self))


CALLS: list[tuple[str, tuple[Any, ...], dict[str, Any], str]] = [
    ("get", (Integer(7),), {}, "GET /api/v1/topups/orders/7"),
    ("get", (Ids.SEVEN,), {}, "GET /api/v1/topups/orders/7"),
    ("get", (Index(7),), {}, "GET /api/v1/topups/orders/7"),
    ("find", (Text("KEY-1"),), {}, "GET /api/v1/topups/orders?client_reference=KEY-1"),
    ("find", (Names.KEY,), {}, "GET /api/v1/topups/orders?client_reference=KEY-1"),
    ("page", (Integer(2),), {"per_page": Index(30)}, "GET /api/v1/topups/orders?page=2&per_page=30"),
    (
        "page",
        (),
        {"status": Names.PENDING, "country": Text("IND"), "product_id": Integer(1), "client_reference": Names.KEY},
        "GET /api/v1/topups/orders?page=1&per_page=50&status=PENDING&product_id=1&country=IND&client_reference=KEY-1",
    ),
    (
        "list",
        (),
        {"status": Text("FAILED"), "country": Text("IND"), "product_id": Index(1)},
        "GET /api/v1/topups/orders?page=1&per_page=500&status=FAILED&product_id=1&country=IND",
    ),
    ("wait", (Integer(7),), {"timeout": Real(0)}, "GET /api/v1/topups/orders/7"),
    ("wait", (Ids.SEVEN,), {"timeout": Index(9)}, "GET /api/v1/topups/orders/7"),
    ("wait_many", ([Integer(7), Ids.SEVEN, Index(7)],), {}, "GET /api/v1/topups/orders/7"),
    (
        "set_notification_email",
        (Integer(7), Text("a@b.example")),
        {},
        "PATCH /api/v1/topups/orders/7/notification-email",
    ),
]


@pytest.mark.parametrize(("method", "arguments", "options", "sent"), CALLS)
def test_what_is_sent_is_the_value(
    mode: ClientMode, method: str, arguments: tuple[Any, ...], options: dict[str, Any], sent: str
) -> None:
    recorder = Recorder()
    mode.call(recorder.client(mode), method, *arguments, **options)
    assert recorder.sent == [sent]
    assert recorder.bodies[0] in (b"", b'{"email":"a@b.example"}')


@pytest.mark.parametrize("token", [Text("token-1"), lambda: Text("token-1")])
def test_the_token_is_the_value(mode: ClientMode, token: Any) -> None:
    recorder = Recorder()
    mode.call(recorder.client(mode, token=token), "page")
    assert recorder.tokens == {"Bearer token-1"}


def test_settings_are_the_values() -> None:
    assert resolve_environment(Text("sandbox")) == resolve_environment(Names.SANDBOX) == "sandbox"
    assert type(resolve_environment(Names.SANDBOX)) is str
    assert resolve_base_url(Text("https://x.example/"), "sandbox") == "https://x.example"
    assert oc.OctopusCards("t", environment=Text("sandbox"))._base_url.startswith("https://sandbox")  # type: ignore[arg-type]
    assert str(check_token(Text("token-1"))) == "token-1"
    key = resolve_credentials(None, Text("key-12"), Text("secret"))
    assert isinstance(key, ApiKey)
    assert (str(key.key), str(key.secret)) == ("key-12", "secret")


def test_limits_are_the_values() -> None:
    client = oc.OctopusCards("t", timeout=Real(5), deadline=Index(6), attempts=Integer(3))  # type: ignore[arg-type]
    session = client._session
    assert (session.timeouts.read, session.deadline) == (5.0, 6.0)
    assert type(session.timeouts.read) is type(session.deadline) is float
    assert type(session.policy.attempts) is int
    assert session.policy.attempts == 3
    timeouts = oc.Timeouts(read=Real(3), connect=Index(2))  # type: ignore[arg-type]
    assert (type(timeouts.read), type(timeouts.connect)) == (float, float)
    assert (timeouts.read, timeouts.connect) == (3.0, 2.0)
    assert oc.Cadence([(Index(60), Real(2))]).steps == ((60.0, 2.0),)  # type: ignore[list-item]
    assert oc.Cadence([(Decimal(60), Decimal("0.5"))]).steps == ((60.0, 0.5),)  # type: ignore[list-item]


@pytest.mark.parametrize("steps", [[("60", "2")], [(True, True)], [(60, True)], [(60, "2")], [(60, 1j)], [60], 5, [()]])
def test_steps_are_numbers(steps: Any) -> None:
    with pytest.raises(TypeError, match=r"^steps must be pairs of"):
        oc.Cadence(steps)


def test_a_long_cadence_is_not_repeated_in_the_message() -> None:
    with pytest.raises(ValueError, match=r"^steps must be pairs") as refused:
        oc.Cadence([(0, 1)] * 100_000)
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize("method", ["POST", http.HTTPMethod.POST, Text("post")])
def test_a_raw_request_has_the_values(method: Any) -> None:
    recorder = Recorder()
    client = oc.OctopusCards("token-1", transport=httpx.MockTransport(recorder))
    query = {Names.KEY: Text("v"), "i": Integer(3), "d": Number("1.5"), "l": (Index(1), Names.KEY, True)}
    body = {Text("k"): [Text("v"), Integer(3), Number("1.50"), Ids.SEVEN, Names.KEY, Index(5), True, None]}
    client.request(method, Names.PATH, query=query, json=body)
    assert recorder.sent == ["POST /api/v1/wallets?KEY-1=v&i=3&d=1.5&l=1&l=KEY-1&l=true"]
    assert recorder.bodies == [b'{"k":["v",3,1.50,7,"KEY-1",5,true,null]}']


@pytest.mark.parametrize("value", [Number("1.50"), Index(5), Integer(5), Text("1.50"), Decimal("1.50")])
def test_an_amount_is_the_value(value: Any) -> None:
    amount = check_value("amount", Rule(kind="number"), value)
    assert type(amount) is Decimal
    assert str(amount) in ("1.50", "5")


def test_a_value_in_a_message_is_the_plain_one() -> None:
    with oc.OctopusCards("t") as client:
        for value, shown in ((Text("x" * 9), "'xxxxxxxxx' (Text)"), (Real(2), "2.0 (Real)")):
            with pytest.raises(TypeError) as refused:
                client.topups.orders.get(value)  # type: ignore[arg-type]
            assert str(refused.value) == f"order_id must be an integer from 1 up, got {shown}"
        with pytest.raises(ValueError, match=r"got -5$"):
            client.topups.orders.get(Integer(-5))


class Moment(datetime.datetime):
    """A datetime that lies about itself."""

    def isoformat(self, *arguments: Any, **options: Any) -> str:
        return "LIE"

    def utcoffset(self) -> datetime.timedelta | None:
        return None


def test_since_is_a_plain_moment() -> None:
    zone = datetime.timezone(datetime.timedelta(hours=5, minutes=30))
    moment = check_since("since", Moment(2026, 5, 19, 14, 30, tzinfo=zone))
    assert type(moment) is datetime.datetime
    assert moment.isoformat() == "2026-05-19T14:30:00+05:30"
