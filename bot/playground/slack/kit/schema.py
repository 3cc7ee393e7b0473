"""Small rules for JSON, which name what is wrong and where, in the words that Slack uses."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

TEXT_KINDS = ("plain_text", "mrkdwn")


class Rule(Protocol):
    """Something that a value must satisfy."""

    def check(self, value: Any, at: str) -> Iterator[str]:
        """Yield what is wrong with the value that stands at a JSON pointer."""
        ...


def error(what: str, at: str) -> str:
    """Write one message as Slack does."""
    return f"[ERROR] {what} [json-pointer:{at}]"


@dataclass(frozen=True, slots=True)
class String:
    """A text; lengths count Unicode code points."""

    maximum: int | None = None
    minimum: int = 1
    choices: tuple[str, ...] = ()
    pattern: str = ""

    def check(self, value: Any, at: str) -> Iterator[str]:
        """Yield what is wrong with a text."""
        if not isinstance(value, str):
            yield error("must provide a string", at)
            return
        if len(value) < self.minimum:
            yield error(f"must be more than {self.minimum - 1} characters", at)
        if self.maximum is not None and len(value) > self.maximum:
            yield error(f"must be less than {self.maximum + 1} characters", at)
        if self.choices and value not in self.choices:
            yield error(f"must be a valid enum value: {', '.join(self.choices)}", at)
        if self.pattern and not re.fullmatch(self.pattern, value):
            yield error(f"must match the pattern {self.pattern}", at)


@dataclass(frozen=True, slots=True)
class Integer:
    """A whole number."""

    minimum: int | None = None
    maximum: int | None = None

    def check(self, value: Any, at: str) -> Iterator[str]:
        """Yield what is wrong with a number."""
        if not isinstance(value, int) or isinstance(value, bool):
            yield error("must provide an integer", at)
            return
        if self.minimum is not None and value < self.minimum:
            yield error(f"must be greater than or equal to {self.minimum}", at)
        if self.maximum is not None and value > self.maximum:
            yield error(f"must be less than or equal to {self.maximum}", at)


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    def check(self, value: Any, at: str) -> Iterator[str]:
        """Yield what is wrong with a truth value."""
        if not isinstance(value, bool):
            yield error("must provide a boolean", at)


@dataclass(frozen=True, slots=True)
class Anything:
    """A value that is not looked into."""

    def check(self, _value: Any, _at: str) -> Iterator[str]:
        """Yield nothing."""
        yield from ()


@dataclass(frozen=True, slots=True)
class Text:
    """A text object of one of the kinds."""

    maximum: int
    kinds: tuple[str, ...] = TEXT_KINDS

    def check(self, value: Any, at: str) -> Iterator[str]:
        """Yield what is wrong with a text object."""
        if not isinstance(value, dict):
            yield error("must provide an object", at)
        elif value.get("type") not in self.kinds:
            yield error(f"must be a valid text type: {', '.join(self.kinds)}", f"{at}/type")
        else:
            own = "emoji" if value["type"] == "plain_text" else "verbatim"
            fields: dict[str, Rule] = {"type": String(), "text": String(self.maximum), own: Flag()}
            yield from Fields(fields, ("type", "text")).check(value, at)


@dataclass(frozen=True, slots=True)
class Items:
    """A list whose entries all satisfy one rule."""

    rule: Rule
    maximum: int | None = None
    minimum: int = 1

    def check(self, value: Any, at: str) -> Iterator[str]:
        """Yield what is wrong with a list."""
        if not isinstance(value, list):
            yield error("must provide an array", at)
            return
        if len(value) < self.minimum:
            yield error(f"no less than {self.minimum} items allowed", at)
        if self.maximum is not None and len(value) > self.maximum:
            yield error(f"no more than {self.maximum} items allowed", at)
        for index, item in enumerate(value):
            yield from self.rule.check(item, f"{at}/{index}")


@dataclass(frozen=True, slots=True)
class Fields:
    """An object with known fields."""

    fields: Mapping[str, Rule]
    required: tuple[str, ...] = ()
    is_open: bool = False
    """Whether unknown fields pass, for blocks whose page is not in the reference."""

    def check(self, value: Any, at: str) -> Iterator[str]:
        """Yield what is wrong with an object."""
        if not isinstance(value, dict):
            yield error("must provide an object", at)
            return
        for name in self.required:
            if value.get(name) is None:
                yield error(f"missing required field: {name}", at)
        for name, inner in value.items():
            rule = self.fields.get(name)
            if rule is not None and inner is not None:
                yield from rule.check(inner, f"{at}/{name}")
            elif rule is None and not self.is_open:
                yield error(f"invalid additional property: {name}", at)


@dataclass(frozen=True, slots=True)
class ByType:
    """An object whose `type` chooses the rule; `rules` is called late, so that tables may be recursive."""

    rules: Callable[[], Mapping[str, Rule]]
    allowed: tuple[str, ...] = ()
    """The types that may stand in this place; all of the table where empty."""

    def check(self, value: Any, at: str) -> Iterator[str]:
        """Yield what is wrong with an object of some type."""
        if not isinstance(value, dict):
            yield error("must provide an object", at)
            return
        kind = value.get("type")
        rule = self.rules().get(str(kind))
        if rule is None or (self.allowed and kind not in self.allowed):
            yield error(f"unsupported type: {kind}", f"{at}/type")
        else:
            yield from rule.check(value, at)


@dataclass(frozen=True, slots=True)
class Nullable:
    """A value that may be null."""

    rule: Rule

    def check(self, value: Any, at: str) -> Iterator[str]:
        """Yield what is wrong with a value that is there."""
        if value is not None:
            yield from self.rule.check(value, at)
