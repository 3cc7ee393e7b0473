"""A simulated workflow: what the API shows of it, and the script that its executions follow."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import NAMESPACE_URL, UUID, uuid5


@dataclass(frozen=True, slots=True)
class Ending:
    """How an execution ends, in the words of NQL."""

    status: str = "success"
    details: str = "Done"
    outcome: str = "action_taken"


UNMATCHED = Ending("failure", "Default condition", "failed")
"""What stops a run whose condition has no branch for a value.

See https://docs.nexthink.com/platform/user-guide/workflows/creating-workflows/configuring-flow-controls
"""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One value that a run may be given; Nexthink knows no type, default or required flag."""

    id: str
    options: tuple[str, ...] = ()
    allow_custom_value: bool = False
    description: str | None = None

    def accepts(self, value: str) -> bool:
        """Tell whether a run may be started with this value."""
        return self.allow_custom_value or not self.options or value in self.options


@dataclass(frozen=True, slots=True)
class Step:
    """A part of a run, and how long it takes."""

    name: str
    duration: timedelta


@dataclass(frozen=True, slots=True)
class Wait:
    """A listener, and the condition that follows it."""

    after: int
    """How many steps come before it."""
    parameter: str | None = None
    """What the condition after it tests of the event; None goes on whatever the event says."""
    go_on: frozenset[str] = frozenset()
    stop: Mapping[str, Ending] = field(default_factory=dict)

    def ending_of(self, parameters: Mapping[str, str]) -> Ending | None:
        """Tell how an event with these parameters ends the run, or None if the run goes on."""
        if self.parameter is None:
            return None
        value = parameters.get(self.parameter, "")
        return None if value in self.go_on else self.stop.get(value, UNMATCHED)


@dataclass(frozen=True, slots=True)
class Script:
    """What happens in a run, in order."""

    steps: tuple[Step, ...]
    wait: Wait | None = None
    end: Ending = Ending()

    @property
    def before_wait(self) -> timedelta:
        """The time from the start to the listener, or to the end if there is no listener."""
        return _total(self.steps if self.wait is None else self.steps[: self.wait.after])

    @property
    def after_wait(self) -> timedelta:
        """The time from the event to the end."""
        return timedelta(0) if self.wait is None else _total(self.steps[self.wait.after :])


@dataclass(frozen=True, slots=True)
class Workflow:
    """A workflow of the tenant."""

    id: str
    name: str
    description: str
    dependency: str
    script: Script
    parameters: tuple[Parameter, ...] = ()
    is_active: bool = True
    is_api_enabled: bool = True
    version: int = 1
    """The newest version's number; the one before it is shown as inactive."""

    @property
    def uuid(self) -> str:
        """The id that the trigger's path wants; the same in every simulation."""
        return str(uuid_of("workflow", self.id))

    @property
    def has_user(self) -> bool:
        """Tell whether a run needs a user."""
        return self.dependency in {"USER", "USER_AND_DEVICE"}

    @property
    def has_device(self) -> bool:
        """Tell whether a run needs a device."""
        return self.dependency in {"DEVICE", "USER_AND_DEVICE"}

    def unknown_parameters(self, names: Mapping[str, str]) -> list[str]:
        """List the names that are not parameters of the workflow."""
        return sorted(set(names) - {parameter.id for parameter in self.parameters})

    def refused_values(self, values: Mapping[str, str]) -> list[str]:
        """List the parameters whose value is not one of their options."""
        return [p.id for p in self.parameters if p.id in values and not p.accepts(values[p.id])]


def uuid_of(*parts: str) -> UUID:
    """Derive an id from what it names, so that it is the same in every simulation."""
    return uuid5(NAMESPACE_URL, "https://example.com/playground/" + "/".join(parts))


def _total(steps: tuple[Step, ...]) -> timedelta:
    return sum((step.duration for step in steps), timedelta(0))
