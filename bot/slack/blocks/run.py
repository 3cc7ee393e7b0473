"""The modal: find a workflow, see where it will run, fill in its form, Run."""

import dataclasses
import json
from collections.abc import Sequence
from datetime import datetime

from bot.domain.errors import FixdeskError
from bot.domain.run import Device
from bot.domain.workflow import Workflow
from bot.slack.blocks.form import Question, question_blocks
from bot.slack.blocks.text import (
    MODAL_BLOCKS,
    OPTION_VALUE,
    OPTIONS,
    PLACEHOLDER,
    Block,
    button,
    context,
    input_block,
    option,
    plain,
    section,
    shorten,
)
from bot.slack.blocks.times import ago
from bot.slack.ids import ActionId, BlockId, ViewId

TITLE = "Find a fix"
WORDS = 200
"""How much of the typed words a modal remembers."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class FormContext:
    """What a modal remembers between two interactions; nothing in it is trusted as a right."""

    channel_id: str = ""
    words: str = ""
    workflow: str = ""
    """The option value of the workflow that the form was made for."""
    version: str = ""
    device: str = ""
    """The device that was named without a choice."""

    def dump(self) -> str:
        """Return the text for private_metadata."""
        return json.dumps({**dataclasses.asdict(self), "words": self.words[:WORDS]})


def load_context(text: str) -> FormContext:
    """Read private_metadata back; a foreign one counts as empty."""
    try:
        read = json.loads(text)
    except ValueError:
        return FormContext()
    if not isinstance(read, dict):
        return FormContext()
    known = {field.name for field in dataclasses.fields(FormContext)}
    texts = {name: value for name, value in read.items() if name in known and isinstance(value, str)}
    return FormContext(**texts)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Devices:
    """What the modal says of the device."""

    chosen: Device | None
    """The one that is preselected or named; None where the person has to choose, or nobody knows."""
    choices: tuple[Device, ...] = ()
    """More than one = the person may choose."""
    lines: tuple[str, ...] = ()
    """Sentences about it."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """Everything the modal shows for one workflow."""

    workflow: Workflow
    devices: Devices
    questions: tuple[Question, ...]
    notes: tuple[str, ...] = ()
    is_favourite: bool = False


def loading_view(form_context: FormContext) -> Block:
    """Return what is opened at once, within the three seconds of a trigger."""
    return _modal([section("Looking for the right fix…")], form_context, submit="")


def notice_view(sentence: str) -> Block:
    """Return a modal that only says something."""
    return {**_modal([section(sentence)], FormContext(), submit=""), "callback_id": ViewId.NOTICE.value}


def choice_view(form_context: FormContext, notes: Sequence[str]) -> Block:
    """Return the modal with nothing chosen yet."""
    return _modal([_chooser(None), *map(context, notes)], form_context)


def form_view(form: Form, form_context: FormContext, now: datetime) -> Block:
    """Return the modal for one workflow."""
    workflow = form.workflow
    named = form.devices.chosen
    remembered = dataclasses.replace(
        form_context,
        workflow=option_value(workflow),
        version=workflow.version,
        device=named.collector_uid if named else "",
    )
    about = [section(shorten(workflow.description, 1000))] if workflow.description.strip() else []
    questions = question_blocks(workflow, form.questions)
    blocks = [_chooser(workflow), *about, *_devices(form.devices, now), *questions, *map(context, form.notes)]
    if len(blocks) > MODAL_BLOCKS:
        raise FixdeskError(
            f"{workflow.name} asks for more than fits into a form. Please ask your IT help desk to run it."
        )
    star = [_star(workflow, is_favourite=form.is_favourite)] if len(blocks) < MODAL_BLOCKS else []
    return _modal([*blocks, *star], remembered)


def _star(workflow: Workflow, *, is_favourite: bool) -> Block:
    """Offer to keep a workflow at the top of the list, or to let it go from there."""
    value = option_value(workflow)
    star = button("☆ Add to favourites", ActionId.STAR, value)
    unstar = button("★ Remove from favourites", ActionId.UNSTAR, value)
    return {"type": "actions", "block_id": BlockId.FAVOURITE.value, "elements": [unstar if is_favourite else star]}


def workflow_option(workflow: Workflow) -> Block:
    """Return a workflow as an option; the same workflow always gives the same option."""
    return option(workflow.name, option_value(workflow), " ".join(workflow.description.split()))


def option_value(workflow: Workflow) -> str:
    """Return what names a workflow in a select: its id, or its uuid where the id is too long."""
    return workflow.id if len(workflow.id) <= OPTION_VALUE else workflow.uuid


def _modal(blocks: list[Block], form_context: FormContext, submit: str = "Run") -> Block:
    view = {
        "type": "modal",
        "callback_id": ViewId.RUN.value,
        "title": plain(TITLE, 24),
        "close": plain("Cancel", 24),
        "private_metadata": form_context.dump(),
        "blocks": blocks,
    }
    return {**view, "submit": plain(submit, 24)} if submit else view


def _chooser(chosen: Workflow | None) -> Block:
    select: Block = {
        "type": "external_select",
        "action_id": ActionId.WORKFLOW.value,
        "min_query_length": 0,
        "placeholder": plain("Type a few words, such as: teams slow", PLACEHOLDER),
    }
    if chosen is not None:
        select["initial_option"] = workflow_option(chosen)
    return input_block(BlockId.WORKFLOW, "What should be done?", select, dispatch_action=True)


def _devices(devices: Devices, now: datetime) -> list[Block]:
    """Ask for the device where there are several, else name it."""
    lines = [context(line) for line in devices.lines]
    if len(devices.choices) > 1:
        select: Block = {
            "type": "static_select",
            "action_id": ActionId.DEVICE.value,
            "placeholder": plain("Choose your device", PLACEHOLDER),
            "options": [_device_option(device, now) for device in devices.choices[:OPTIONS]],
        }
        if devices.chosen is not None:
            select["initial_option"] = _device_option(devices.chosen, now)
        return [input_block(BlockId.DEVICE, "Runs on this device", select), *lines]
    if devices.chosen is not None:
        return [section(f"Runs on {described(devices.chosen, now)}"), *lines]
    return lines


def described(device: Device, now: datetime) -> str:
    """Return a device in words: "LT-0042 · Windows · last seen 5 min ago"."""
    seen = f"last seen {ago(device.last_seen, now)}" if device.last_seen else ""
    return " · ".join(part for part in (device.name or "your device", device.platform, seen) if part)


def _device_option(device: Device, now: datetime) -> Block:
    return option(described(device, now), device.collector_uid)
