"""The checks of references that are in use: the newest, the oldest, in another case, and without money."""

from __future__ import annotations

import datetime
import itertools
from dataclasses import dataclass

from octopus_cards import OctopusCards, TopupOrder
from octopus_cards._base.clock import Clock
from octopus_cards._base.responses import http_date
from octopus_cards.cli.verify.attempts import PREFIX, Attempt, Attempts, CheckSkippedError
from octopus_cards.cli.verify.balances import unaffordable_offer
from octopus_cards.cli.verify.facts import Fact

# The longest pages, so that few requests reach the oldest order.
_PER_PAGE = 500
# How many orders are read for the oldest reference, where the server does not say how many there are.
_MAX_READ = 10_000
_NOT_ONCE = "that a reference is accepted at most once: `place` with a reference that is in use places another order"


@dataclass(frozen=True, slots=True, kw_only=True)
class OldReference:
    """The oldest reference of the account.

    Attributes:
        reference: The reference. It belongs to the account, so reports name the order instead.
        order_id: Its order.
        status: The status of the order.
        age: How old it is by the server's clock, in seconds.
    """

    reference: str
    order_id: int
    status: str
    age: float


def reference_lifetime(created: Attempt | None, attempts: Attempts, client: OctopusCards, clock: Clock) -> Fact:
    """Order again with the reference of this run, then with the oldest of the account."""
    request_ids: tuple[str, ...] = ()
    newest = ""
    if created is not None and created.outcome == "accepted":
        again = attempts.order(created.reference or "", "the reference of this run again")
        request_ids = again.request_ids
        if again.outcome == "accepted":
            text = f"The reference of order {created.order['id']} was accepted again, as order {again.order['id']}."
            return _lifetime("no, it is accepted again at once", text, _NOT_ONCE, request_ids)
        newest = _again(again)
    old = oldest_reference(client, attempts, clock)
    if old is None:
        if not newest.startswith("It is refused"):
            raise CheckSkippedError(newest or "the account has no order with a reference")
        text = f"{newest} The account has no older reference: run the command again in a few days."
        return _lifetime("yes, as far as seen: a new one is refused", text, None, request_ids)
    attempt = attempts.order(old.reference, f"the reference of order {old.order_id} again")
    return _lifetime_of(old, attempt, newest, (*request_ids, *attempt.request_ids))


def _again(attempt: Attempt) -> str:
    if attempt.outcome == "duplicate":
        return "It is refused at once with the reference of this run."
    return f"A second order with the reference of this run failed otherwise ({attempt.problem})."


def _lifetime_of(old: OldReference, attempt: Attempt, newest: str, request_ids: tuple[str, ...]) -> Fact:
    age = describe_age(old.age)
    text = f"{newest} The oldest reference is that of order {old.order_id} ({old.status}), {age} old;".lstrip()
    if attempt.outcome == "accepted":
        text = f"{text} it was accepted again, as order {attempt.order['id']}."
        return _lifetime(f"no, not after {age}", text, _NOT_ONCE, request_ids)
    if attempt.outcome != "duplicate":
        raise CheckSkippedError(f"{text} a second order with it failed otherwise: {attempt.problem}")
    return _lifetime(f"yes, as far as seen: refused after {age}", f"{text} it was refused.", None, request_ids)


def _lifetime(answer: str, text: str, promise: str | None, request_ids: tuple[str, ...]) -> Fact:
    return Fact(name="reference_lifetime", answer=answer, evidence=text, contradicts=promise, request_ids=request_ids)


def oldest_reference(client: OctopusCards, attempts: Attempts, clock: Clock) -> OldReference | None:
    """Return the oldest reference that this run did not make; None where there is none."""
    orders = client.topups.orders
    page = orders.page(per_page=_PER_PAGE)
    now = http_date(page.raw.header("date")) or clock.now()
    for number in range(page.total_pages or 0, 0, -1):
        rows = page if number == 1 else orders.page(number, per_page=_PER_PAGE)
        found = _last_with_reference(list(rows), attempts, now)
        if found is not None:
            return found
    if page.total_pages is not None:
        return None
    return _last_with_reference(list(itertools.islice(orders.list(per_page=_PER_PAGE), _MAX_READ)), attempts, now)


def _last_with_reference(rows: list[TopupOrder], attempts: Attempts, now: datetime.datetime) -> OldReference | None:
    for order in reversed(rows):
        reference = order.client_reference
        if reference and not attempts.is_own(reference):
            age = max(0.0, (now - order.created_at).total_seconds())
            return OldReference(reference=reference, order_id=order.id, status=order.status, age=age)
    return None


def describe_age(seconds: float) -> str:
    """Return an age in words, with one unit."""
    for unit, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s"


def require_duplicates(created: Attempt, attempts: Attempts) -> None:
    """Continue only where the server refused a duplicate of the order of this run.

    Raises:
        CheckSkippedError: It did not, so nothing follows from an order that it accepts.
    """
    if not any(each.outcome == "duplicate" and each.reference == created.reference for each in attempts.made):
        raise CheckSkippedError("the server did not refuse a second order with the reference of this run")


def reference_case(created: Attempt, attempts: Attempts) -> Fact:
    """Order with the reference of this run in upper case."""
    reference = created.reference or ""
    attempt = attempts.order(PREFIX + reference.removeprefix(PREFIX).upper(), "a reference in upper case")
    if attempt.outcome == "accepted":
        text = f"A reference that differs from that of order {created.order['id']} only in case was accepted."
        return Fact(name="reference_case", answer="yes", evidence=text, request_ids=attempt.request_ids)
    if attempt.outcome != "duplicate":
        raise CheckSkippedError(f"the order with the reference in upper case failed otherwise: {attempt.problem}")
    return Fact(
        name="reference_case",
        answer="no",
        evidence=f"A reference that differs from that of order {created.order['id']} only in case was refused.",
        contradicts="that different references are different orders: of two references that differ only in case, "
        "`place` orders one and raises OutcomeUnknownError for the other",
        request_ids=attempt.request_ids,
    )


def duplicate_check(created: Attempt, attempts: Attempts, client: OctopusCards) -> Fact:
    """Order with the reference of this run for more money than a wallet has; the client takes both answers."""
    offer = unaffordable_offer(client, attempts.offer)
    attempt = attempts.order(created.reference or "", "a duplicate without the money for it", offer=offer)
    what = f"{offer.amount:f} {offer.currency} of product {offer.product_id} from wallet {offer.wallet_id}"
    text = f"A duplicate that orders {what} for {offer.price}, more than the wallet has, was refused"
    if attempt.outcome == "duplicate":
        answer, text = "before", f"{text} as a duplicate."
    elif attempt.outcome == "insufficient funds":
        answer, text = "after", f"{text} for insufficient funds."
    elif attempt.outcome == "accepted":
        raise CheckSkippedError(f"the server accepted order {attempt.order['id']}, for which the wallet has no money")
    else:
        raise CheckSkippedError(f"the duplicate that orders {what} failed otherwise: {attempt.problem}")
    return Fact(name="duplicate_check", answer=answer, evidence=text, request_ids=attempt.request_ids)
