"""The modal: whatever it has to show, Slack takes it, and nothing in it is parsed."""

import dataclasses
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.domain.errors import FixdeskError
from bot.domain.run import Device
from bot.domain.workflow import Parameter
from bot.playground.slack.kit.validate import check_options, check_view, is_too_large
from bot.slack.blocks.form import Question, decoded, parameter_block, parameter_number, parameter_options
from bot.slack.blocks.run import (
    Devices,
    Form,
    FormContext,
    choice_view,
    described,
    form_view,
    load_context,
    loading_view,
    notice_view,
    option_value,
    workflow_option,
)
from bot.slack.ids import ActionId
from tests.domain.values import LAPTOP, NOON, a_workflow
from tests.slack.blocks.texts import NAMES, PARAMETERS, TEXTS, WORKFLOWS, many, texts_in

CONTEXTS = st.builds(FormContext, channel_id=st.sampled_from(["", "C0123456789"]), words=TEXTS)
DEVICES = st.lists(
    st.builds(
        Device,
        name=TEXTS,
        collector_uid=st.uuids().map(str),
        platform=TEXTS,
        last_seen=st.none() | st.just(NOON),
    ),
    max_size=4,
    unique_by=lambda device: device.collector_uid,
).map(lambda devices: tuple(devices) * (1 if len(devices) < 4 else 40))
CHOICES = DEVICES.map(lambda devices: Devices(chosen=devices[0] if devices else None, choices=devices))
QUESTIONS = st.lists(
    st.builds(Question, parameter=PARAMETERS, label=TEXTS, hint=TEXTS, is_optional=st.booleans(), default=TEXTS),
    max_size=4,
)


def a_question(parameter: Parameter, **changes: Any) -> Question:
    """Return a plain question about a parameter."""
    plain: dict[str, Any] = {"label": "Reason", "hint": "", "is_optional": False, "default": ""}
    return Question(parameter=parameter, **(plain | changes))


def a_form(*questions: Question, **changes: Any) -> Form:
    """Return the form of a workflow."""
    plain: dict[str, Any] = {"workflow": a_workflow(), "devices": Devices(chosen=LAPTOP)}
    return Form(questions=questions, **(plain | changes))


def inputs_of(form: Form) -> list[dict[str, Any]]:
    """Return the input blocks of a form but for the choice of the workflow."""
    blocks = form_view(form, FormContext(), NOON)["blocks"]
    return [block for block in blocks[1:] if block["type"] == "input"]


def assert_slack_takes(view: dict[str, Any]) -> None:
    """Check a view as Slack does, and that it parses none of it."""
    assert check_view(view, "modal") == []
    assert not is_too_large(view)
    assert {text["type"] for text in texts_in(view)} == {"plain_text"}


@given(WORKFLOWS, QUESTIONS, CHOICES, st.lists(TEXTS, max_size=3).map(tuple), CONTEXTS)
@settings(max_examples=60, deadline=None)
def test_form_of_anything_is_within_slacks_limits(
    workflow: Any, questions: list[Question], devices: Devices, notes: tuple[str, ...], form_context: FormContext
) -> None:
    """Any names, parameters, options, devices and texts."""
    form = Form(workflow=workflow, devices=devices, questions=tuple(questions), notes=notes)

    assert_slack_takes(form_view(form, form_context, NOON))


@pytest.mark.parametrize(
    ("character", "options", "count"), [("x", (), 98), ("x", many(100, "x", 140), 49), ("é", (), 98)]
)
def test_fullest_form_is_within_slacks_limits(character: str, options: tuple[str, ...], count: int) -> None:
    """A hundred blocks with the longest label and help that Nexthink or a policy may hold."""
    view = form_view(a_form(*long_questions(count, character, options)), FormContext(), NOON)

    assert len(view["blocks"]) == 100
    assert_slack_takes(view)


@pytest.mark.parametrize(("options", "count"), [((), 99), (("a",), 50), ((), 500)])
def test_form_that_does_not_fit_is_refused(options: tuple[str, ...], count: int) -> None:
    """A question that is cut off could not be answered: the person is told whom to ask instead."""
    form = a_form(*long_questions(count, "x", options))

    with pytest.raises(FixdeskError, match=r"Reset VPN asks for more than fits into a form\. .* IT help desk"):
        form_view(form, FormContext(), NOON)


def long_questions(count: int, character: str, options: tuple[str, ...]) -> list[Question]:
    """Return so many questions, each with a long label and help; one with options has two inputs."""
    long = character * 3100
    return [a_question(Parameter(id=f"p{number}", options=options), label=long, hint=long) for number in range(count)]


@given(CONTEXTS, st.lists(TEXTS, max_size=3), TEXTS)
@settings(deadline=None)
def test_other_modals_are_within_slacks_limits(form_context: FormContext, notes: list[str], sentence: str) -> None:
    """What opens at once, what has nothing chosen yet, and what only says something."""
    for view in (loading_view(form_context), choice_view(form_context, notes), notice_view(sentence)):
        assert_slack_takes(view)


@given(PARAMETERS, st.sampled_from(["", "x", "É", "nothing"]))
@example(Parameter(id="p", options=("x" * 151, "option:0")), "")
@settings(deadline=None)
def test_options_of_anything_are_within_slacks_limits(parameter: Parameter, query: str) -> None:
    """At most a hundred, only those that contain the words, and each stands for its full text."""
    options = parameter_options(parameter, query)

    assert check_options({"options": options}) == []
    full = [decoded(parameter, one["value"]) for one in options]
    assert full == [text for text in parameter.options if query.casefold() in text.casefold()][:100]


@pytest.mark.parametrize(
    ("length", "is_shortened", "value"),
    [(75, False, "x" * 75), (76, True, "x" * 76), (150, True, "x" * 150), (151, True, "option:1")],
)
def test_long_option_is_shown_shortened_and_travels_as_an_index(length: int, value: str, *, is_shortened: bool) -> None:
    """Over 75 characters the text is cut, over 150 the value is its place; the full value is sent."""
    parameter = Parameter(id="p", options=("a", "x" * length))

    made = parameter_options(parameter)[1]

    assert made["text"]["text"].endswith("…") is is_shortened
    assert made["value"] == value
    assert decoded(parameter, value) == "x" * length


@pytest.mark.parametrize("text", ["", "option:", "option:0", "option:1", "option: a"])
def test_option_that_could_be_mistaken_travels_as_an_index(text: str) -> None:
    """A blank one, and one that looks like an index itself, come back as they are."""
    parameter = Parameter(id="p", options=("a", text))

    made = parameter_options(parameter)[1]

    assert made["value"] == "option:1"
    assert decoded(parameter, made["value"]) == text


def test_option_that_is_listed_twice_is_shown_once() -> None:
    """Two options of one value would be one too many for Slack."""
    parameter = Parameter(id="p", options=("a", "x" * 151, "a", "b", "x" * 151))

    assert [one["value"] for one in parameter_options(parameter)] == ["a", "option:1", "b"]


@given(WORKFLOWS)
@settings(deadline=None)
def test_option_of_a_workflow_begins_with_its_name(workflow: Any) -> None:
    """It is the same whenever it is shown, and its value finds the workflow again."""
    made = workflow_option(workflow)

    assert check_options({"options": [made]}) == []
    assert made["text"]["text"] in {workflow.name, f"{workflow.name[:74].rstrip()}…", "-"}
    assert made == workflow_option(workflow)
    assert made["value"] == option_value(workflow) in {workflow.id, workflow.uuid}


def test_modal_begins_with_the_choice_of_the_workflow() -> None:
    """A type-ahead that answers without a word typed, and shows what is chosen."""
    workflow = a_workflow()

    for view, chosen in (
        (choice_view(FormContext(), []), None),
        (form_view(a_form(), FormContext(), NOON), workflow_option(workflow)),
    ):
        element = view["blocks"][0]["element"]
        assert (element["type"], element["min_query_length"]) == ("external_select", 0)
        assert element.get("initial_option") == chosen
        assert view["blocks"][0]["dispatch_action"] is True
        assert view["submit"]["text"] == "Run"


def test_form_remembers_what_it_was_made_for() -> None:
    """The workflow, its version and its device come back with the submission, and where it was opened."""
    view = form_view(a_form(), FormContext(channel_id="C1", words="vpn slow"), NOON)

    remembered = load_context(view["private_metadata"])
    assert remembered == FormContext(
        channel_id="C1", words="vpn slow", workflow="#reset_vpn", version="v-1", device="c-1"
    )


def test_form_forgets_the_device_of_the_form_before_it() -> None:
    """Where nobody knows a device, an older one is not meant."""
    view = form_view(a_form(devices=Devices(chosen=None)), FormContext(device="c-9"), NOON)

    assert load_context(view["private_metadata"]).device == ""


@given(CONTEXTS)
@settings(deadline=None)
def test_context_comes_back_as_it_went(form_context: FormContext) -> None:
    """Only very many words are cut."""
    back = load_context(form_context.dump())

    assert back == dataclasses.replace(form_context, words=form_context.words[:200])


@given(st.text() | st.sampled_from(["null", "[]", "5", '"x"', '{"words": 5}', '{"other": "x"}']))
@settings(deadline=None)
def test_foreign_context_counts_as_empty(text: str) -> None:
    """Whatever comes back is read without harm."""
    assert load_context(text) == FormContext()


@pytest.mark.parametrize("value", ["typed", "option:", "option:x", "option:9", "option:-1", "option:²", ""])
def test_unknown_value_of_a_select_stays_as_it_is(value: str) -> None:
    """It is refused later as no option, not taken for another one."""
    assert decoded(Parameter(id="p", options=("a", "b")), value) == value


@pytest.mark.parametrize(
    ("count", "kind"),
    [(1, "static_select"), (100, "static_select"), (101, "external_select"), (500, "external_select")],
)
def test_many_options_come_by_type_ahead(count: int, kind: str) -> None:
    """Slack takes a hundred in a select; a preselected one is shown either way."""
    options = many(count, "", 0)
    parameter = Parameter(id="p", options=options, allow_custom_value=False)

    (block,) = inputs_of(a_form(a_question(parameter, default=options[-1])))

    assert block["element"]["type"] == kind
    assert block["element"]["initial_option"]["value"] == options[-1]


@pytest.mark.parametrize(
    ("options", "allow_custom", "is_optional", "inputs"),
    [
        ((), True, False, [("plain_text_input", False)]),
        ((), False, False, [("plain_text_input", False)]),  # without options any text is taken
        ((), True, True, [("plain_text_input", True)]),
        (("a",), False, False, [("static_select", False)]),
        (("a",), False, True, [("static_select", True)]),
        # Either of the two will do, so Slack must not insist on both.
        (("a",), True, False, [("static_select", True), ("plain_text_input", True)]),
        (("a",), True, True, [("static_select", True), ("plain_text_input", True)]),
    ],
)
def test_question_is_asked_as_its_parameter_takes_it(
    options: tuple[str, ...], *, allow_custom: bool, is_optional: bool, inputs: list[tuple[str, bool]]
) -> None:
    """A select where there are options, a text field where text is taken, both where both are."""
    parameter = Parameter(id="p", options=options, allow_custom_value=allow_custom)

    blocks = inputs_of(a_form(a_question(parameter, is_optional=is_optional)))

    assert [(block["element"]["type"], block.get("optional", False)) for block in blocks] == inputs


def test_label_help_and_default_are_shown() -> None:
    """Of two inputs for one parameter the second says what it is for."""
    parameter = Parameter(id="p", options=("a", "b"), allow_custom_value=True)

    select, text = inputs_of(a_form(a_question(parameter, hint="INC and digits", default="other")))

    assert (select["label"]["text"], text["label"]["text"]) == ("Reason", "Reason: or another value")
    assert select["hint"]["text"] == "INC and digits"
    assert "initial_option" not in select["element"]
    assert text["element"]["initial_value"] == "other"


def test_input_of_another_workflow_or_version_has_another_name() -> None:
    """What was typed for one is not taken for the other."""
    names = {
        parameter_block(workflow, number, action)
        for workflow in (a_workflow(), a_workflow("#other"), a_workflow(version="v-2"))
        for number in (0, 1, 10)
        for action in (ActionId.OPTION, ActionId.TEXT)
    }

    assert len(names) == 18


@pytest.mark.parametrize("number", [0, 7, 99])
def test_name_of_an_input_tells_its_parameter(number: int) -> None:
    """By its place among the questions."""
    assert parameter_number(parameter_block(a_workflow(), number, ActionId.OPTION)) == number


@pytest.mark.parametrize("block_id", ["", "workflow", "device", "parameter", "parameter.abc.x.run.option", "a.b.1.c"])
def test_name_of_another_block_tells_none(block_id: str) -> None:
    """A block that is not a parameter's is not taken for one."""
    assert parameter_number(block_id) is None


@pytest.mark.parametrize(("is_favourite", "action_id"), [(False, ActionId.STAR.value), (True, ActionId.UNSTAR.value)])
def test_star_offers_the_other_state(*, is_favourite: bool, action_id: str) -> None:
    """A form without room for it goes without."""
    form = dataclasses.replace(a_form(), is_favourite=is_favourite)

    *_, last = form_view(form, FormContext(), NOON)["blocks"]

    assert [(one["action_id"], one["value"]) for one in last["elements"]] == [(action_id, form.workflow.id)]


OTHER = Device(name="LT-2", collector_uid="c-2", platform="macOS", last_seen=NOON)


@pytest.mark.parametrize(
    ("devices", "shown"),
    [
        (Devices(chosen=LAPTOP), ["Runs on LT-1 · Windows · last seen 5 min ago"]),
        (
            Devices(chosen=LAPTOP, choices=(LAPTOP,), lines=("Old.",)),
            ["Runs on LT-1 · Windows · last seen 5 min ago", "Old."],
        ),
        (Devices(chosen=None, lines=("Nobody knows.",)), ["Nobody knows."]),
        (Devices(chosen=None), []),
    ],
)
def test_device_is_named_where_there_is_no_choice(devices: Devices, shown: list[str]) -> None:
    """Or it is said why none can be named."""
    blocks = form_view(a_form(devices=devices), FormContext(), NOON)["blocks"][1:-1]

    assert [text["text"] for text in texts_in(blocks)] == shown


@pytest.mark.parametrize("chosen", [LAPTOP, None])
def test_device_is_chosen_where_there_are_several(chosen: Device | None) -> None:
    """The newest is preselected, unless the person has to say."""
    (block,) = inputs_of(a_form(devices=Devices(chosen=chosen, choices=(LAPTOP, OTHER))))

    assert [one["value"] for one in block["element"]["options"]] == ["c-1", "c-2"]
    preselected = block["element"].get("initial_option", {}).get("value")
    assert preselected == (chosen.collector_uid if chosen else None)
    assert "optional" not in block


@given(NAMES, NAMES)
@settings(deadline=None)
def test_device_without_a_name_is_still_something(name: str, platform: str) -> None:
    """An unseen device says nothing of when."""
    words = described(Device(name=name, collector_uid="c", platform=platform), NOON)

    assert words.startswith(name or "your device")
    assert "last seen" not in words.removeprefix(name)
