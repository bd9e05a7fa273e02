"""Ids by which a request is found again in the server's log.

Written here, since the form is eight lines: the packages that make it bring an encoder each that nobody keeps.
"""

from __future__ import annotations

import datetime
from random import Random

_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_EPOCH = 1_400_000_000
_LENGTH = 27


def ksuid(now: datetime.datetime, random: Random) -> str:
    """A KSUID: 32 bits of seconds since May 2014 and 128 random ones, so that ids sort by their time.

    Source: documentation page reference/conventions (`X-Request-Id`, KSUID format).
    """
    number = ((int(now.timestamp()) - _EPOCH) % 2**32) << 128 | random.getrandbits(128)
    digits: list[str] = []
    for _ in range(_LENGTH // 9):
        # Nine digits fit into a machine word, with which Python counts faster.
        number, part = divmod(number, 62**9)
        for _ in range(9):
            part, digit = divmod(part, 62)
            digits.append(_BASE62[digit])
    return "".join(reversed(digits))
