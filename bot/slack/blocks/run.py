"""The modal: find a workflow, see where it will run, fill in its form, Run."""

import dataclasses
import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.domain.errors import FixdeskError
from bot.domain.run import Device
from bot.domain.workflow import Parameter, Workflow
from bot.slack.blocks.text import (
    MODAL_BLOCKS,
    OPTION_VALUE,
    OPTIONS,
    PLACEHOLDER,
    Block,
    context,
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
OPTIONS_SIZE = 30_000
QUESTION_LABEL = 150
QUESTION_HINT = 200
"""With these, the fullest form of a hundred inputs stays below the 250 KB that Slack takes for a view."""
OPTION_INDEX = "option:"
"""An option that cannot travel as a value (too long, blank, or like this itself) goes as this and its place."""


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
class Question:
    """One parameter as the form asks for it."""

    parameter: Parameter
    label: str
    hint: str
    is_optional: bool
    default: str


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
    questions = _questions(workflow, form.questions)
    blocks = [_chooser(workflow), *about, *_devices(form.devices, now), *questions, *map(context, form.notes)]
    if len(blocks) > MODAL_BLOCKS:
        raise FixdeskError(
            f"{workflow.name} asks for more than fits into a form. Please ask your IT help desk to run it."
        )
    return _modal(blocks, remembered)


def workflow_option(workflow: Workflow) -> Block:
    """Return a workflow as an option; the same workflow always gives the same option."""
    return option(workflow.name, option_value(workflow), " ".join(workflow.description.split()))


def option_value(workflow: Workflow) -> str:
    """Return what names a workflow in a select: its id, or its uuid where the id is too long."""
    return workflow.id if len(workflow.id) <= OPTION_VALUE else workflow.uuid


def parameter_options(parameter: Parameter, query: str = "") -> list[Block]:
    """Return a parameter's options that contain some words, as many as Slack takes."""
    wanted = query.casefold()
    fitting = [
        option(text, _encoded(place, text)) for place, text in enumerate(parameter.options) if wanted in text.casefold()
    ]
    return fitting[:OPTIONS]


def decoded(parameter: Parameter, value: str) -> str:
    """Return the full option that a select's value stands for; an unknown one comes back as it is."""
    if not value.startswith(OPTION_INDEX):
        return value
    place = value.removeprefix(OPTION_INDEX)
    return parameter.options[int(place)] if place.isdecimal() and int(place) < len(parameter.options) else value


def parameter_block(workflow: Workflow, number: int, action_id: ActionId) -> str:
    """Return the block id of a parameter's input; another workflow or version has others, so nothing typed is kept."""
    version = hashlib.sha256(f"{workflow.id} {workflow.version}".encode()).hexdigest()[:12]
    return f"parameter.{version}.{number}.{action_id}"


def parameter_number(block_id: str) -> int | None:
    """Return the place of the parameter that a block asks for, None for another block."""
    parts = block_id.split(".")
    return int(parts[2]) if len(parts) > 3 and parts[0] == "parameter" and parts[2].isdecimal() else None  # noqa: PLR2004 - the form of parameter_block


def _encoded(place: int, text: str) -> str:
    is_plain = 0 < len(text) <= OPTION_VALUE and not text.startswith(OPTION_INDEX)
    return text if is_plain else f"{OPTION_INDEX}{place}"


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
    return _input(BlockId.WORKFLOW, "What should be done?", select, dispatch_action=True)


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
        return [_input(BlockId.DEVICE, "Runs on this device", select), *lines]
    if devices.chosen is not None:
        return [section(f"Runs on {described(devices.chosen, now)}"), *lines]
    return lines


def described(device: Device, now: datetime) -> str:
    """Return a device in words: "LT-0042 · Windows · last seen 5 min ago"."""
    seen = f"last seen {ago(device.last_seen, now)}" if device.last_seen else ""
    return " · ".join(part for part in (device.name or "your device", device.platform, seen) if part)


def _device_option(device: Device, now: datetime) -> Block:
    return option(described(device, now), device.collector_uid)


def _questions(workflow: Workflow, questions: Sequence[Question]) -> list[Block]:
    """Return the inputs of every parameter; options that are together too much for a view come by type-ahead."""
    size = sum(len(json.dumps(parameter_options(question.parameter))) for question in questions)
    return [
        block
        for number, question in enumerate(questions)
        for block in _question(workflow, number, question, by_type_ahead=size > OPTIONS_SIZE)
    ]


def _question(workflow: Workflow, number: int, question: Question, *, by_type_ahead: bool) -> list[Block]:
    """Return the inputs of one parameter: a select where it has options, a text field where text is taken."""
    inputs = []
    parameter = question.parameter
    has_both = bool(parameter.options) and parameter.allow_custom_value
    if parameter.options:
        block_id = parameter_block(workflow, number, ActionId.OPTION)
        select = _option_select(parameter, question.default, by_type_ahead=by_type_ahead)
        inputs.append(_asked(block_id, question, select, question.label, is_optional=question.is_optional or has_both))
    if parameter.allow_custom_value or not parameter.options:
        block_id = parameter_block(workflow, number, ActionId.TEXT)
        label = f"{question.label}: or another value" if has_both else question.label
        text: Block = {"type": "plain_text_input", "action_id": ActionId.TEXT.value}
        if question.default and question.default not in parameter.options:
            text["initial_value"] = question.default[:3000]
        inputs.append(_asked(block_id, question, text, label, is_optional=question.is_optional or has_both))
    return inputs


def _option_select(parameter: Parameter, default: str, *, by_type_ahead: bool) -> Block:
    """Return a static select, or type-ahead where Slack would refuse so many options."""
    select: Block = {"action_id": ActionId.OPTION.value, "placeholder": plain("Choose", PLACEHOLDER)}
    if by_type_ahead or len(parameter.options) > OPTIONS:
        select |= {"type": "external_select", "min_query_length": 0}
    else:
        select |= {"type": "static_select", "options": parameter_options(parameter)}
    if default in parameter.options:
        select["initial_option"] = option(default, _encoded(parameter.options.index(default), default))
    return select


def _asked(block_id: str, question: Question, element: Block, label: str, *, is_optional: bool) -> Block:
    block = _input(block_id, label, element)
    if question.hint.strip():
        block["hint"] = plain(question.hint, QUESTION_HINT)
    return {**block, "optional": True} if is_optional else block


def _input(block_id: str, label: str, element: Block, **more: Any) -> Block:
    return {
        "type": "input",
        "block_id": str(block_id),
        "label": plain(label, QUESTION_LABEL),
        "element": element,
        **more,
    }
