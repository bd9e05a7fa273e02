"""Request ids, by which a request can be found in the server's log.

The format is ten lines of code; the packages that implement it are unmaintained.
"""

from __future__ import annotations

import datetime
from random import Random

_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_EPOCH = 1_400_000_000
_LENGTH = 27


def ksuid(now: datetime.datetime, random: Random) -> str:
    """Return a KSUID: 32 bits of seconds since May 2014 and 128 random bits, so that ids sort by time.

    Source: documentation page reference/conventions (`X-Request-Id`, KSUID format).
    """
    number = ((int(now.timestamp()) - _EPOCH) % 2**32) << 128 | random.getrandbits(128)
    digits: list[str] = []
    for _ in range(_LENGTH // 9):
        # Nine digits fit into a machine word, where Python's arithmetic is faster.
        number, part = divmod(number, 62**9)
        for _ in range(9):
            part, digit = divmod(part, 62)
            digits.append(_BASE62[digit])
    return "".join(reversed(digits))
