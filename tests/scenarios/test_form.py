"""The fields that a workflow's parameters become, and what is sent for them."""

from dataclasses import replace

from bot.playground.slack.kit.reading import Json
from bot.playground.slack.workspace import View
from tests.scenarios.office import POLICY, NewOffice, Office, field_of, fill_in

LONG = (
    "Transfer of large media files to an external agency that has signed the data processing agreement, has no access "
    "to our file exchange, and returns the medium to the service desk within five working days"
)


def with_parameters(workflow_id: str, parameters: str) -> str:
    """Return the policy with a rule about one workflow's parameters put first."""
    rule = f'  - {{match: "{workflow_id}", run_by: everyone, parameters: {{{parameters}}}}}'
    return POLICY.replace("workflows:", f"workflows:\n{rule}")


def input_of(view: View, label: str) -> Json:
    """Return the input block with a label."""
    block_id, _ = field_of(view, label)
    return next(block for block in view.blocks if block["block_id"] == block_id)


async def sent(office: Office, view: View, **answers: str) -> dict[str, str]:
    """Fill in a form, run it, and return the values that Nexthink got."""
    filled = await fill_in(office.ada, view, {label.replace("_", " "): value for label, value in answers.items()})
    answer = await office.ada.submit(filled)
    assert (answer.ok, answer.errors) == (True, {})
    await office.nexthink.log.wait_for("/workflows/execute")
    [start] = office.starts()
    params: dict[str, str] = start.body["params"]
    return params


async def test_labels_are_the_ids_in_words(office: Office) -> None:
    """Without a label in the policy a field is called by its parameter's id, and Nexthink's words explain it."""
    view = await office.form(office.ada, "zscaler vpn assisted troubleshooting")

    assert input_of(view, "Incident number")["hint"]["text"] == "The ITSM ticket, such as INC0012345."


async def test_policy_shapes_a_field(new_office: NewOffice) -> None:
    """Label, help and default come from the policy."""
    office = await new_office()
    shape = 'incident_number: {label: Ticket, help: From the portal, default: INC1, pattern: "INC\\\\d+"}'
    await office.start_bot(with_parameters("#zscaler_vpn_assisted_troubleshooting", shape))

    view = await office.form(office.ada, "zscaler vpn assisted troubleshooting")

    assert input_of(view, "Ticket")["hint"]["text"] == "From the portal"
    assert await sent(office, view) == {"incident_number": "INC1"}


async def test_wrong_pattern_is_said_under_its_field(new_office: NewOffice) -> None:
    """A value that does not fit the policy's pattern keeps the modal open with an error under the field."""
    office = await new_office()
    shape = 'incident_number: {label: Ticket, pattern: "INC\\\\d+"}'
    await office.start_bot(with_parameters("#zscaler_vpn_assisted_troubleshooting", shape))
    view = await office.form(office.ada, "zscaler vpn assisted troubleshooting")

    answer = await office.ada.submit(office.ada.fill(view, field_of(view, "Ticket"), "INC12 or so"))

    assert list(answer.errors) == [field_of(view, "Ticket")[0]]
    assert "INC" in next(iter(answer.errors.values()))
    assert await sent(office, view, Ticket="INC12") == {"incident_number": "INC12"}


async def test_blank_is_not_a_value(office: Office) -> None:
    """Every parameter is required: blanks are refused under the field, and nothing starts."""
    view = await office.form(office.ada, "zscaler vpn assisted troubleshooting")
    name = field_of(view, "Incident number")

    answer = await office.ada.submit(office.ada.fill(view, name, "   "))

    assert list(answer.errors) == [name[0]]
    assert office.starts() == []


async def test_optional_parameter_may_be_left_out(new_office: NewOffice) -> None:
    """What the policy calls optional may stay empty, and is then not sent."""
    office = await new_office()
    await office.start_bot(
        with_parameters("#connectivity_assisted_troubleshooting", "incident_number: {optional: true}")
    )

    view = await office.form(office.ada, "connectivity assisted troubleshooting")

    assert await sent(office, view, Depth="full") == {"depth": "full"}


async def test_hidden_and_fixed_values_are_sent_without_being_asked(new_office: NewOffice) -> None:
    """A hidden parameter and one with a value are no fields, but are sent."""
    office = await new_office()
    shape = "incident_number: {hidden: true, default: none}, depth: {value: quick}"
    await office.start_bot(with_parameters("#connectivity_assisted_troubleshooting", shape))

    view = await office.form(office.ada, "connectivity assisted troubleshooting")

    assert [block for block in view.blocks if block["block_id"].startswith("parameter")] == []
    assert await sent(office, view) == {"incident_number": "none", "depth": "quick"}


async def test_custom_value_wins_over_the_option(office: Office) -> None:
    """Options with custom values allowed: a select and a text field, and the text wins."""
    view = await office.form(office.ada, "desktop application uninstallation")
    filled = await fill_in(office.ada, view, {"Application": "VLC media player"})
    filled = office.ada.fill(filled, field_of(view, "Application: or another value"), "Winamp 2")

    assert await sent(office, filled) == {"application": "Winamp 2"}


async def test_option_or_custom_value_must_be_given(office: Office) -> None:
    """Neither of the two fields filled in is said under one of them; the option alone will do."""
    view = await office.form(office.ada, "desktop application uninstallation")

    answer = await office.ada.submit(view)

    assert list(answer.errors) == [field_of(view, "Application: or another value")[0]]
    assert await sent(office, view, Application="Mozilla Firefox") == {"application": "Mozilla Firefox"}


async def test_more_than_a_hundred_options_become_a_type_ahead(office: Office) -> None:
    """So many options that Slack takes no select are looked up as somebody types, the last one too."""
    view = await office.form(office.ada, "add network printer")
    offered = await office.ada.options(view, field_of(view, "Printer"), "leeds")

    assert {option["value"][:5] for option in offered} == {"Leeds"}
    expected = {"printer": "Dublin 3C Zebra ZD421", "make_default": "yes"}
    assert await sent(office, view, Printer="Dublin 3C Zebra ZD421", Make_default="yes") == expected


async def test_type_ahead_of_options_answers_without_a_letter(office: Office) -> None:
    """The first hundred are offered at once."""
    view = await office.form(office.ada, "add network printer")

    assert len(await office.ada.options(view, field_of(view, "Printer"))) == 100


async def test_long_option_travels_as_an_index_and_is_sent_in_full(office: Office) -> None:
    """An option over 150 characters is shown shortened; the full value is sent."""
    view = await office.form(office.ada, "request usb storage exception")
    options = input_of(view, "Purpose")["element"]["options"]
    shown = options[2]["text"]["text"]

    assert (len(shown) <= 75, shown[-1], len(options[2]["value"]) <= 150) == (True, "…", True)
    assert await sent(office, view, Purpose=shown, Days="7") == {"purpose": LONG, "days": "7"}


async def test_shortened_option_is_sent_in_full(office: Office) -> None:
    """An option between 75 and 150 characters is shown shortened and sent as it is."""
    full = "Microsoft SQL Server Management Studio 21 with Azure Data Studio and the migration assistant"
    view = await office.form(office.ada, "install approved application")

    assert await sent(office, view, Application=full, Justification="For the migration") == {
        "application": full,
        "justification": "For the migration",
    }


async def test_forged_option_of_a_parameter_is_refused(office: Office) -> None:
    """A value that is not among the options is refused under its field."""
    view = await office.form(office.ada, "windows 11 migration")
    block_id, action_id = field_of(view, "Upgrade window")
    option = {"text": {"type": "plain_text", "text": "now"}, "value": "now"}
    office.ada.set_values(view, {block_id: {action_id: {"type": "static_select", "selected_option": option}}})

    answer = await office.ada.submit(view)

    assert list(answer.errors) == [block_id]
    assert office.starts() == []


async def test_typed_words_are_not_kept_for_another_workflow(office: Office) -> None:
    """What was typed for one workflow does not turn up in the fields of another."""
    view = await office.form(office.ada, "zscaler vpn assisted troubleshooting")
    office.ada.fill(view, field_of(view, "Incident number"), "INC0000001")

    await office.ada.options(view, "run.workflow", "connectivity assisted")
    await office.ada.choose(view, "run.workflow", "Connectivity assisted troubleshooting")
    view = await office.ada.view(lambda view: "Depth" in view.words)

    block_id, action_id = field_of(view, "Incident number")
    assert view.values[block_id][action_id]["value"] is None


async def test_correlation_id_is_never_asked(office: Office) -> None:
    """A parameter of that name is filled with the run's id."""
    view = await office.form(office.ada, "onedrive compliance")

    params = await sent(office, view)

    card = await office.card(office.ada, "Reference: ")
    assert f"Reference: {params['correlation_id']}" in card.words
    assert "Correlation" not in view.words


async def test_new_version_while_the_form_is_open_is_noticed(office: Office) -> None:
    """A form that was made for an older version of the workflow is not run; it says to choose it again."""
    view = await office.form(office.ada, "zscaler vpn assisted troubleshooting")
    old = office.nexthink.workflow("#zscaler_vpn_assisted_troubleshooting")
    office.nexthink.put_workflow(replace(old, version=old.version + 1))
    await office.form(office.grace, "zscaler vpn assisted troubleshooting")

    answer = await office.ada.submit(office.ada.fill(view, field_of(view, "Incident number"), "INC1"))

    assert "changed" in answer.errors["workflow"]
    assert office.starts() == []
