"""The checks that one order answers: a refusal before it, its response, its debit, and when the list shows it."""

from __future__ import annotations

from octopus_cards import OctopusCards, Page, RequestError, TopupOrder
from octopus_cards._base.clock import Clock
from octopus_cards._base.timeouts import DEFAULT_DEADLINE
from octopus_cards._engine.lookups import LOOKUP_DEADLINE, LOOKUP_TIMES
from octopus_cards._engine.time_plans import SETTLING_SHARE, SETTLING_TIME
from octopus_cards.cli.verify.attempts import Attempt, Attempts, CheckSkippedError, describe, exact
from octopus_cards.cli.verify.facts import Fact
from octopus_cards.cli.verify.offers import Offer

# How long `place` waits for the response to a creation, in seconds, with the default deadline.
PLACE_WAITS = max(DEFAULT_DEADLINE - SETTLING_TIME, DEFAULT_DEADLINE * (1 - SETTLING_SHARE))
_UNKNOWN_FIELD = "octopus_verify"


def place_after_refusal(attempts: Attempts) -> tuple[Attempt, Fact]:
    """Have an order refused, place it with the same reference, and return the order and what this shows.

    Where the reference does not lead to an order, another one is tried once.
    """
    reference = attempts.new_reference()
    refusal = attempts.order(reference, "an order that the server must refuse", extra=_UNKNOWN_FIELD)
    created = attempts.order(reference, "a valid order with the reference of the refused one")
    fact = _rejected_reference(refusal, created)
    if created.outcome != "accepted":
        created = attempts.order(attempts.new_reference(), "a valid order with a new reference")
    return created, fact


def _rejected_reference(refusal: Attempt, created: Attempt) -> Fact:
    name, request_ids = "rejected_reference", (*refusal.request_ids, *created.request_ids)
    if refusal.outcome == "accepted":
        reason = "the server accepted an order with a field that the product does not have"
        return Fact(name=name, answer=None, evidence=reason, request_ids=request_ids)
    if refusal.outcome not in ("refused", "insufficient funds"):
        reason = f"the order that the server must refuse failed otherwise: {refusal.problem}"
        return Fact(name=name, answer=None, evidence=reason, request_ids=request_ids)
    refused = f"An order with an unknown field was refused ({refusal.problem})"
    if created.outcome == "accepted":
        text = f"{refused}; a valid one with the same reference was accepted."
        return Fact(name=name, answer="no", evidence=text, request_ids=request_ids)
    if created.outcome != "duplicate":
        reason = f"the valid order with the same reference failed: {created.problem}"
        return Fact(name=name, answer=None, evidence=reason, request_ids=request_ids)
    return Fact(
        name=name,
        answer="yes",
        evidence=f"{refused}; a valid one with the same reference was refused as a duplicate.",
        contradicts="that `place` can be called again after an error with the same reference: after a refusal it finds "
        "no order and raises OutcomeUnknownError, and the purchase needs a new reference",
        request_ids=request_ids,
    )


def require_order(created: Attempt | None) -> Attempt:
    """Return the order that most checks need.

    Raises:
        CheckSkippedError: It was not placed.
    """
    if created is None or created.outcome != "accepted":
        problem = created.problem if created else "no request was sent"
        raise CheckSkippedError(f"no order was placed: {problem}")
    return created


def success_status(created: Attempt) -> Fact:
    """Return the HTTP status of an accepted order; the client takes any 2xx."""
    text = f"The creation of order {created.order['id']} was answered with HTTP {created.status_code}."
    answer = str(created.status_code)
    return Fact(name="success_status", answer=answer, evidence=text, request_ids=created.request_ids)


def creation_timing(created: Attempt) -> Fact:
    """Return whether a creation waits for fulfilment; the client takes any status."""
    status, seconds = created.order.get("status"), created.seconds
    if not isinstance(status, str):
        raise CheckSkippedError("the order in the response has no status")
    waits = "answers at once" if status == "PENDING" else "waits for fulfilment"
    tries = "" if created.tries == 1 else f", after {created.tries} tries"
    late = None
    if seconds > PLACE_WAITS and not tries:
        late = (
            f"that `place` receives the response: with the default deadline it waits {PLACE_WAITS:g} s, sends the "
            "request again, and looks the order up"
        )
    return Fact(
        name="creation_timing",
        answer=f"{waits}: {status} after {seconds:.1f} s{tries}",
        evidence=f"Order {created.order['id']} was answered with {status} after {seconds:.3f} s{tries}.",
        contradicts=late,
        request_ids=created.request_ids,
    )


def debit(created: Attempt, offer: Offer) -> Fact:
    """Compare what an order took from the wallet with its estimate."""
    amount, payable = exact(created.order.get("amount")), offer.charges.total_payable
    if payable is None:
        raise CheckSkippedError("the charges state no total_payable; `place` with max_debit refuses every such order")
    if amount is None:
        raise CheckSkippedError("the order in the response has no amount")
    currency, details = created.order.get("currency"), offer.charges.charges_details
    expected = details and details.destination_currency
    text = f"The charges stated {offer.price}; order {created.order['id']} has {amount:f} {currency or ''}".rstrip()
    if expected and currency and expected != currency:
        raise CheckSkippedError(f"the amounts are in different currencies. {text}")
    difference = f"{abs(amount - payable).normalize():f} {'more' if amount > payable else 'less'}"
    answer = "yes" if amount == payable else f"no, it is {difference}"
    promise = "that `max_debit` of `place` bounds the debit" if amount > payable else None
    return Fact(name="debit", answer=answer, evidence=f"{text}.", contradicts=promise, request_ids=created.request_ids)


def list_delay(created: Attempt, client: OctopusCards, clock: Clock) -> Fact:
    """Look the order up by its reference at the times at which `place` does."""
    orders = client.with_options(attempts=1, deadline=LOOKUP_DEADLINE).topups.orders
    started, failures, polls = clock.monotonic(), list[str](), 0
    for moment in LOOKUP_TIMES:
        clock.sleep(max(0.0, started + moment - clock.monotonic()))
        polls += 1
        try:
            page = orders.page(client_reference=created.reference)
        except RequestError as error:
            failures.append(describe(error))
            continue
        if page:
            return _shown(page, created, polls, clock.monotonic() - started, len(failures))
    if failures:
        raise CheckSkippedError(f"{len(failures)} of {polls} look-ups failed, the last with {failures[-1]}")
    return Fact(
        name="list_delay",
        answer=f"more than {LOOKUP_TIMES[-1]:g} s",
        evidence=f"None of {polls} look-ups by its reference showed order {created.order['id']}.",
        contradicts="that `place` finds an order whose response was lost: it raises OutcomeUnknownError instead",
        request_ids=created.request_ids,
    )


def _shown(page: Page[TopupOrder], created: Attempt, polls: int, seconds: float, failures: int) -> Fact:
    order_id = created.order["id"]
    if [order.id for order in page] != [order_id]:
        shown = ", ".join(str(order.id) for order in page)
        raise CheckSkippedError(f"the look-up of order {order_id} by its reference shows {shown}")
    failed = f"; {failures} of the look-ups before it failed" if failures else ""
    return Fact(
        name="list_delay",
        answer="the first poll shows it" if polls == 1 else f"at most {seconds:.1f} s (poll {polls})",
        evidence=f"Poll {polls} by its reference showed order {order_id}, {seconds:.3f} s after its creation{failed}.",
        request_ids=(*created.request_ids, page.request_id),
    )
