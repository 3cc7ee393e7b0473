"""What the elements may hold into which a person types, or where one picks a day, a time or a file.

https://docs.slack.dev/reference/block-kit/block-elements
"""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from bot.playground.slack.kit import limits
from bot.playground.slack.kit.frame import element
from bot.playground.slack.kit.objects import CONFIRM, DISPATCH, PLAIN, Text
from bot.playground.slack.kit.problem import Problem, broken
from bot.playground.slack.kit.richtext import RICH_TEXT
from bot.playground.slack.kit.schema import Check, Fields, Flag, Items, Json, Number, Rule, String, within

_PLACEHOLDER = Text(limits.PLACEHOLDER, PLAIN)
# A number input takes its numbers as strings.
# https://docs.slack.dev/reference/block-kit/block-elements/number-input-element
_DECIMAL = String(pattern=r"-?\d+(?:\.\d+)?")
# Seconds since 1970 with ten digits.
# https://docs.slack.dev/reference/block-kit/block-elements/datetime-picker-element
_SECONDS = Number(10**9, 10**10 - 1)


def _text_lengths(typed: Json, at: str) -> Iterator[Problem]:
    least = typed.get("min_length") or 0
    most = typed.get("max_length") or limits.MAX_LENGTH.maximum
    if least > most:
        yield broken("min_length must not be greater than max_length", f"{at}/min_length", "maximum", most, least)
    size = len(typed.get("initial_value") or "")
    if size > most:
        yield broken(f"must be less than {most + 1} characters", f"{at}/initial_value", "max_length", most, size)
    if 0 < size < least:
        yield broken(f"must be more than {least - 1} characters", f"{at}/initial_value", "min_length", least, size)


def _number_range(typed: Json, at: str) -> Iterator[Problem]:
    names = [name for name in ("initial_value", "min_value", "max_value") if typed.get(name) is not None]
    given = {name: Decimal(typed[name]) for name in names}
    for name in names:
        if not typed["is_decimal_allowed"] and "." in typed[name]:
            message = "must be a whole number unless is_decimal_allowed"
            yield broken(message, f"{at}/{name}", "integer", expected=True, got=typed[name])
    for low, high in (("min_value", "max_value"), ("min_value", "initial_value"), ("initial_value", "max_value")):
        if low in given and high in given and given[low] > given[high]:
            yield broken(f"{low} must not be greater than {high}", f"{at}/{low}", "maximum", typed[high], typed[low])


def _lines(typed: Json, at: str) -> Iterator[Problem]:
    least, most = typed.get("min_lines"), typed.get("max_lines")
    if least is not None and most is not None and least > most:
        yield broken("min_lines must not be greater than max_lines", f"{at}/min_lines", "maximum", most, least)


def _real_day(typed: Json, at: str) -> Iterator[Problem]:
    day = typed.get("initial_date")
    try:
        date.fromisoformat(day or "2000-01-01")
    except ValueError:
        yield broken("must be a date that exists", f"{at}/initial_date", "format", "YYYY-MM-DD", day)


def _typed(fields: Mapping[str, Rule], required: tuple[str, ...] = (), checks: tuple[Check, ...] = ()) -> Fields:
    common: dict[str, Rule] = {
        "initial_value": String(),
        "placeholder": _PLACEHOLDER,
        "dispatch_action_config": DISPATCH,
        "focus_on_load": Flag(),
    }
    return element({**common, **fields}, required, checks)


def _picked(fields: Mapping[str, Rule], checks: tuple[Check, ...] = ()) -> Fields:
    return element({"confirm": CONFIRM, "focus_on_load": Flag(), **fields}, checks=checks)


INPUTS: Mapping[str, Rule] = {
    "plain_text_input": _typed(
        {"multiline": Flag(), "min_length": within(limits.MIN_LENGTH), "max_length": within(limits.MAX_LENGTH)},
        checks=(_text_lengths,),
    ),
    "email_text_input": _typed({}),
    "url_text_input": _typed({}),
    "number_input": _typed(
        {"is_decimal_allowed": Flag(), "initial_value": _DECIMAL, "min_value": _DECIMAL, "max_value": _DECIMAL},
        ("is_decimal_allowed",),
        (_number_range,),
    ),
    "rich_text_input": _typed(
        {
            "initial_value": RICH_TEXT,
            "min_lines": within(limits.RICH_INPUT_LINES),
            "max_lines": within(limits.RICH_INPUT_LINES),
        },
        ("action_id",),
        (_lines,),
    ),
    "datepicker": _picked(
        {"initial_date": String(pattern=r"\d{4}-\d{2}-\d{2}"), "placeholder": _PLACEHOLDER}, (_real_day,)
    ),
    "timepicker": _picked(
        {
            "initial_time": String(pattern=r"(?:[01]\d|2[0-3]):[0-5]\d"),
            "placeholder": _PLACEHOLDER,
            "timezone": String(),
        }
    ),
    "datetimepicker": _picked({"initial_date_time": _SECONDS}),
    "file_input": element({"filetypes": Items(String()), "max_files": within(limits.FILES)}),
}
