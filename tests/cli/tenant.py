"""A simulated tenant for the commands: workflows that end at once, and a policy of its own."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.clock import utc_now
from bot.playground.nexthink.catalog import load_catalog
from bot.playground.nexthink.server import SimulatedNexthink, start_simulated_nexthink
from bot.playground.nexthink.settings import Settings
from bot.playground.nexthink.workflow import Ending, Parameter, Script, Step, Wait, Workflow
from bot.playground.seed import EXAMPLE_CORP

POLICY = """
version: 1
people: {domains: [example.com]}
groups: {helpdesk: {members: [grace@example.com]}}
channels: {approvals: C0APPROVALS}
workflows:
  - {match: "#quick", run_by: everyone, for: anyone}
  - {match: "#broken", run_by: everyone, for: anyone}
  - {match: "#asking", run_by: everyone, for: anyone}
  - {match: "#pausing", run_by: everyone, for: anyone, resume: {by: [helpdesk], approve: {decision: approved}}}
  - {match: "#own", run_by: everyone}
  - {match: "#approved", run_by: everyone, for: anyone, approval: {by: [helpdesk]}}
"""
AT_ONCE = (Step("Fix it", timedelta(0)),)


def a_workflow(slug: str, **changes: Any) -> Workflow:
    """Return a simulated workflow for a user, which is done at once."""
    plain: dict[str, Any] = {
        "id": f"#{slug}",
        "name": f"The {slug} fix",
        "description": "",
        "dependency": "USER",
        "script": Script(AT_ONCE),
    }
    return Workflow(**(plain | changes))


WORKFLOWS = (
    a_workflow("quick"),
    a_workflow("broken", script=Script(AT_ONCE, end=Ending("failure", "No such file", "failed"))),
    a_workflow("asking", parameters=(Parameter("colour", ("red", "green")), Parameter("ticket"))),
    a_workflow("pausing", script=Script(AT_ONCE, Wait(1, "decision", frozenset({"approved"})))),
    a_workflow("own"),
    a_workflow("approved"),
    a_workflow("idle", is_active=False),
)


@contextlib.asynccontextmanager
async def running_tenant(**switches: Any) -> AsyncIterator[SimulatedNexthink]:
    """Run a simulated Nexthink with these workflows beside its own."""
    nexthink = await start_simulated_nexthink(
        EXAMPLE_CORP.people, load_catalog(), clock=utc_now, settings=Settings(**switches)
    )
    for workflow in WORKFLOWS:
        nexthink.put_workflow(workflow)
    try:
        yield nexthink
    finally:
        await nexthink.stop()


def environment(nexthink: SimulatedNexthink, folder: Path) -> Mapping[str, str]:
    """Return the variables of a command, and write its policy."""
    policy = folder / "policy.yaml"
    policy.write_text(POLICY, encoding="utf-8")
    return {
        "NEXTHINK_API_URL": nexthink.api_url,
        "NEXTHINK_LOGIN_URL": nexthink.login_url,
        "NEXTHINK_CLIENT_ID": nexthink.client_id,
        "NEXTHINK_CLIENT_SECRET": nexthink.client_secret,
        "FIXDESK_POLICY": str(policy),
        "FIXDESK_DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'fixdesk.db'}",
    }
