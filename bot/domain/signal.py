"""Signals: what a workflow tells of itself when it waits. They come over the internet; nothing in them is a right."""

import dataclasses
import enum
import re
from collections.abc import Callable, Mapping
from uuid import UUID

from bot.domain.errors import InvalidInputError

TITLE, TEXT, NAME = 150, 2000, 200
"""How much of each text is shown; what is beyond is cut off."""
_CORRELATION = re.compile(r"[A-Za-z0-9_-]{1,64}")
_WORKFLOW = re.compile(r"[#A-Za-z0-9_-]{1,200}")


class SignalOutcome(enum.Enum):
    """What came of a signal."""

    ACCEPTED = "accepted"
    REPEATED = "already known"
    UNKNOWN = "no such execution"
    AMBIGUOUS = "the run has several executions"
    NOT_READY = "fixdesk has no catalog yet"
    NOT_EXPECTED = "nobody is asked on its signal"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """An execution waits, says somebody who knows the hook's secret."""

    execution_id: str = ""
    correlation_id: str = ""
    """The run's id, which fixdesk gave to the workflow."""
    workflow_id: str = ""
    """`#id` or uuid; needed for executions that fixdesk did not start."""
    title: str = ""
    text: str = ""
    upn: str = ""
    """Whom it is about, as the sender says: it is shown, and lets nobody do anything."""
    device: str = ""


def read_signal(data: object) -> Signal:
    """Read the body of a call; raise `InvalidInputError` with a sentence a field. Unknown keys are ignored."""
    if not isinstance(data, Mapping):
        raise InvalidInputError({"body": "Send a JSON object."})
    names = [field.name for field in dataclasses.fields(Signal)]
    given = {name: data[name] for name in names if data.get(name) is not None}
    faults = {name: "Write text here." for name, value in given.items() if not isinstance(value, str)}
    texts = {name: value.strip() for name, value in given.items() if isinstance(value, str)}
    faults |= _faults_of(texts)
    if not faults and not (texts.get("execution_id") or texts.get("correlation_id")):
        faults["execution_id"] = "Give execution_id or correlation_id."
    if faults:
        raise InvalidInputError(faults)
    return _signal(texts)


def _signal(texts: Mapping[str, str]) -> Signal:
    execution_id = texts.get("execution_id", "")
    return Signal(
        execution_id=str(UUID(execution_id)) if execution_id else "",
        correlation_id=texts.get("correlation_id", ""),
        workflow_id=texts.get("workflow_id", ""),
        title=texts.get("title", "")[:TITLE],
        text=texts.get("text", "")[:TEXT],
        upn=texts.get("upn", "")[:NAME],
        device=texts.get("device", "")[:NAME],
    )


def _faults_of(texts: Mapping[str, str]) -> dict[str, str]:
    """Say what is wrong with the ids that are given."""
    rules: dict[str, tuple[Callable[[str], object], str]] = {
        "execution_id": (_is_uuid, "Write the execution's uuid."),
        "correlation_id": (_CORRELATION.fullmatch, "Write the run's id, as the workflow got it in correlation_id."),
        "workflow_id": (_WORKFLOW.fullmatch, "Write the workflow's #id or uuid."),
    }
    return {name: fault for name, (fits, fault) in rules.items() if texts.get(name) and not fits(texts[name])}


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
