"""Where the token of a call comes from: a fixed token, a callable of the caller's, or a login with an API key."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from octopus_cards._base.clock import Clock
from octopus_cards._base.credentials import ApiKey, AsyncToken, check_token, hide
from octopus_cards._base.exceptions import NotSentError
from octopus_cards._base.redacted import Redacted
from octopus_cards._base.timeouts import Timeouts
from octopus_cards._engine.effects import Flow, Invoke
from octopus_cards._engine.exchange import Credentials, Session, exchange
from octopus_cards._engine.operation import Call, prepare
from octopus_cards._engine.retry import TokenBucket
from octopus_cards._login import REJECTION_BURST, REJECTIONS_PER_SECOND, ApiKeyLogin
from octopus_cards_api.operations import LOGOUT


def credentials(source: AsyncToken | ApiKey, clock: Clock, timeouts: Timeouts) -> Credentials:
    """Return the credentials for the arguments of a client."""
    if isinstance(source, ApiKey):
        rejections = TokenBucket(clock, capacity=REJECTION_BURST, per_second=REJECTIONS_PER_SECOND)
        return ApiKeyLogin(source, rejections, timeouts)
    return StaticToken(source) if isinstance(source, str) else TokenCallback(source)


class _RunningCallable:
    """A token callable that is being called."""

    def __init__(self, function: Callable[[], Any]) -> None:
        self.function = function
        self.is_running = True


# The token callables that the current thread or task is within, of all clients.
_RUNNING: ContextVar[tuple[_RunningCallable, ...]] = ContextVar("octopus_cards_token_callables", default=())


class StaticToken(Redacted, frozen=True):
    """One token that never changes."""

    _token: str

    def token(self, session: Session, call: Call[Any], rejected: str, until: float) -> Flow[str]:
        """Return the token."""
        return self._token
        yield

    def rejected(self, token: str, clock: Clock) -> str:
        """Return why there is no other token."""
        return "a fixed token cannot be renewed: pass api_key and api_secret, or a callable, instead"


class TokenCallback(Redacted, frozen=True):
    """A function of the caller's that returns a token; it is called before every attempt."""

    _function: Callable[[], Any]

    def token(self, session: Session, call: Call[Any], rejected: str, until: float) -> Flow[str]:
        """Return the token that the function returns."""
        token = yield from self._called(call)
        try:
            return check_token(token, "the result of the token callable")
        except (TypeError, ValueError) as error:
            raise NotSentError(str(error), method=call.method, path=call.path) from None

    def _called(self, call: Call[Any]) -> Flow[Any]:
        """Return what the function returns. It must not need a token of its own client, which would call it again."""
        outer = _RUNNING.get()
        if any(each.function is self._function and each.is_running for each in outer):
            problem = "the token callable uses the client that calls it"
            raise NotSentError(problem, method=call.method, path=call.path)
        running = _RunningCallable(self._function)
        _RUNNING.set((*outer, running))
        try:
            return hide((yield Invoke(self._function)))
        except Exception as error:
            problem = f"the token callable raised {type(error).__name__}"
            raise NotSentError(problem, method=call.method, path=call.path) from error
        finally:
            # Tasks and threads that the function started keep a copy of the variable.
            running.is_running = False
            if _RUNNING.get()[-1:] == (running,):
                _RUNNING.set(outer)

    def rejected(self, token: str, clock: Clock) -> str:
        """Return nothing: the function may return another token."""
        return ""


def log_out(session: Session) -> Flow[None]:
    """Revoke all tokens of the account."""
    yield from exchange(prepare(LOGOUT, {}), session)
    if isinstance(session.credentials, ApiKeyLogin):
        session.credentials.clear()
