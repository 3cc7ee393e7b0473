"""The policy file as a strictly read model. It does not decide anything: that is `decide`."""

import re
from collections.abc import Iterator, Mapping
from datetime import time, timedelta
from typing import Annotated, Any, Literal, Self, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from bot.domain.errors import ConfigurationError
from bot.domain.person import is_upn
from bot.domain.run import Send
from bot.policy.positions import Positions
from bot.policy.types import ParameterType, fault_of_type

_DURATION = re.compile(r"(\d+)([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
LONGEST = timedelta(days=3_650)


def read_duration(text: object) -> timedelta:
    """Read `30m`, `8h`, `7d` or `1h30m`; raise `ValueError` for anything else."""
    if isinstance(text, timedelta):
        return text
    parts = _DURATION.findall(text) if isinstance(text, str) else []
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise ValueError("write a time such as 30m, 8h or 7d")
    seconds = sum(int(number) * _SECONDS[unit] for number, unit in parts)
    if not 0 < seconds <= LONGEST.total_seconds():
        raise ValueError(f"a time must be longer than nothing, and at most {LONGEST.days}d")
    return timedelta(seconds=seconds)


Duration = Annotated[timedelta, BeforeValidator(read_duration)]
Names = Annotated[tuple[str, ...], Field(strict=False)]
SomeNames = Annotated[tuple[str, ...], Field(strict=False, min_length=1)]
EVERYONE = "everyone"


def _read_time(text: object) -> time:
    """Read `08:00`; raise `ValueError` for anything else."""
    if isinstance(text, time):
        return text
    if isinstance(text, str) and re.fullmatch(r"\d\d:\d\d", text):
        return time.fromisoformat(text)
    raise ValueError('write a time of day in quotes, such as "08:00"')


class _Strict(BaseModel):
    """A part of the file: unknown keys are refused, and nothing is turned into text by itself."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class People(_Strict):
    """Whom the policy accepts at all."""

    domains: SomeNames
    upn_of: dict[str, str] = {}

    @model_validator(mode="after")
    def _addresses_fit(self) -> Self:
        for domain in self.domains:
            if "@" in domain or "." not in domain:
                raise ValueError(f"domains: write what stands behind the @, such as example.com, not {domain!r}")
        for slack_id, upn in self.upn_of.items():
            if not is_upn(upn):
                raise ValueError(f"upn_of.{slack_id}: {upn!r} is not a UPN such as ada@example.com")
        return self


class Group(_Strict):
    """People by address, or a Slack user group."""

    members: Names = ()
    usergroup: str | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if bool(self.members) == bool(self.usergroup):
            raise ValueError("a group needs either members (addresses) or a usergroup (S…)")
        return self


class Channels(_Strict):
    """Where fixdesk speaks up, and where it asks."""

    help: Names = ()
    approvals: str | None = None


class Devices(_Strict):
    """When a device is old, and when two are equally recent."""

    stale_after: Duration = timedelta(days=7)
    ask_within: Duration = timedelta(hours=1)


class Escalation(_Strict):
    """Who is asked next, and when."""

    to: SomeNames
    after: Duration


class ApprovalRule(_Strict):
    """Who must agree before a run starts."""

    by: SomeNames
    quorum: int = Field(default=1, ge=1)
    expires: Duration = timedelta(hours=8)
    remind: Duration | None = None
    escalate: Escalation | None = None
    channel: str | None = None


class ResumeRule(_Strict):
    """Who decides how a paused execution goes on, and what the trigger then carries."""

    by: SomeNames
    approve: dict[str, str] = {}
    deny: dict[str, str] = {}
    ask: Literal["on_start", "on_signal", "on_status"] = "on_start"
    waiting_status: str | None = None
    expires: Duration = timedelta(hours=24)
    channel: str | None = None

    @model_validator(mode="after")
    def _status_named(self) -> Self:
        if self.ask == "on_status" and not self.waiting_status:
            raise ValueError("ask: on_status needs waiting_status, the NQL status that means waiting")
        return self


class ParameterRule(_Strict):
    """How one parameter is shown in the form."""

    label: str | None = Field(default=None, min_length=1)
    help: str | None = None
    optional: bool = False
    pattern: str | None = None
    default: str | None = None
    value: str | None = None
    hidden: bool = False
    type: ParameterType = "text"
    choices: Names = ()

    @model_validator(mode="after")
    def _typed_rightly(self) -> Self:
        if self.choices and (self.type != "text" or self.pattern is not None):
            raise ValueError("choices stand alone: leave type and pattern out")
        for name in ("default", "value"):
            written = getattr(self, name)
            if written and self.choices and written not in self.choices:
                raise ValueError(f"{name}: {written!r} is none of the choices")
            fault = fault_of_type(self.type, written) if written else ""
            if fault:
                raise ValueError(f"{name}: {written!r} is no {self.type}. {fault}")
        return self

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.pattern is not None:
            try:
                re.compile(self.pattern)
            except (re.error, OverflowError) as error:
                raise ValueError(f"pattern: not a regular expression ({error})") from error
        if self.hidden and not (self.value or self.default or self.optional):
            raise ValueError("a hidden parameter needs a value or a default, or must be optional")
        return self


Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = get_args(Day)
MOST_RUNS = 100


class Hours(_Strict):
    """When something may be run; until before since = over midnight."""

    since: Annotated[time, BeforeValidator(_read_time)] = Field(alias="from")
    until: Annotated[time, BeforeValidator(_read_time)] = Field(alias="to")
    days: Annotated[tuple[Day, ...], Field(strict=False, min_length=1)] = DAYS
    timezone: str = "UTC"

    @model_validator(mode="after")
    def _zone_is_known(self) -> Self:
        try:
            _ = self.zone
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            mend = "write a name such as Europe/Zurich; the machine needs the time zone data (package tzdata)"
            raise ValueError(f"timezone: {self.timezone!r} is not known here; {mend}") from error
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which the times are meant."""
        return ZoneInfo(self.timezone)


class Limit(_Strict):
    """How often each person may run a workflow: `3/1h`."""

    count: int = Field(ge=1, le=MOST_RUNS)
    within: timedelta
    written: str
    """The time as the file has it."""


def _read_limit(written: object) -> object:
    if isinstance(written, str) and (parts := re.fullmatch(r"(\d{1,3})/(\S+)", written)):
        return Limit(count=int(parts[1]), within=read_duration(parts[2]), written=parts[2])
    if isinstance(written, Limit):
        return written
    raise ValueError("write a limit such as 3/1h")


def _read_run_by(written: object) -> object:
    """Read `everyone` as a list of its own; any other single word is a slip."""
    if isinstance(written, str):
        if written != EVERYONE:
            raise ValueError(f"write everyone, or a list of groups: [{written}]")
        return [EVERYONE]
    return written


class Rule(_Strict):
    """What holds for the workflows that `match` names."""

    match: str = Field(min_length=1)
    run_by: Annotated[Names, BeforeValidator(_read_run_by)]
    run_for: Literal["self", "anyone"] = Field(default="self", alias="for")
    aliases: Names = ()
    channels: Names = ()
    hours: Hours | None = None
    limit: Annotated[Limit, BeforeValidator(_read_limit)] | None = None
    send: Annotated[Send, Field(strict=False)] | None = None
    approval: ApprovalRule | None = None
    resume: ResumeRule | None = None
    parameters: dict[str, ParameterRule] = {}

    def groups(self) -> Iterator[tuple[str, str]]:
        """Yield every group that is named, with the place where it is."""
        yield from (("run_by", group) for group in self.run_by if group != EVERYONE)
        if self.approval:
            yield from (("approval.by", group) for group in self.approval.by)
            escalated = self.approval.escalate.to if self.approval.escalate else ()
            yield from (("approval.escalate.to", group) for group in escalated)
        if self.resume:
            yield from (("resume.by", group) for group in self.resume.by)


class Policy(_Strict):
    """The whole file."""

    version: Literal[1]
    people: People
    groups: dict[str, Group] = {}
    channels: Channels = Channels()
    devices: Devices = Devices()
    workflows: Annotated[tuple[Rule, ...], Field(strict=False)] = ()

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        faults = [fault for number, rule in enumerate(self.workflows) for fault in self._faults_of(number, rule)]
        if faults:
            raise ValueError("\n".join(faults))
        return self

    def _faults_of(self, number: int, rule: Rule) -> Iterator[str]:
        at = f"workflows[{number}] ({rule.match})"
        for place, group in rule.groups():
            if group not in self.groups:
                known = ", ".join(sorted(self.groups)) or "none"
                yield f"{at}.{place}: unknown group {group!r}; add it under groups (known: {known})"
        for name in ("approval", "resume"):
            asked = getattr(rule, name)
            if asked and not (asked.channel or self.channels.approvals):
                yield f"{at}.{name}: no channel to ask in; set channels.approvals, or {name}.channel"


class _StrictLoader(yaml.SafeLoader):
    """A safe loader that refuses a key that is written twice: the later one would win in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - PyYAML's signature
        """Build a mapping; raise `ConstructorError` with line and column for a second key."""
        seen: set[Any] = set()
        for key_node, _ in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                continue
            key = self.construct_object(key_node, deep=True)
            if isinstance(key, str) and key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} is written twice", key_node.start_mark
                )
            seen.update({key} if isinstance(key, str) else ())
        return super().construct_mapping(node, deep=deep)


def read_policy(text: str, source: str) -> Policy:
    """Read a policy file; raise `ConfigurationError` with every fault, each beginning with the file's name."""
    try:
        data = yaml.load(text, Loader=_StrictLoader)  # noqa: S506 - it is a SafeLoader
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        # A ValueError comes from a value that only looks like a date.
        raise ConfigurationError([f"{source}: this is not YAML: {_one_line(str(error))}"]) from error
    if not isinstance(data, Mapping):
        raise ConfigurationError([f"{source}: write a policy here; it begins with `version: 1`"])
    try:
        return Policy.model_validate(dict(data))
    except ValidationError as error:
        positions = Positions(text)
        faults = [fault for one in error.errors() for fault in _sentences(source, one, positions)]
        raise ConfigurationError(faults) from error


_MEANINGS = {
    "extra_forbidden": "this key is not known; remove it or mend its spelling",
    "missing": "this is missing",
    "string_type": "write text here (in quotes)",
    "tuple_type": "write a list here, in [brackets]",
    "too_short": "write a list with at least one name",
    "dict_type": "write keys and values here",
    "model_type": "write keys and values here",
}


_NAMED_PLACE = re.compile(r"workflows\[(\d+)\] \(.*?\)\.([a-z_.]+): ")


def _sentences(source: str, error: Mapping[str, Any], positions: Positions) -> Iterator[str]:
    """Turn one of pydantic's errors into sentences for an operator, each with the line and column of what is wrong."""
    place = ".".join(str(part) for part in error["loc"] if not str(part).startswith(("literal[", "tuple[")))
    said = str(_MEANINGS.get(error["type"], error["msg"])).removeprefix("Value error, ")
    for line in said.splitlines():
        named = _NAMED_PLACE.match(line)
        path = ("workflows", int(named[1]), *named[2].split(".")) if named else error["loc"]
        at = f"{source}{positions.at(path)}"
        yield f"{at}: {place}: {line}" if place else f"{at}: {line}"


def _one_line(text: str) -> str:
    return " ".join(text.split())
