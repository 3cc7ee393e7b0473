"""What was accepted survives a stop and a start on the same database."""

import asyncio
import dataclasses
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta

import pytest

from bot.domain.decision import Approval, Choice, DecisionState, Verdict
from bot.domain.run import Run, RunState
from bot.domain.work import WorkKind
from bot.playground.nexthink.fault import Endpoint, hang
from bot.playground.slack.workspace import Message
from bot.store.database import SqlStore
from bot.usecases.due import Presser, press, work_on
from tests.scenarios.office import NOT_ACKED, PATIENCE, POLICY, Office, buttons, last_line

ADMIN = {"Action": "grant", "Hours": "4", "Reason": "A driver"}
SHORTLY = timedelta(milliseconds=400)
MIGRATION = {"Upgrade window": "tonight"}


@asynccontextmanager
async def opened(office: Office) -> AsyncIterator[SqlStore]:
    """Open the database of a bot that is stopped."""
    store = await SqlStore.open(office.database_url)
    try:
        yield store
    finally:
        await store.close()


@contextmanager
def heard(words: str) -> Iterator[asyncio.Event]:
    """Give an event that a log line of fixdesk's with these words sets."""
    event, logger = asyncio.Event(), logging.getLogger("bot")

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if words in record.getMessage():
                event.set()

    ear = Ear()
    logger.addHandler(ear)
    yield event
    logger.removeHandler(ear)


@contextmanager
def short_of_time(office: Office) -> Iterator[None]:
    """Let Slack wait less for acks, where none comes."""
    usual = office.slack._install.settings
    office.slack._install.settings = dataclasses.replace(usual, ack_timeout=SHORTLY)
    yield
    office.slack._install.settings = usual


def presser(office: Office, message: Message) -> Presser:
    """Name Grace's press on a message."""
    return Presser(slack_id=office.grace.person_id, channel_id=message.channel, ts=message.ts, pressed="1.2:approve")


async def test_press_after_a_restart_is_acted_upon(office: Office) -> None:
    """An approval that was asked for before the stop can be given after the start, on the same message."""
    await office.run(office.ada, "manage local admin permission", **ADMIN)
    message = await office.asked(office.grace, "waiting for approval")

    await office.restart_bot()
    assert (await office.grace.press(message, "Approve")).ok
    done = await office.card_after(office.ada, "Approved by Grace Example", "Status: done")

    assert (len(office.starts()), len(office.ada.messages)) == (1, 1)
    assert last_line(done) == "✅ Status: done"


async def test_running_run_is_followed_after_a_restart(office: Office) -> None:
    """A run that was under way reaches done on the card that it had before."""
    card = await office.run(office.ada, "teams cache")
    await office.card(office.ada, "Status: running")

    await office.restart_bot()
    done = await office.card_after(office.ada, "Status: done")

    assert (done.ts, len(office.ada.messages), len(office.starts())) == (card.ts, 1, 1)


async def test_end_during_the_stop_is_told_after_it(office: Office) -> None:
    """What ended while no bot ran is shown once one does."""
    await office.run(office.ada, "teams cache")
    await office.card(office.ada, "Status: running")
    await office.stop_bot()

    office.advance(timedelta(hours=2))
    await office.start_bot()

    assert last_line(await office.card_after(office.ada, "Status: done")) == "✅ Status: done"


async def test_stored_press_on_an_approval_is_worked_off(office: Office) -> None:
    """A press that was stored and not worked off when the process ended is acted upon at the next start."""
    await office.run(office.ada, "manage local admin permission", **ADMIN)
    message = await office.asked(office.grace, "waiting for approval")
    await office.stop_bot()
    async with opened(office) as store:
        [run] = await store.undecided_runs()
        about = {"run_id": run.id, "ordinal": 0}
        row = press(WorkKind.DECIDE, presser(office, message), Choice.APPROVE, about, office.clock())
        assert await store.add_work(row)

    await office.start_bot()
    await office.card_after(office.ada, "Approved by Grace Example", "Status: done")

    assert len(office.starts()) == 1


async def test_claimed_press_of_a_process_that_died_is_worked_off(office: Office) -> None:
    """A press that a dead process had claimed is taken up at once, not when its lease ends."""
    await office.run(office.ada, "windows 11 migration", **MIGRATION)
    message = await office.asked(office.grace, "decides how it goes on")
    office.advance()
    await office.stop_bot()
    async with opened(office) as store:
        [run] = await store.undecided_runs()
        about = {"run_id": run.id, "ordinal": 0}
        await store.add_work(press(WorkKind.ANSWER, presser(office, message), Choice.DENY, about, office.clock()))
        assert await store.claim_work(office.clock(), timedelta(hours=1), 16)

    await office.start_bot()
    await office.card_after(office.ada, "Denied by Grace Example", "Status: cancelled")

    assert office.nexthink.counters.triggers == 1


async def test_press_that_cannot_be_stored_is_not_acked(office: Office) -> None:
    """A press is acked once it is stored: while the database fails Slack warns the person; the next press counts."""
    await office.run(office.ada, "manage local admin permission", **ADMIN)
    message = await office.asked(office.grace, "waiting for approval")

    await office.alter_database("ALTER TABLE work RENAME TO work_away")
    with short_of_time(office):
        lost = await office.grace.press(message, "Approve")
    await office.alter_database("ALTER TABLE work_away RENAME TO work")
    taken = await office.grace.press(message, "Approve")
    await office.card_after(office.ada, "Approved by Grace Example", "Status: done")

    assert (lost.error, taken.ok, len(office.starts())) == (NOT_ACKED[office.transport], True, 1)


async def test_submission_that_cannot_be_stored_is_not_acked(office: Office) -> None:
    """A form that could not be stored stays open, with what was filled in, and can be submitted again."""
    view = await office.form(office.ada, "teams cache")

    await office.alter_database("ALTER TABLE runs RENAME TO runs_away")
    with short_of_time(office):
        lost = await office.ada.submit(view)
    await office.alter_database("ALTER TABLE runs_away RENAME TO runs")
    taken = await office.ada.submit(view)
    await office.card_after(office.ada, "Status: done")

    assert (lost.error, taken.ok, len(office.starts())) == (NOT_ACKED[office.transport], True, 1)


async def test_moment_without_a_database_delays_no_card(office: Office) -> None:
    """Work that met a failing database goes on soon after it is back, not only when its lease has ended."""
    office.nexthink.faults.add(Endpoint.NQL, hang(), after=1)
    await office.run(office.ada, "teams cache")
    await office.until(office.nexthink.log.wait_for("/nql/execute", 2))

    await office.alter_database("ALTER TABLE work RENAME TO work_away")
    with heard("could not be released") as trouble:
        office.nexthink.release()
        await asyncio.wait_for(trouble.wait(), PATIENCE)
    await office.alter_database("ALTER TABLE work_away RENAME TO work")
    before = office.clock()
    await office.until(office.card(office.ada, "Status: done"), timedelta(seconds=1))

    assert office.clock() - before < timedelta(minutes=1)


async def test_start_of_a_process_that_died_is_not_sent_again(office: Office) -> None:
    """A run that is found half-way through its start may have started: the card says so, and nothing is sent."""
    await office.run(office.ada, "manage local admin permission", **ADMIN)
    message = await office.asked(office.grace, "waiting for approval")
    await office.stop_bot()
    async with opened(office) as store:
        [run] = await store.undecided_runs()
        approved = run.move(RunState.APPROVED, approval=_approved(run, office))
        assert await store.replace_run(run, approved, [work_on(run.id, WorkKind.START, office.clock())])
        assert await store.replace_run(approved, approved.move(RunState.STARTING))

    await office.start_bot()
    card = await office.card(office.ada, "Result unknown: it may have started")
    copy = await office.asked(office.grace, "Result unknown: it may have started")

    assert (last_line(card), copy.ts, buttons(copy)) == ("❔ Result unknown: it may have started", message.ts, [])
    assert office.starts() == []


async def test_trigger_of_a_process_that_died_is_not_sent_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer that is found on its way may have reached Nexthink: it is not sent again, and the message says so."""
    monkeypatch.setattr("bot.app.WORK_PATIENCE", timedelta(milliseconds=100))
    await office.run(office.ada, "windows 11 migration", **MIGRATION)
    message = await office.asked(office.grace, "decides how it goes on")
    office.advance()
    await office.stop_bot()
    async with opened(office) as store:
        [run] = await store.undecided_runs()
        about = {"run_id": run.id, "ordinal": 0}
        await store.add_work(press(WorkKind.ANSWER, presser(office, message), Choice.APPROVE, about, office.clock()))
    office.nexthink.faults.add(Endpoint.TRIGGER, hang(processed=True))
    await office.start_bot()
    await office.nexthink.log.wait_for("/trigger")

    await office.restart_bot()
    await office.asked(office.grace, "Result unknown")
    await office.card_after(office.ada, "Status: done")

    assert (len(office.triggers()), office.nexthink.counters.triggers) == (1, 1)


async def test_approval_that_expired_during_the_stop_is_told(office: Office) -> None:
    """A timer that came due while no bot ran goes off at the next start."""
    await office.run(office.ada, "manage local admin permission", **ADMIN)
    await office.asked(office.grace, "waiting for approval")
    await office.stop_bot()

    office.advance(timedelta(hours=9))
    await office.start_bot()
    copy = await office.asked(office.grace, "Status: expired")

    assert (buttons(copy), office.starts()) == ([], [])


async def test_changed_policy_holds_for_what_was_asked_before(office: Office) -> None:
    """After a restart with another policy a member who has left the group is refused; one who is left decides."""
    await office.run(office.ada, "manage local admin permission", **ADMIN)
    message = await office.asked(office.grace, "waiting for approval")

    await office.restart_bot(POLICY.replace("grace@example.com, ", ""))
    assert (await office.grace.press(message, "Approve")).ok
    await office.told(office.grace, "only helpdesk may")
    await office.alan.press(message, "Approve")
    await office.card_after(office.ada, "Approved by Alan Example", "Status: done")


def _approved(run: Run, office: Office) -> Approval:
    grace = office.grace.person
    verdict = Verdict(choice=Choice.APPROVE, slack_id=grace.id, name=grace.name, upn=grace.email, at=office.clock())
    assert run.approval is not None
    return dataclasses.replace(run.approval, state=DecisionState.DECIDED, verdict=verdict)
