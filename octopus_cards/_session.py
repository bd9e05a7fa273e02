"""What the calls of one client share, created from its checked arguments."""

from __future__ import annotations

from random import Random, SystemRandom

from msgspec.structs import replace

from octopus_cards._auth import credentials
from octopus_cards._base.clock import Clock, SystemClock
from octopus_cards._base.config import check_attempts, check_clock
from octopus_cards._base.credentials import ApiKey, AsyncToken
from octopus_cards._base.redaction import describe_value
from octopus_cards._base.timeouts import Timeouts, Unchanged, resolve_deadline, resolve_timeouts
from octopus_cards._engine.exchange import Session
from octopus_cards._engine.retry import AsyncOnRetry, RetryPolicy, TokenBucket


def create_session(
    source: AsyncToken | ApiKey,
    server: str,
    *,
    attempts: int,
    timeout: Timeouts | float,
    deadline: float | None,
    clock: Clock | None,
    random: Random | None,
    on_retry: AsyncOnRetry | None,
) -> Session:
    """Return what the calls of a client share.

    Raises:
        TypeError, ValueError: An argument is not valid.
    """
    clock = SystemClock() if clock is None else clock
    check_clock(clock)
    if not isinstance(random, Random | None):
        raise TypeError(f"random must be a random.Random, got {describe_value(random)}")
    if on_retry is not None and not callable(on_retry):
        raise TypeError(f"on_retry must be a callable or None, got {describe_value(on_retry)}")
    # The system's source: processes that were forked from one another must not draw the same numbers.
    random = random or SystemRandom()
    policy = RetryPolicy(check_attempts(attempts), random, TokenBucket.for_retries(clock), on_retry)
    timeouts = resolve_timeouts(timeout)
    login, limit = credentials(source, clock, timeouts), resolve_deadline(deadline)
    return Session(login, clock, random, policy, timeouts, limit, server)


def with_options(
    session: Session, timeout: Timeouts | float | None, deadline: float | Unchanged | None, attempts: int | None
) -> Session:
    """Return a session with other limits that shares clock, tokens and retry budget.

    Raises:
        TypeError, ValueError: An argument is not valid.
    """
    policy = session.policy if attempts is None else replace(session.policy, attempts=check_attempts(attempts))
    timeouts = session.timeouts if timeout is None else resolve_timeouts(timeout)
    limit = session.deadline if isinstance(deadline, Unchanged) else resolve_deadline(deadline)
    return replace(session, policy=policy, timeouts=timeouts, deadline=limit)
