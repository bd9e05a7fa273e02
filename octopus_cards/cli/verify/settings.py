"""The client of the command: the sandbox or an emulator on this machine, never production."""

from __future__ import annotations

import os

from octopus_cards import OctopusCards
from octopus_cards._base.clock import Clock
from octopus_cards._base.config import HOSTS, host_of, is_loopback, resolve_base_url

# Longer than any documented time of the server, so that a slow creation is observed and not given up.
_TIMEOUT, _DEADLINE = 75.0, 120.0
_CREDENTIALS = ("OCTOPUS_CARDS_TOKEN", "OCTOPUS_CARDS_API_KEY", "OCTOPUS_CARDS_API_SECRET")


def sandbox_url() -> str:
    """Return the address of the sandbox, or of an emulator on this machine.

    Raises:
        ValueError: The environment names another server or environment, or no credentials.
    """
    if os.environ.get("OCTOPUS_CARDS_ENVIRONMENT", "sandbox") not in ("", "sandbox"):
        raise ValueError("OCTOPUS_CARDS_ENVIRONMENT must be sandbox or unset: this command orders in the sandbox only")
    url = resolve_base_url(None, "sandbox")
    if url != HOSTS["sandbox"] and not is_loopback(host_of(url)):
        raise ValueError(
            f"OCTOPUS_CARDS_BASE_URL must be {HOSTS['sandbox']} or a loopback address: "
            "this command orders in the sandbox only"
        )
    if not any(os.environ.get(name) for name in _CREDENTIALS):
        raise ValueError(
            "credentials are missing: set OCTOPUS_CARDS_TOKEN, or OCTOPUS_CARDS_API_KEY and "
            "OCTOPUS_CARDS_API_SECRET, to those of the sandbox"
        )
    return url


def sandbox_client(clock: Clock) -> OctopusCards:
    """Return a client of the sandbox.

    Raises:
        ValueError: The environment names another server, or the credentials are missing or invalid.
    """
    url = sandbox_url()
    return OctopusCards(environment="sandbox", base_url=url, timeout=_TIMEOUT, deadline=_DEADLINE, clock=clock)
