"""Switches: what may be changed while a simulation runs, and that every part follows."""

from datetime import timedelta
from typing import Any

import pytest

from bot.playground.nexthink.settings import ROW_KEYS, SWITCHES, Settings, Switches
from tests.playground.nexthink.bench import Bench, NewBench


def test_a_change_replaces_what_it_names() -> None:
    """The rest stays, and so do settings that somebody read before."""
    before = Settings(nql_interval=timedelta(seconds=1))
    switches = Switches(before)
    switches.change(pair_targets=False, late_trigger_status=409)

    assert (switches.now.pair_targets, switches.now.late_trigger_status) == (False, 409)
    assert switches.now.nql_interval == timedelta(seconds=1)
    assert before.pair_targets


@pytest.mark.parametrize("name", ["pair_target", "api_port", "login_port", "seed"])
def test_an_unknown_name_is_an_error(name: str) -> None:
    """What is fixed once it runs is refused as well, and the error lists what there is."""
    with pytest.raises(TypeError, match=f"running simulation: {name}; there are .*pair_targets"):
        Switches(Settings()).change(**{name: 1})


def test_a_status_that_no_late_trigger_gets_is_an_error() -> None:
    """The error says which there are."""
    with pytest.raises(ValueError, match="late_trigger_status is 418; it must be one of 400, 404, 409"):
        Switches(Settings()).change(late_trigger_status=418)


@pytest.mark.parametrize(
    ("name", "listed", "segment", "camel"),
    [
        ("listed", "status", "status", "status"),
        ("dotted", "device.name", "name", "deviceName"),
        ("deep", "device.operating_system.platform", "platform", "deviceOperatingSystemPlatform"),
        ("snake", "request_id", "request_id", "requestId"),
    ],
)
def test_row_keys_have_three_spellings(name: str, listed: str, segment: str, camel: str) -> None:
    """They are chosen by name."""
    spelled = {spelling: write(listed) for spelling, write in ROW_KEYS.items()}

    assert spelled == {"listed": listed, "last_segment": segment, "camel_case": camel}, name


async def test_every_part_follows_a_change(bench: Bench) -> None:
    """The token host, the permissions, the forms of answers and NQL read the switches when they need them."""
    bench.sim.change(
        client_secret="another-secret",
        details_as_object=True,
        nql_interval=timedelta(seconds=1),
        saved_queries=frozenset({"#fixdesk_recent_executions"}),
    )
    await bench.login()
    details = (await bench.get("/api/v1/workflows/details", nqlId="#unlock_account")).json()
    queries = [(await bench.nql("#fixdesk_recent_executions")).status_code for _ in range(2)]
    bench.sim.change(permissions=frozenset())
    refused = (await bench.get("/api/v1/workflows")).status_code

    assert bench.sim.settings.client_secret == bench.sim.client_secret == "another-secret"
    assert (details["id"], queries, refused) == ("#unlock_account", [200, 429], 403)


def test_all_settings_but_the_fixed_are_switches() -> None:
    """A panel can offer them by name."""
    assert "status_words" in SWITCHES
    assert not {"api_port", "login_port", "seed"} & set(SWITCHES)


async def test_ids_follow_the_seed_and_the_time(new_bench: NewBench) -> None:
    """Two simulations of one seed that start at one moment give the same ids and tokens; another seed gives others."""
    answers: list[tuple[str, Any]] = []
    for seed in (7, 7, 8):
        bench = await new_bench(seed=seed)
        answers.append((bench.token, await bench.start("#clear_teams_cache")))

    assert answers[0] == answers[1]
    assert answers[0] != answers[2]
