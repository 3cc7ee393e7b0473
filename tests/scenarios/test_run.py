"""From `/fix` to done."""

from tests.scenarios.office import Office, last_line


async def test_run_goes_from_words_to_done_on_one_card(office: Office) -> None:
    """`/fix teams cache` opens a filled form, Run starts it once, and one message tells the end."""
    ada, device = office.ada, office.nexthink.device("LT-ADA-0042")
    view = await office.form(ada, "teams cache")
    assert view.values["workflow"]["run.workflow"]["selected_option"]["value"] == "#clear_teams_cache"
    assert "LT-ADA-0042 · Windows · last seen 4 min ago" in view.words

    assert (await ada.submit(view)).ok
    card = await office.card(ada, "Status: running")
    done = await office.card_after(ada, "Status: done")

    assert (done.ts, last_line(done), len(ada.messages)) == (card.ts, "✅ Status: done", 1)
    print(done.words)
    assert [request.body for request in office.starts()] == [
        {
            "workflowId": "#clear_teams_cache",
            "users": [{"upn": "ada@example.com"}],
            "devices": [{"collectorUid": device.collector_uid}],
            "params": {},
        }
    ]
