"""Small rules for JSON, which name what is wrong and where."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from bot.playground.slack.kit.limits import Limit
from bot.playground.slack.kit.problem import Problem, broken, missing, unknown, wrong_type

Json = dict[str, Any]
Check = Callable[[Json, str], Iterator[Problem]]
"""A rule about more than one field of an object whose fields are in order by themselves."""


class Rule(Protocol):
    """Something that a value must satisfy."""

    def check(self, value: Any, at: str) -> Iterator[Problem]:
        """Yield what is wrong with the value that stands at a JSON pointer."""
        ...


@dataclass(frozen=True, slots=True)
class String:
    """A text that is not empty, unless its limit says so; lengths count Unicode code points."""

    limit: Limit | None = None
    choices: tuple[str, ...] = ()
    pattern: str = ""
    """What the whole text must match."""

    def check(self, value: Any, at: str) -> Iterator[Problem]:
        """Yield what is wrong with a text."""
        if not isinstance(value, str):
            yield wrong_type("a string", at)
            return
        yield from self._check_length(value, at)
        if self.choices and value not in self.choices:
            known = ", ".join(self.choices)
            yield broken(f"must be a valid enum value: {known}", at, "enum", list(self.choices), value)
        if self.pattern and not re.fullmatch(self.pattern, value):
            yield broken(f"must match the pattern {self.pattern}", at, "pattern", self.pattern, value)

    def _check_length(self, value: str, at: str) -> Iterator[Problem]:
        least = 1 if self.limit is None else self.limit.minimum
        if len(value) < least:
            yield broken(f"must be more than {least - 1} characters", at, "min_length", least, len(value))
        if self.limit is not None and len(value) > self.limit.maximum:
            most = self.limit.maximum
            yield broken(f"must be less than {most + 1} characters", at, "max_length", most, len(value))


@dataclass(frozen=True, slots=True)
class Number:
    """A number, whole unless fractions are allowed."""

    minimum: int | None = None
    maximum: int | None = None
    allows_fractions: bool = False

    def check(self, value: Any, at: str) -> Iterator[Problem]:
        """Yield what is wrong with a number."""
        allowed = (int, float) if self.allows_fractions else int
        if not isinstance(value, allowed) or isinstance(value, bool):
            yield wrong_type("a number" if self.allows_fractions else "an integer", at)
            return
        if self.minimum is not None and value < self.minimum:
            yield broken(f"must be greater than or equal to {self.minimum}", at, "minimum", self.minimum, value)
        if self.maximum is not None and value > self.maximum:
            yield broken(f"must be less than or equal to {self.maximum}", at, "maximum", self.maximum, value)


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    def check(self, value: Any, at: str) -> Iterator[Problem]:
        """Yield what is wrong with a truth value."""
        if not isinstance(value, bool):
            yield wrong_type("a boolean", at)


@dataclass(frozen=True, slots=True)
class Anything:
    """A value that is not looked into."""

    def check(self, _value: Any, _at: str) -> Iterator[Problem]:
        """Yield nothing."""
        yield from ()


@dataclass(frozen=True, slots=True)
class Items:
    """A list whose entries all satisfy one rule; not empty, unless its limit says so."""

    rule: Rule
    limit: Limit | None = None
    may_be_empty: bool = False

    def check(self, value: Any, at: str) -> Iterator[Problem]:
        """Yield what is wrong with a list."""
        if not isinstance(value, list):
            yield wrong_type("an array", at)
            return
        yield from self._check_count(len(value), at)
        for index, item in enumerate(value):
            yield from self.rule.check(item, f"{at}/{index}")

    def _check_count(self, count: int, at: str) -> Iterator[Problem]:
        least = 1 if self.limit is None else self.limit.minimum
        if count < least and not (count == 0 and self.may_be_empty):
            yield broken(f"no less than {least} items allowed", at, "min_items", least, count)
        if self.limit is not None and count > self.limit.maximum:
            most = self.limit.maximum
            yield broken(f"no more than {most} items allowed", at, "max_items", most, count)


@dataclass(frozen=True, slots=True)
class Fields:
    """An object with known fields, and rules about several of them at once."""

    fields: Mapping[str, Rule]
    required: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()

    def check(self, value: Any, at: str) -> Iterator[Problem]:
        """Yield what is wrong with an object."""
        if not isinstance(value, dict):
            yield wrong_type("an object", at)
            return
        problems = [*self._check_each(value, at)]
        yield from problems
        # The rules about several fields read them, so each must be in order first.
        if not problems:
            for check in self.checks:
                yield from check(value, at)

    def _check_each(self, value: Json, at: str) -> Iterator[Problem]:
        for name in self.required:
            if value.get(name) is None:
                yield missing(name, at)
        for name, inner in value.items():
            rule = self.fields.get(name)
            if rule is None:
                yield unknown(name, at)
            elif inner is not None:
                yield from rule.check(inner, f"{at}/{name}")


@dataclass(frozen=True, slots=True)
class ByType:
    """An object whose `type` chooses the rule; `rules` is called late, so that tables may be recursive."""

    rules: Callable[[], Mapping[str, Rule]]
    allowed: tuple[str, ...] = ()
    """The types that may stand in this place; all of the table where empty."""

    def check(self, value: Any, at: str) -> Iterator[Problem]:
        """Yield what is wrong with an object of some type."""
        if not isinstance(value, dict):
            yield wrong_type("an object", at)
            return
        kind = value.get("type")
        rules = self.rules()
        allowed = self.allowed or tuple(rules)
        if kind in allowed and isinstance(kind, str) and kind in rules:
            yield from rules[kind].check(value, at)
        else:
            yield broken(f"unsupported type: {kind}", f"{at}/type", "enum", list(allowed), kind)


@dataclass(frozen=True, slots=True)
class Nullable:
    """A value that may be null."""

    rule: Rule

    def check(self, value: Any, at: str) -> Iterator[Problem]:
        """Yield what is wrong with a value that is there."""
        if value is not None:
            yield from self.rule.check(value, at)


def within(limit: Limit) -> Number:
    """Return the rule of a whole number that stays within a limit."""
    return Number(limit.minimum, limit.maximum)


def only_one_of(*names: str) -> Check:
    """Return the rule that exactly one of some fields is there."""

    def check(value: Json, at: str) -> Iterator[Problem]:
        given = [name for name in names if value.get(name) is not None]
        if len(given) != 1:
            yield broken(f"must provide exactly one of {' and '.join(names)}", at, "one_of", list(names), given)

    return check


def at_least_one_of(*names: str) -> Check:
    """Return the rule that one or more of some fields are there."""

    def check(value: Json, at: str) -> Iterator[Problem]:
        if all(value.get(name) is None for name in names):
            yield missing(" or ".join(names), at)

    return check
