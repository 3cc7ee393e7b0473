"""The form's values: from Slack's state into a submission, and from faults back into errors under their fields."""

from collections.abc import Mapping
from typing import Any

from bot.domain.workflow import Parameter, Workflow
from bot.slack.blocks.form import decoded, parameter_block, parameter_number
from bot.slack.blocks.run import load_context
from bot.slack.ids import ActionId, BlockId
from bot.slack.interaction import JSON
from bot.usecases.form import Answer

State = Mapping[str, Mapping[str, JSON]]
"""block_id → action_id → the element's state. See: https://docs.slack.dev/reference/views/modal-views"""


def state_of(view: JSON) -> State:
    """Return the values of a view, none where it has no input."""
    values: State = (view.get("state") or {}).get("values") or {}
    return values


def chosen_workflow(view: JSON) -> str:
    """Return the option value of the chosen workflow, empty where none is."""
    return _selected(state_of(view).get(BlockId.WORKFLOW, {}).get(ActionId.WORKFLOW, {}))


def chosen_device(view: JSON) -> str:
    """Return the Collector id of the chosen device, empty where there was nothing to choose."""
    return _selected(state_of(view).get(BlockId.DEVICE, {}).get(ActionId.DEVICE, {}))


def answers_of(view: JSON, workflow: Workflow, shown: tuple[Parameter, ...]) -> dict[str, Answer]:
    """Return what was given for each parameter that was shown."""
    values = state_of(view)
    return {
        parameter.id: Answer(
            option=decoded(parameter, _selected(_element(values, workflow, number, ActionId.OPTION))),
            text=_written(_element(values, workflow, number, ActionId.TEXT)),
        )
        for number, parameter in enumerate(shown)
    }


def asked_parameter(block_id: str, shown: tuple[Parameter, ...]) -> Parameter | None:
    """Return the parameter whose options are asked for."""
    number = parameter_number(block_id)
    return shown[number] if number is not None and number < len(shown) else None


def errors_under_fields(
    faults: Mapping[str, str], view: JSON, workflow: Workflow, shown: tuple[Parameter, ...]
) -> dict[str, str]:
    """Put each sentence under the field that it is about; Slack takes only names of input blocks that are there."""
    values = state_of(view)
    errors: dict[str, str] = {}
    told: set[str] = set()
    for number, parameter in enumerate(shown):
        blocks = (parameter_block(workflow, number, action) for action in (ActionId.TEXT, ActionId.OPTION))
        block_id = next((block for block in blocks if block in values), None)
        if parameter.id in faults and block_id is not None:
            errors[block_id] = faults[parameter.id]
            told.add(parameter.id)
    left = [f"{parameter_id}: {fault}" for parameter_id, fault in faults.items() if parameter_id not in told]
    return {**errors, **(error_under_workflow(" ".join(left)) if left else {})}


def error_under_workflow(sentence: str) -> dict[str, str]:
    """Put a sentence under the choice of the workflow, which every form has."""
    return {BlockId.WORKFLOW.value: sentence}


def form_is_for(view: JSON) -> tuple[str, str]:
    """Return the workflow and the version that a form was made for."""
    context = load_context(str(view.get("private_metadata", "")))
    return context.workflow, context.version


def _element(values: State, workflow: Workflow, number: int, action_id: ActionId) -> JSON:
    return values.get(parameter_block(workflow, number, action_id), {}).get(action_id, {})


def _written(element: Mapping[str, Any]) -> str:
    """Return what was typed, or the date that was chosen."""
    return str(element.get("value") or element.get("selected_date") or "")


def _selected(element: Mapping[str, Any]) -> str:
    return str((element.get("selected_option") or {}).get("value", ""))
