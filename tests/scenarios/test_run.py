"""From `/fix` to done: the words, the form, the device, the request, the card."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.playground.nexthink.fault import Endpoint, hang
from bot.playground.slack.person.client import Client
from bot.playground.slack.workspace import View
from tests.scenarios.office import POLICY, NewOffice, Office, field_of, fill_in, last_line

WORKFLOW = "run.workflow"
UPN_OF = "{U0ADAEXAMPLE: alan@example.com}"
NO_RECENT = frozenset({"#fixdesk_user_devices", "#fixdesk_execution_status"})


def chosen(view: View) -> str:
    """Return the id of the workflow that a form is for."""
    return str(view.values["workflow"][WORKFLOW]["selected_option"]["value"])


async def choose(who: Client, view: View, query: str, name: str) -> View:
    """Type into the type-ahead, choose a workflow by its name, and wait for its form."""
    await who.options(view, WORKFLOW, query)
    old = who.open_view(view).hash
    assert (await who.choose(view, WORKFLOW, name)).ok
    return await who.view(lambda view: view.hash != old)


async def test_run_goes_from_words_to_done_on_one_card(office: Office) -> None:
    """`/fix teams cache` opens a filled form, Run starts it once, and one message tells the end."""
    ada, device = office.ada, office.nexthink.device("LT-ADA-0042")
    view = await office.form(ada, "teams cache")
    assert (chosen(view), view.title) == ("#clear_teams_cache", "Find a fix")
    assert "LT-ADA-0042 · Windows · last seen 4 min ago" in view.words

    assert (await ada.submit(view)).ok
    card = await office.card(ada, "Status: running")
    done = await office.card_after(ada, "Status: done")

    assert (done.ts, last_line(done), len(ada.messages)) == (card.ts, "✅ Status: done", 1)
    assert len(office.slack.calls_of("chat.postMessage")) == 1
    assert [request.body for request in office.starts()] == [
        {
            "workflowId": "#clear_teams_cache",
            "users": [{"upn": "ada@example.com"}],
            "devices": [{"collectorUid": device.collector_uid}],
            "params": {},
        }
    ]


async def test_modal_opens_within_the_life_of_its_trigger(office: Office) -> None:
    """The window opens while Nexthink hangs, and the command is acked without a line of its own."""
    office.nexthink.faults.add(Endpoint.DETAILS, hang())

    answer = await office.ada.command("/fix teams cache")
    view = await office.ada.view()
    await office.nexthink.log.wait_for("/details")
    office.nexthink.release()

    assert (answer.ok, answer.payload, view.callback_id) == (True, None, "run.form")
    assert office.slack.calls_of("views.open")[0].ok


async def test_words_of_the_policy_find_a_workflow(office: Office) -> None:
    """An alias of the policy counts like a name."""
    view = await office.form(office.ada, "my teams is slow")

    assert chosen(view) == "#clear_teams_cache"


async def test_card_names_whom_what_and_where(office: Office) -> None:
    """The card says for whom, on which device, with which values, and a reference."""
    view = await office.form(office.ada, "service restart and repair")
    await office.ada.submit(await fill_in(office.ada, view, {"Service": "Spooler", "Repair": "yes"}))

    card = await office.card(office.ada, "Status: running")

    for fact in ("Service restart and repair", "ada@example.com", "LT-ADA-0042", "Service: Spooler", "Reference: "):
        assert fact in card.words


async def test_form_without_words_offers_everything_that_is_allowed(office: Office) -> None:
    """`/fix` alone shows the type-ahead, which answers without a letter too."""
    view = await office.form(office.ada, "")

    offered = await office.ada.options(view, WORKFLOW)

    assert len(offered) == 100
    assert all(option["text"]["text"] for option in offered)


async def test_type_ahead_finds_mistyped_words(office: Office) -> None:
    """The type-ahead ranks by what is meant, not by how it is spelled."""
    view = await office.form(office.ada, "")

    offered = await office.ada.options(view, WORKFLOW, "teems cahce")

    assert offered[0]["value"] == "#clear_teams_cache"


async def test_other_workflow_rebuilds_the_form(office: Office) -> None:
    """Choosing another workflow shows its fields and its device line; Run starts the new one."""
    view = await office.form(office.ada, "teams cache")

    view = await choose(office.ada, view, "diagnostic logs", "Collect diagnostic logs")
    view = await fill_in(office.ada, view, {"Scope": "VPN", "Ticket": "INC0012345"})
    await office.ada.submit(view)
    await office.card_after(office.ada, "Status: done")

    [start] = office.starts()
    assert (start.body["workflowId"], start.body["params"]) == (
        "#collect_diagnostic_logs",
        {"scope": "VPN", "ticket": "INC0012345"},
    )


async def test_chosen_device_is_the_one_that_is_sent(office: Office) -> None:
    """A person may choose another of their devices."""
    view = await office.form(office.ada, "teams cache")
    mac = office.nexthink.device("MB-ADA-0007").collector_uid

    await office.ada.choose(view, "run.device", mac)
    await office.ada.submit(office.ada.open_view(view))
    card = await office.card(office.ada, "MB-ADA-0007")
    [start] = await office.nexthink.log.wait_for("/workflows/execute")

    assert start.body["devices"] == [{"collectorUid": mac}]
    assert "LT-ADA-0042" not in card.words


async def test_two_recent_devices_are_asked_about(office: Office) -> None:
    """Two devices within an hour: nothing is preselected, and the person must choose before Run."""
    view = await office.form(office.barbara, "teams cache")

    answer = await office.barbara.submit(view)

    assert list(answer.errors) == ["device"]
    await office.barbara.choose(view, "run.device", office.nexthink.device("LT-BARBARA-0032").collector_uid)
    assert (await office.barbara.submit(office.barbara.open_view(view))).ok
    await office.card_after(office.barbara, "LT-BARBARA-0032", "Status: done")


async def test_old_device_is_warned_about(office: Office) -> None:
    """A device that was not seen for more than a week is named with a warning."""
    view = await office.form(office.slack.client_of("Donald Example"), "teams cache")

    assert "LT-DONALD-0055 · Windows · last seen 9 days ago" in view.words
    assert "not been seen for a while" in view.words


async def test_workflow_that_needs_a_user_sends_the_user_alone(office: Office) -> None:
    """What a workflow needs decides which lists are filled; the unused one is sent empty."""
    await office.run(office.ada, "license reclamation")
    await office.card_after(office.ada, "Status: done")

    [start] = office.starts()
    assert (start.body["users"], start.body["devices"]) == ([{"upn": "ada@example.com"}], [])


async def test_rule_may_say_which_lists_are_sent(new_office: NewOffice) -> None:
    """`send: device` in the policy leaves the users empty."""
    office = await new_office()
    await office.start_bot(POLICY.replace("aliases: [teams slow", "send: device, aliases: [teams slow"))

    await office.run(office.ada, "teams cache")
    [start] = await office.nexthink.log.wait_for("/workflows/execute")

    assert (start.body["users"], len(start.body["devices"])) == ([], 1)


async def test_more_executions_than_expected_are_all_followed(new_office: NewOffice) -> None:
    """A tenant that makes an execution of each list: the card says so and ends when all have."""
    office = await new_office(pair_targets=False)
    await office.start_bot()

    await office.run(office.ada, "teams cache")
    card = await office.card(office.ada, "more than expected")
    done = await office.card_after(office.ada, "Status: done")

    assert ("2 executions" in card.words, len(office.starts()), last_line(done)) == (True, 1, "✅ Status: done")


async def test_own_runs_are_listed(office: Office) -> None:
    """`/fix mine` shows a person's runs and nobody else's; `/fix help` says how it works."""
    await office.run(office.ada, "teams cache")
    await office.card_after(office.ada, "Status: done")

    await office.ada.command("/fix mine")
    await office.told(office.ada, "Clear Teams cache · ✅ Status: done")
    await office.grace.command("/fix MINE")
    await office.told(office.grace, "You have not run anything yet")
    await office.grace.command("/fix help")
    await office.told(office.grace, "Type /fix and what is wrong")


async def test_submission_before_the_form_is_there_is_answered(office: Office) -> None:
    """Run without a chosen workflow is refused by Slack's own check, and nothing starts."""
    view = await office.form(office.ada, "nothing fits xyzzy", "Nothing fits these words")

    answer = await office.ada.submit(view)

    assert (list(answer.errors), office.starts()) == (["workflow"], [])
    assert field_of(view, "What should be done?") == ("workflow", WORKFLOW)


async def test_form_that_was_open_for_long_still_works(office: Office) -> None:
    """What fixdesk remembers of a person is gone after a while; their form still offers, and runs on their device."""
    view = await office.form(office.ada, "teams cache")
    mac = office.nexthink.device("MB-ADA-0007").collector_uid
    await office.ada.choose(view, "run.device", mac)

    office.advance(timedelta(minutes=30))
    assert (await office.ada.submit(office.ada.open_view(view))).ok
    await office.card_after(office.ada, "MB-ADA-0007", "Status: done")

    assert [start.body["devices"] for start in office.starts()] == [[{"collectorUid": mac}]]


async def test_type_ahead_of_a_form_that_was_open_for_long_still_offers(office: Office) -> None:
    """The list is not empty only because fixdesk has to look somebody up again."""
    view = await office.form(office.ada, "teams cache")

    office.advance(timedelta(minutes=30))

    assert await office.ada.options(view, WORKFLOW, "teams cache") != []


async def test_upn_of_the_policy_counts(new_office: NewOffice) -> None:
    """Where a Slack address is not the UPN, the policy's is used for devices and start."""
    office = await new_office()
    await office.start_bot(POLICY.replace("{domains: [example.com]}", f"{{domains: [example.com], upn_of: {UPN_OF}}}"))
    office.slack.workspace.put_person(replace(office.ada.person, email="ada@elsewhere.example"))

    await office.run(office.ada, "teams cache")
    await office.card_after(office.ada, "Status: done")

    [start] = office.starts()
    assert start.body["users"] == [{"upn": "alan@example.com"}]
    assert start.body["devices"] == [{"collectorUid": office.nexthink.device("MB-ALAN-0023").collector_uid}]


@pytest.mark.parametrize(
    "settings",
    [{}, {"nql_interval": timedelta(seconds=1)}, {"saved_queries": NO_RECENT}],
    ids=["usual", "a query a second", "no recent query"],
)
async def test_many_runs_at_once_all_end(new_office: NewOffice, settings: dict[str, Any]) -> None:
    """Runs of several people at the same time all reach done, also where NQL takes a query a second."""
    office = await new_office(**settings)
    await office.start_bot()
    people = (office.ada, office.grace, office.alan)

    await asyncio.gather(*(office.run(who, "teams cache") for who in people))
    await asyncio.gather(*(office.card_after(who, "Status: done") for who in people))

    assert (len(office.starts()), office.nexthink.counters.executions) == (3, 3)
