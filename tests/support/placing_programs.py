"""A process that places the orders of a list of references through a journal; the parent counts the results."""

from __future__ import annotations

import json
import sys

from octopus_cards import OctopusCards
from octopus_cards.journal import Journal


def main() -> None:
    """Place every reference once; print for each whether this process placed it."""
    url, path, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    created = dict[str, tuple[int, bool]]()
    with Journal.open(path) as journal, OctopusCards("emulator-token", base_url=url) as client:
        print("ready", flush=True)
        sys.stdin.readline()
        for number in range(count):
            reference = f"ORDER-{number}"
            recipient = {"player_id": str(5_000_000_000 + number), "server": "asia"}
            placement = client.topups.orders.place(
                4218, "0.99", client_reference=reference, input_data=recipient, journal=journal
            )
            created[reference] = placement.order.id, placement.created
    print(json.dumps(created), flush=True)


if __name__ == "__main__":
    main()
