"""How tenants differ where the documentation is silent, as switches with a few choices each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.playground.nexthink.settings import LATE_TRIGGER_STATUSES, ROW_KEYS, Settings

Value = str | int | bool
"""What stands for a choice in JSON."""
OTHER = "other"
"""Stands for a setting that is none of the choices."""

_STATES = ("started", "in_progress", "success", "failure", "cancelled", "expired")


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to an open question."""

    value: Value
    label: str
    setting: Any
    """What the field of `Settings` becomes."""


@dataclass(frozen=True, slots=True)
class Switch:
    """An open question, with the answers that a tenant may give."""

    label: str
    hint: str
    choices: tuple[Choice, ...]

    def find(self, value: object) -> Choice | None:
        """Find the choice with a value; `true` is no 1."""
        return next((one for one in self.choices if one.value == value and type(one.value) is type(value)), None)

    def value_of(self, setting: object) -> Value:
        """Name what the field is set to."""
        return next((one.value for one in self.choices if one.setting == setting), OTHER)


def _either(no: str, yes: str) -> tuple[Choice, ...]:
    return (Choice(value=False, label=no, setting=False), Choice(value=True, label=yes, setting=True))


def _words(*words: Value) -> tuple[Choice, ...]:
    return tuple(Choice(word, str(word), word) for word in words)


def _seconds(*counts: int) -> tuple[Choice, ...]:
    return tuple(
        Choice(count, f"{count} s later" if count else "at once", timedelta(seconds=count)) for count in counts
    )


_SPELLINGS = (
    Choice("as_published", "in_progress, success", {}),
    Choice("upper_case", "IN_PROGRESS, SUCCESS", {state: state.upper() for state in _STATES}),
    Choice("capitalized", "In progress, Success", {state: state.replace("_", " ").capitalize() for state in _STATES}),
    Choice(
        "synonyms",
        "Running, Succeeded",
        {
            "started": "Queued",
            "in_progress": "Running",
            "success": "Succeeded",
            "failure": "failed_partially",
            "cancelled": "Canceled",
            "expired": "Timed out",
        },
    ),
)
_KEY_LABELS = {"listed": "device.name", "last_segment": "name", "camel_case": "deviceName"}

SWITCHES: Mapping[str, Switch] = {
    "trigger_as_object": Switch(
        "A resumption is answered with", "An array is published.", _either("an array", "an object")
    ),
    "details_as_object": Switch(
        "Details are answered with", "An array is published; a tenant sent an object.", _either("an array", "an object")
    ),
    "late_trigger_status": Switch(
        "A resumption out of turn is answered with",
        "It came too early, twice, or after the end.",
        _words(*LATE_TRIGGER_STATUSES),
    ),
    "pair_targets": Switch(
        "A user and a device in one start make",
        "Each with the other, or each alone.",
        _either("two executions", "one execution"),
    ),
    "waiting_status": Switch(
        "A waiting execution is called",
        "No page says what NQL calls it.",
        _words("in_progress", "waiting", "Waiting for event", "paused"),
    ),
    "status_words": Switch("States are spelled", "What NQL says of all other states.", _SPELLINGS),
    "row_key": Switch(
        "Keys of NQL rows are spelled",
        "How a column of the query comes back.",
        tuple(Choice(name, _KEY_LABELS.get(name, name), spell) for name, spell in ROW_KEYS.items()),
    ),
    "status_delay": Switch("NQL shows what happened", "Its data lags behind.", _seconds(0, 10, 60)),
    "nql_interval": Switch(
        "NQL queries may follow each other",
        "An earlier one is answered with 429.",
        (Choice(0, "at once", None), Choice(1, "after 1 s", timedelta(seconds=1))),
    ),
    "lists_required": Switch(
        "A start without users or devices is", "Both lists are published as required.", _either("taken", "refused")
    ),
    "accept_no_target": Switch(
        "A start with two empty lists is", "For a workflow that needs no target.", _either("refused", "taken")
    ),
    "filters_required": Switch(
        "A workflow list without a filter is", "A filter is published as required.", _either("answered", "refused")
    ),
    "only_active_by_default": Switch(
        "A workflow list that does not say shows",
        "The default is not published.",
        _either("every workflow", "active ones"),
    ),
    "ignore_list_filters": Switch(
        "Filters of the workflow list are", "Older tenants are said to list everything.", _either("obeyed", "ignored")
    ),
}
"""By the field of `Settings` that each one sets."""


def usual_value(name: str) -> Value:
    """Name what a switch is set to in a new simulation."""
    return SWITCHES[name].value_of(getattr(Settings(), name))
