"""The types that a policy can give to a parameter: Nexthink knows only text, so that the form checks them."""

import datetime as dt
import math
import re
from typing import Literal

ParameterType = Literal["text", "number", "date", "email"]

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def fault_of_type(kind: ParameterType, value: str) -> str:
    """Say what is wrong with a value of a type, nothing if it is one."""
    if kind == "number":
        return "" if _is_number(value) else "Please write a number, such as 4 or 2.5."
    if kind == "date":
        return "" if _is_date(value) else "Please choose a date, such as 2026-11-24."
    if kind == "email":
        return "" if _EMAIL.fullmatch(value) else "Please write an e-mail address, such as ada@example.com."
    return ""


def _is_number(value: str) -> bool:
    try:
        return value.isascii() and "_" not in value and math.isfinite(float(value))
    except ValueError:
        return False


def _is_date(value: str) -> bool:
    try:
        return dt.date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
