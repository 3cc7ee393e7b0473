"""Forms: what was shown and filled in comes back as it was meant, and faults go under their fields."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.workflow import Parameter, Workflow
from bot.slack.blocks.form import Question, parameter_block, parameter_options
from bot.slack.blocks.run import Devices, Form, FormContext, form_view
from bot.slack.forms import (
    answers_of,
    asked_parameter,
    chosen_device,
    chosen_workflow,
    error_under_workflow,
    errors_under_fields,
    form_is_for,
    state_of,
)
from bot.slack.ids import ActionId
from bot.usecases.form import Answer
from tests.domain.values import LAPTOP, NOON, a_workflow
from tests.slack.blocks.texts import NAMES, OPTIONS

Json = dict[str, Any]

PARAMETERS = st.lists(
    st.builds(Parameter, id=NAMES, options=OPTIONS, allow_custom_value=st.booleans()),
    max_size=4,
    unique_by=lambda parameter: parameter.id,
)


def view_of(workflow: Workflow, *parameters: Parameter, devices: Devices | None = None) -> Json:
    """Return the form of a workflow with plain questions."""
    questions = tuple(
        Question(parameter=parameter, label="L", hint="", is_optional=False, default="") for parameter in parameters
    )
    form = Form(workflow=workflow, devices=devices or Devices(chosen=LAPTOP), questions=questions)
    return form_view(form, FormContext(channel_id="C1"), NOON)


def filled(view: Json, answers: dict[str, Answer], parameters: list[Parameter]) -> Json:
    """Return a view as Slack sends it when a person filled it in."""
    values = {block["block_id"]: _state(block) for block in view["blocks"] if block["type"] == "input"}
    for block_id, state in values.items():
        parameter = asked_parameter(block_id, tuple(parameters))
        if parameter is not None:
            _answer(state, parameter, answers[parameter.id])
    return {**view, "state": {"values": values}}


def _state(block: Json) -> Json:
    """Return the state of an input that nobody touched."""
    element = block["element"]
    if element["type"] == "plain_text_input":
        return {element["action_id"]: {"type": element["type"], "value": element.get("initial_value")}}
    return {element["action_id"]: {"type": element["type"], "selected_option": element.get("initial_option")}}


def _answer(state: Json, parameter: Parameter, answer: Answer) -> None:
    if ActionId.TEXT in state:
        state[ActionId.TEXT]["value"] = answer.text or None
    if ActionId.OPTION in state and answer.option:
        offered = {text: made for made, text in zip(parameter_options(parameter), parameter.options, strict=False)}
        state[ActionId.OPTION]["selected_option"] = offered[answer.option]


@st.composite
def _filled_in(draw: st.DrawFn) -> tuple[list[Parameter], dict[str, Answer]]:
    """Draw parameters, and for each an option that is offered and a text that can be typed."""
    parameters = draw(PARAMETERS)
    answers = {}
    for parameter in parameters:
        option = draw(st.sampled_from(["", *parameter.options[:100]]))
        takes_text = parameter.allow_custom_value or not parameter.options
        answers[parameter.id] = Answer(option=option, text=draw(NAMES) if takes_text else "")
    return parameters, answers


@given(_filled_in())
@settings(deadline=None)
def test_form_comes_back_as_it_was_filled_in(form: tuple[list[Parameter], dict[str, Answer]]) -> None:
    """Whatever the parameters and their options are, each answer is the full value for its parameter."""
    parameters, answers = form
    workflow = a_workflow()

    view = filled(view_of(workflow, *parameters), answers, parameters)

    assert answers_of(view, workflow, tuple(parameters)) == answers
    assert chosen_workflow(view) == workflow.id
    assert form_is_for(view) == (workflow.id, workflow.version)


REASON, SIZE = Parameter(id="reason"), Parameter(id="size", options=("s", "l"), allow_custom_value=True)
WORKFLOW = a_workflow()


def test_answers_to_an_older_version_are_not_taken() -> None:
    """Its inputs had other names."""
    view = filled(view_of(WORKFLOW, REASON), {"reason": Answer(text="slow")}, [REASON])

    assert answers_of(view, a_workflow(version="v-2"), (REASON,)) == {"reason": Answer()}


def test_chosen_device_comes_back_only_where_there_was_a_choice() -> None:
    """Otherwise nobody chose one."""
    choice = view_of(WORKFLOW, devices=Devices(chosen=LAPTOP, choices=(LAPTOP, LAPTOP)))

    assert chosen_device(filled(choice, {}, [])) == "c-1"
    assert chosen_device(filled(view_of(WORKFLOW), {}, [])) == ""


@pytest.mark.parametrize(
    "view",
    [
        {},
        {"state": None},
        {"state": {}},
        {"state": {"values": {}}},
        {"state": {"values": {"workflow": {"run.workflow": {"type": "external_select", "selected_option": None}}}}},
    ],
)
def test_view_without_a_value_has_chosen_nothing(view: Json) -> None:
    """Slack leaves out what nobody filled in, or sends null."""
    assert (chosen_workflow(view), chosen_device(view), form_is_for(view)) == ("", "", ("", ""))
    assert answers_of(view, WORKFLOW, (REASON,)) == {"reason": Answer()}
    assert len(state_of(view)) <= 1


def test_faults_stand_under_their_fields() -> None:
    """Of two inputs for one parameter under the text, the last of them."""
    view = filled(view_of(WORKFLOW, REASON, SIZE), {"reason": Answer(), "size": Answer()}, [REASON, SIZE])

    errors = errors_under_fields({"size": "Which?", "reason": "Why?"}, view, WORKFLOW, (REASON, SIZE))

    assert errors == {
        parameter_block(WORKFLOW, 0, ActionId.TEXT): "Why?",
        parameter_block(WORKFLOW, 1, ActionId.TEXT): "Which?",
    }
    assert set(errors) <= {block.get("block_id") for block in view["blocks"]}


def test_fault_of_a_field_that_is_not_there_stands_under_the_workflow() -> None:
    """Slack refuses a name that is no input's; the parameter is named instead."""
    view = filled(view_of(WORKFLOW, REASON), {"reason": Answer(text="slow")}, [REASON])

    assert errors_under_fields({"hidden": "Why?"}, view, WORKFLOW, (REASON,)) == error_under_workflow("hidden: Why?")


def test_no_fault_is_lost() -> None:
    """One that has no field is told along with those that have one."""
    view = filled(view_of(WORKFLOW, REASON), {"reason": Answer()}, [REASON])

    errors = errors_under_fields({"reason": "Why?", "hidden": "What?"}, view, WORKFLOW, (REASON,))

    assert errors[parameter_block(WORKFLOW, 0, ActionId.TEXT)] == "Why?"
    assert "What?" in " ".join(errors.values())


@pytest.mark.parametrize(("number", "asked"), [(0, REASON), (1, SIZE), (2, None)])
def test_type_ahead_finds_its_parameter(number: int, asked: Parameter | None) -> None:
    """By the name of its block; one beyond the form is none."""
    block_id = parameter_block(WORKFLOW, number, ActionId.OPTION)

    assert asked_parameter(block_id, (REASON, SIZE)) == asked
    assert asked_parameter("workflow", (REASON, SIZE)) is None
