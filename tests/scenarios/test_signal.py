"""A pause that is asked about when the workflow itself says so, or when NQL shows it."""

from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from bot.domain.run import Device, Send, Target
from bot.domain.workflow import WorkflowId
from bot.playground.nexthink.fault import Endpoint, cut
from bot.playground.slack.workspace import Message
from tests.scenarios.office import POLICY, NewOffice, Office, buttons, last_line

SECRET = "a-secret-of-some-length"
WORDS = "windows 11 migration"
OLD = "deny: {decision: denied}}"


async def started(new_office: NewOffice, more: str) -> Office:
    """Start a bot whose pauses are asked about in another way."""
    office = await new_office()
    policy = POLICY.replace(OLD, OLD.replace("}}", "}, " + more + "}"))
    assert policy != POLICY
    await office.start_bot(policy, FIXDESK_HOOK_SECRET=SECRET)
    return office


@pytest.fixture
async def office(new_office: NewOffice) -> Office:
    """Return an office where workflows say themselves that they wait."""
    return await started(new_office, "ask: on_signal")


async def call(office: Office, body: dict[str, Any], secret: str = SECRET) -> int:
    """Call the hook as a workflow does."""
    headers = {"Authorization": f"Bearer {secret}"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{office.url}/hooks/nexthink/waiting", json=body, headers=headers) as answer,
    ):
        return answer.status


async def running(office: Office) -> str:
    """Let Ada start it, and return the id that the workflow got."""
    await office.run(office.ada, WORDS, **{"Upgrade window": "tonight"})
    await office.card(office.ada, "Status: running")
    [execution] = office.nexthink.executions
    office.advance()
    return execution.params["correlation_id"]


def questions(office: Office) -> list[Message]:
    """List what was asked in the approvals channel."""
    messages = office.slack.workspace.messages.get("C0APPROVALS", {}).values()
    return [message for message in messages if not message.is_ephemeral]


async def test_signal_asks_once_and_the_answer_goes_out(office: Office) -> None:
    """Nobody is asked before; called twice it is asked once; one trigger follows."""
    correlation_id = await running(office)
    assert questions(office) == []

    body = {"correlation_id": correlation_id, "title": "Is <!here> ready?", "text": "Disk checked."}
    assert [await call(office, body), await call(office, body)] == [202, 200]
    message = await office.asked(office.grace, "Is <!here> ready?", "Disk checked.")
    assert (await office.grace.press(message, "Approve")).ok

    await office.card_after(office.ada, "Approved by Grace Example", "Status: done")
    assert (len(questions(office)), len(office.triggers())) == (1, 1)
    assert await call(office, body) == 409


async def test_stranger_asks_nobody(office: Office) -> None:
    """Without the secret nothing happens."""
    correlation_id = await running(office)

    assert await call(office, {"correlation_id": correlation_id}, "another-secret") == 401
    assert await call(office, {"correlation_id": "unknown"}) == 404
    assert questions(office) == []


async def test_execution_of_others_expires(office: Office) -> None:
    """Where nobody decides, the question says so, and whoever presses then is told."""
    assert office.vitals.catalog is not None
    await office.vitals.catalog.refresh()
    body = {"execution_id": await foreign_execution(office), "workflow_id": "#windows_11_migration"}
    assert await call(office, body) == 202
    message = await office.asked(office.grace, "Nexthink runs this")

    office.advance(timedelta(hours=24, seconds=1))
    copy = await office.asked(office.grace, "Nobody decided", "Status: expired")
    await office.grace.press(message, "Approve")
    await office.told(office.grace, "cannot be decided any more")

    assert (buttons(copy), office.triggers()) == ([], [])


async def test_answer_of_unknown_result_is_not_followed(office: Office) -> None:
    """It is not sent again, and the question says what is unknown."""
    assert office.vitals.catalog is not None
    await office.vitals.catalog.refresh()
    body = {"execution_id": await foreign_execution(office), "workflow_id": "#windows_11_migration"}
    await call(office, body)
    message = await office.asked(office.grace, "Nexthink runs this")
    office.nexthink.faults.add(Endpoint.TRIGGER, cut(processed=True), times=1)

    await office.grace.press(message, "Approve")
    copy = await office.until(office.asked(office.grace, "may have reached Nexthink", "Status: unknown"))

    assert (buttons(copy), len(office.triggers())) == ([], 1)


async def test_execution_of_others_is_decided_too(office: Office) -> None:
    """One that fixdesk did not start: asked once, answered once, and whoever it is said to be about does not decide."""
    assert office.vitals.catalog is not None
    await office.vitals.catalog.refresh()
    workflow = office.nexthink.workflow("#windows_11_migration")
    execution_id = await foreign_execution(office)
    body = {
        "execution_id": execution_id,
        "workflow_id": workflow.uuid,
        "title": "From a campaign",
        "upn": "grace@example.com",
    }
    assert [await call(office, body), await call(office, body)] == [202, 200]

    message = await office.asked(office.grace, "From a campaign")
    await office.grace.press(message, "Approve")
    await office.told(office.grace, "cannot decide on your own run")
    await office.alan.press(message, "Approve")
    copy = await office.until(office.asked(office.alan, "Approved by Alan Example", "Status: unknown"))

    assert buttons(copy) == []
    [trigger] = office.triggers()
    assert execution_id in trigger.path
    assert office.nexthink.counters.triggers == 1


async def foreign_execution(office: Office) -> str:
    """Start it past fixdesk's own records, and let it come to its pause."""
    assert office.vitals.nexthink is not None
    collector = office.nexthink.device("LT-ADA-0042").collector_uid
    target = Target(upn="ada@example.com", send=Send.BOTH, device=Device(name="", collector_uid=collector))
    parameters = {"upgrade_window": "tonight", "correlation_id": "elsewhere"}
    await office.vitals.nexthink.start(WorkflowId("#windows_11_migration"), target, parameters)
    office.advance()
    [execution] = office.nexthink.executions
    return execution.uuid


async def test_status_of_nexthink_asks(new_office: NewOffice) -> None:
    """As soon as NQL shows the status that the policy names."""
    office = await started(new_office, "ask: on_status, waiting_status: Waiting for event")
    office.nexthink.change(waiting_status="waiting for event")
    await running(office)

    message = await office.until(office.asked(office.grace, "decides how it goes on"))
    await office.grace.press(message, "Deny")
    card = await office.card_after(office.ada, "Denied by Grace Example", "Status: cancelled")

    assert (last_line(card), len(office.triggers())) == ("⏹️ Status: cancelled", 1)
