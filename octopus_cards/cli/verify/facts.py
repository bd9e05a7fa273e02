"""The facts that the command checks, and their answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

QUESTIONS: Mapping[str, str] = MappingProxyType(
    {
        "reference_lifetime": "Is a client_reference unique for ever?",
        "duplicate_check": "Is a duplicate refused before or after the balance is checked?",
        "rejected_reference": "Does a rejected order use up its reference?",
        "list_delay": "How long until the list shows a new order?",
        "reference_case": "Are references case-sensitive?",
        "success_status": "Which HTTP status has a success?",
        "creation_timing": "Does a creation answer at once, or wait for fulfilment?",
        "debit": "Does the debit equal total_payable of the charges?",
    }
)
# The client works with every answer to the other questions.
NEEDED = frozenset({"reference_lifetime", "rejected_reference", "list_delay", "reference_case", "debit"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """The answer to one question.

    Attributes:
        name: A key of QUESTIONS.
        answer: The answer in a few words; None where it was not determined.
        evidence: What was observed, or why nothing could be.
        contradicts: The promise of `place` that does not hold; None where the client agrees with the answer.
        request_ids: The `X-Request-Id` of the requests that show it.
    """

    name: str
    answer: str | None
    evidence: str
    contradicts: str | None = None
    request_ids: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The answer, or the reason why there is none."""
        return f"not determined: {self.evidence}" if self.answer is None else self.answer

    @property
    def agreement(self) -> str:
        """Whether the client agrees, in one word."""
        if self.answer is None:
            return "unknown"
        return "yes" if self.contradicts is None else "NO"

    def to_json(self) -> dict[str, Any]:
        """Return the fact as a JSON object."""
        return {
            "name": self.name,
            "question": QUESTIONS[self.name],
            "answer": self.text,
            "determined": self.answer is not None,
            "agrees": None if self.answer is None else self.contradicts is None,
            "contradicts": self.contradicts,
            "evidence": self.evidence,
            "request_ids": list(self.request_ids),
        }


def exit_status(facts: Mapping[str, Fact]) -> int:
    """Return 1 if a fact contradicts the client, 3 if one that orders depend on is not determined, else 0."""
    if any(fact.contradicts for fact in facts.values()):
        return 1
    return 3 if any(name not in facts or facts[name].answer is None for name in NEEDED) else 0
