"""The fields that every block and every element has."""

from collections.abc import Mapping

from bot.playground.slack.kit import limits
from bot.playground.slack.kit.schema import Check, Fields, Rule, String


def block(fields: Mapping[str, Rule], required: tuple[str, ...] = (), checks: tuple[Check, ...] = ()) -> Fields:
    """Return the rule of a block with some fields of its own."""
    common: dict[str, Rule] = {"type": String(), "block_id": String(limits.BLOCK_ID)}
    return Fields({**common, **fields}, required, checks)


def element(fields: Mapping[str, Rule], required: tuple[str, ...] = (), checks: tuple[Check, ...] = ()) -> Fields:
    """Return the rule of an element that a person can act on."""
    common: dict[str, Rule] = {"type": String(), "action_id": String(limits.ACTION_ID)}
    return Fields({**common, **fields}, required, checks)
