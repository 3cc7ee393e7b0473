"""The executions of the simulated tenant: starting, resuming and cancelling them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import zip_longest
from random import Random
from uuid import UUID

from bot.playground.nexthink.directory import Device, Directory, User
from bot.playground.nexthink.execution import WAITING, Execution, Resumption
from bot.playground.nexthink.presence import Presence
from bot.playground.nexthink.refusal import WorkflowRefusalError
from bot.playground.nexthink.settings import Switches
from bot.playground.nexthink.workflow import Ending, Script, Step, Workflow

_NO_DEVICE = Script(
    steps=(Step("Find the device", timedelta(seconds=2)),),
    end=Ending("failure", "No device could be determined for the user", "failed"),
)


@dataclass(frozen=True, slots=True)
class Order:
    """A start that has been read and found right."""

    workflow: Workflow
    users: Sequence[User]
    devices: Sequence[Device]
    params: Mapping[str, str]
    trigger_method: str = "api"


class Executions:
    """All executions in the order of their start, and how many starts and events were accepted."""

    def __init__(
        self,
        directory: Directory,
        presence: Presence,
        clock: Callable[[], datetime],
        switches: Switches,
        random: Random,
    ) -> None:
        self._directory = directory
        self._presence = presence
        self._clock = clock
        self._switches = switches
        self._random = random
        self._by_uuid: dict[str, Execution] = {}
        self._by_request: dict[str, tuple[str, ...]] = {}
        self.starts_accepted = 0
        self.triggers_accepted = 0

    def __iter__(self) -> Iterator[Execution]:
        return iter(self._by_uuid.values())

    def __len__(self) -> int:
        return len(self._by_uuid)

    def find(self, uuid: str) -> Execution | None:
        """Find an execution by its id."""
        return self._by_uuid.get(uuid.lower())

    def of_request(self, request_uuid: str) -> list[Execution]:
        """List the executions of one request; an unknown one has none."""
        return [self._by_uuid[uuid] for uuid in self._by_request.get(request_uuid, ())]

    def start(self, order: Order) -> list[Execution]:
        """Start one execution for each target of an order; they share the request's id."""
        request_uuid = self._new_uuid()
        started = [self._start(order, request_uuid, user, device) for user, device in self._targets(order)]
        self._by_uuid.update({execution.uuid: execution for execution in started})
        self._by_request[request_uuid] = tuple(execution.uuid for execution in started)
        self.starts_accepted += order.trigger_method == "api"
        return started

    def resume(self, workflow_uuid: str, execution_uuid: str, parameters: Mapping[str, str]) -> Execution:
        """Give a waiting execution its event; any other is refused."""
        now, execution = self._clock(), self.find(execution_uuid)
        if execution is None or execution.workflow.uuid != workflow_uuid.lower():
            raise self._late("EXECUTION_NOT_FOUND", "The workflow has no execution with this id.")
        self._refuse_unless_waiting(execution, now)
        resumed = replace(execution, resumption=Resumption(now, dict(parameters)))
        self._by_uuid[execution.uuid] = resumed
        self.triggers_accepted += 1
        return resumed

    def cancel(self, uuid: str) -> None:
        """Cancel an execution, as a person can in the console; one that has ended stays as it is."""
        execution = self._by_uuid[uuid]
        now = self._clock()
        if execution.state_at(now).ending is None:
            self._by_uuid[uuid] = replace(execution, cancelled_at=now)

    def _refuse_unless_waiting(self, execution: Execution, now: datetime) -> None:
        state = execution.state_at(now)
        if state.ending is not None:
            raise self._late("EXECUTION_ENDED", f"The execution has ended: {state.name}.")
        if execution.resumption is not None:
            raise self._late("EXECUTION_RESUMED", "The execution has been resumed already.")
        if state.name != WAITING:
            raise self._late("EXECUTION_NOT_WAITING", "The execution does not wait for an event.")

    def _late(self, code: str, details: str) -> WorkflowRefusalError:
        """Word what no documentation says: which status such a trigger gets."""
        return WorkflowRefusalError(code, details, self._switches.now.late_trigger_status)

    def _targets(self, order: Order) -> list[tuple[User | None, Device | None]]:
        """Complete each target: a user's most recently used device, a device's last user."""
        if not order.users and not order.devices:
            return [(None, None)]
        if self._switches.now.pair_targets:
            return [self._completed(user, device) for user, device in zip_longest(order.users, order.devices)]
        users = [self._completed(user, None) for user in order.users]
        return users + [self._completed(None, device) for device in order.devices]

    def _completed(self, user: User | None, device: Device | None) -> tuple[User | None, Device | None]:
        if user is None and device is not None:
            user = self._directory.user({"upn": device.last_upn})
        if device is None and user is not None:
            device = user.devices[0] if user.devices else None
        return user, device

    def _start(self, order: Order, request_uuid: str, user: User | None, device: Device | None) -> Execution:
        workflow, settings = order.workflow, self._switches.now
        if workflow.has_device and device is None and user is not None and user.is_known:
            workflow = replace(workflow, script=_NO_DEVICE)
        return Execution(
            uuid=self._new_uuid(),
            request_uuid=request_uuid,
            workflow=workflow,
            user=user,
            device=device,
            started_at=self._clock(),
            wait_timeout=settings.wait_timeout,
            offline_timeout=settings.offline_timeout,
            absences=self._presence.absences_of(device) if device is not None and workflow.has_device else (),
            params=dict(order.params),
            trigger_method=order.trigger_method,
        )

    def _new_uuid(self) -> str:
        return str(UUID(int=self._random.getrandbits(128), version=4))
