"""Checks of arguments by the rules of the contract, before anything is sent.

A message names the argument, the rule and what came; a private value is described and never shown.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from octopus_cards._base.narrowing import is_iterable, is_mapping, is_sequence
from octopus_cards._base.plain import plain_integer, plain_text
from octopus_cards._base.redaction import describe_value
from octopus_cards._engine.json_values import MAX_DIGITS, check_json, check_object, check_text, is_small
from octopus_cards_api.operation import Rule

# More digits than a 64-bit integer has; the documentation says only "integer".
_MAX_INTEGER = 10**19
_ITEM = Rule(kind="integer", minimum=1)


def check_value(argument: str, rule: Rule, value: object, *, sensitive: bool = False) -> Any:
    """Return the value as a plain str, int, bool, Decimal, list or dict that satisfies the rule.

    Raises:
        TypeError: The value has another type than the rule says.
        ValueError: The value is out of the rule's bounds.
    """
    return _CHECKS[rule.kind](argument, rule, value, sensitive)


def check_integer(argument: str, value: object) -> int:
    """Return an integer from 1 up."""
    checked: int = check_value(argument, _ITEM, value)
    return checked


def check_ids(argument: str, value: object) -> tuple[int, ...]:
    """Return integers from 1 up, each of them once, in their order."""
    if not is_iterable(value):
        raise TypeError(f"{argument} must be an iterable of integers, got {describe_value(value)}")
    return tuple(dict.fromkeys(check_integer(f"each of {argument}", each) for each in value))


def _check_integer(argument: str, rule: Rule, value: object, sensitive: bool) -> int:  # noqa: FBT001
    minimum, maximum = rule.minimum, rule.maximum
    bounds = "" if minimum is None else f" from {minimum}" + (" up" if maximum is None else f" to {maximum}")
    text = rule.text or f"an integer{bounds}"
    try:
        number = plain_integer(value)
    except TypeError:
        raise TypeError(f"{argument} must be {text}, got {describe_value(value)}") from None
    if (
        (minimum is not None and number < minimum)
        or number > (_MAX_INTEGER if maximum is None else maximum)
        or number < -_MAX_INTEGER
    ):
        came = str(number) if abs(number) <= _MAX_INTEGER else f"one of {number.bit_length()} bits"
        raise ValueError(f"{argument} must be {text}, got {came}")
    return number


def _check_string(argument: str, rule: Rule, value: object, sensitive: bool) -> str:  # noqa: FBT001
    text = _describe_string(rule)
    if not isinstance(value, str):
        raise TypeError(f"{argument} must be {text}, got {describe_value(value)}")
    plain = check_text(argument, value)
    too_long = rule.max_length is not None and len(plain) > rule.max_length
    too_short = len(plain) < (rule.min_length or 0)
    not_allowed = bool(rule.values) and plain not in rule.values
    no_match = not too_long and rule.pattern is not None and not _compiled(rule.pattern).search(plain)
    if too_long or too_short or not_allowed or no_match or not _has_format(rule, plain):
        came = f"{len(plain)} characters" if sensitive else describe_value(plain)
        raise ValueError(f"{argument} must be {text}, got {came}")
    return plain


def _describe_string(rule: Rule) -> str:
    if rule.text:
        return rule.text
    if rule.values:
        return f"one of {', '.join(rule.values)}"
    low, high = rule.min_length, rule.max_length
    if low is None and high is None:
        return "a string"
    return f"a string of {low or 0}" + (" or more" if high is None else f" to {high}") + " characters"


@lru_cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # In a contract `$` matches the end of the text only, in Python also before a final newline.
    return re.compile(rf"{pattern[:-1]}\Z" if pattern.endswith("$") and not pattern.endswith(r"\$") else pattern)


def _has_format(rule: Rule, text: str) -> bool:
    if rule.format != "email":
        return True
    name, at, host = text.rpartition("@")
    plain = not any(c.isspace() or not c.isprintable() for c in text)
    return bool(name and at and host) and "@" not in name and plain


def _check_number(argument: str, rule: Rule, value: object, sensitive: bool) -> Decimal:  # noqa: FBT001
    text = rule.text or "an amount: a Decimal, an int, or a str of digits"
    plain: Decimal | int | str
    try:
        plain = plain_text(value) if isinstance(value, str) else _exact_number(value)
    except TypeError:
        hint = " (a float cannot hold every amount exactly)" if isinstance(value, float) else ""
        raise TypeError(f"{argument} must be {text}, got {describe_value(value)}{hint}") from None
    if (len(plain) > MAX_DIGITS) if isinstance(plain, str) else (isinstance(plain, int) and not is_small(plain)):
        raise ValueError(f"{argument} must be {text} of at most {MAX_DIGITS} digits, got {describe_value(value)}")
    try:
        number = Decimal(plain)
    except InvalidOperation:
        raise ValueError(f"{argument} must be {text}, got {describe_value(value)}") from None
    if not number.is_finite() or not is_small(number) or not _in_range(rule, number):
        raise ValueError(f"{argument} must be {text}, finite and in range, got {describe_value(str(number))}")
    return number


def _exact_number(value: object) -> Decimal | int:
    return Decimal(value) if isinstance(value, Decimal) else plain_integer(value)


def _in_range(rule: Rule, number: Decimal) -> bool:
    if rule.minimum is not None and (number < rule.minimum or (rule.is_exclusive and number == rule.minimum)):
        return False
    return rule.maximum is None or number <= rule.maximum


def _check_boolean(argument: str, rule: Rule, value: object, sensitive: bool) -> bool:  # noqa: FBT001
    if not isinstance(value, bool):
        raise TypeError(f"{argument} must be True or False, got {describe_value(value)}")
    return value


def _check_array(argument: str, rule: Rule, value: object, sensitive: bool) -> list[Any]:  # noqa: FBT001
    if not is_sequence(value):
        raise TypeError(f"{argument} must be a sequence, got {describe_value(value)}")
    if rule.items is None:
        return [check_json(argument, item) for item in value]
    return [check_value(f"each of {argument}", rule.items, item, sensitive=sensitive) for item in value]


def _check_object(argument: str, rule: Rule, value: object, sensitive: bool) -> dict[str, Any]:  # noqa: FBT001
    if not is_mapping(value):
        raise TypeError(f"{argument} must be a mapping, got {describe_value(value)}")
    return check_object(argument, value)


_CHECKS: Mapping[str, Any] = {
    "integer": _check_integer,
    "string": _check_string,
    "number": _check_number,
    "boolean": _check_boolean,
    "array": _check_array,
    "object": _check_object,
}


def check_since(argument: str, value: datetime.datetime | datetime.date | str | None) -> datetime.datetime | None:
    """Return an aware datetime. A date means its start; where a date or ISO 8601 text has no offset it is UTC."""
    if value is None:
        return None
    rule = f"{argument} must be an aware datetime, a date, or ISO 8601 text (2026-05-19T14:30Z)"
    if isinstance(value, datetime.datetime):
        return _plain_moment(rule, value)
    if isinstance(value, datetime.date):
        return datetime.datetime.combine(value, datetime.time(), datetime.UTC)
    if not isinstance(value, str):
        raise TypeError(f"{rule}, got {describe_value(value)}")
    moment = _parse_iso(plain_text(value))
    if moment is None:
        raise ValueError(f"{rule}, got {describe_value(value)}")
    return moment


def _plain_moment(rule: str, value: datetime.datetime) -> datetime.datetime:
    """Return an aware datetime with a fixed offset; a time zone is code of the caller's, which may raise anything."""
    kind = datetime.datetime
    if type(value) is kind and type(value.tzinfo) is datetime.timezone:
        return value
    local = kind.combine(kind.date(value), kind.time(value))
    try:
        offset = kind.utcoffset(value)
    except Exception as error:
        raise ValueError(f"{rule}, got {local!r}, whose time zone fails with {type(error).__name__}") from None
    if offset is None:
        raise ValueError(f"{rule}, got {local!r}, which has no offset (add tzinfo=datetime.UTC)")
    return local.replace(tzinfo=datetime.timezone(offset) if offset else datetime.UTC, fold=0)


def _parse_iso(text: str) -> datetime.datetime | None:
    from dateutil.parser import isoparser  # slow to import, and few callers pass text

    if len(text) > 60:
        return None
    try:
        moment = isoparser(sep="T").isoparse(text)
    except (ValueError, OverflowError):
        return None
    # All times of the API are in UTC, so this is what a time without an offset means.
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
