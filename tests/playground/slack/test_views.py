"""Modals open once, in time, at most three deep, and never with an old hash."""

from datetime import timedelta
from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack.installation import Settings
from bot.playground.slack.server import LocalSlack

Json = dict[str, Any]


def plain(text: str) -> Json:
    """Return a plain text object."""
    return {"type": "plain_text", "text": text}


def field(block_id: str, action_id: str = "a") -> Json:
    """Return a text input."""
    element = {"type": "plain_text_input", "action_id": action_id}
    return {"type": "input", "block_id": block_id, "optional": True, "label": plain("x"), "element": element}


def modal(title: str, *blocks: Json, **more: Any) -> Json:
    """Return a modal."""
    shown = list(blocks) or [field("first")]
    return {"type": "modal", "title": plain(title), "submit": plain("Go"), "blocks": shown, **more}


class Desk:
    """A Bolt app that keeps the trigger of each command and submission, and acks as it is told."""

    def __init__(self) -> None:
        self.triggers: list[str] = []
        self.bodies: list[Json] = []
        self.response: Json = {}

    def register(self, app: AsyncApp) -> None:
        """Listen to everything."""
        app.command("/fix")(self.take)
        app.view({"type": "view_closed", "callback_id": ""})(self.take)
        app.view("")(self.submitted)
        app.action({"action_id": "go"})(self.take)

    async def take(self, ack: Any, body: Json) -> None:
        """Keep what came."""
        await ack()
        self.bodies.append(body)
        self.triggers.append(body.get("trigger_id", ""))

    async def submitted(self, ack: Any, body: Json) -> None:
        """Answer a submission."""
        await ack(**self.response)
        self.bodies.append(body)
        self.triggers.append(body["trigger_id"])


@pytest.fixture
async def desk(connect: Any) -> Desk:
    """A connected app that does as it is told."""
    desk = Desk()
    await connect(desk.register)
    return desk


async def error_of(call: Any) -> str:
    """Return the error of a call that is refused."""
    with pytest.raises(SlackApiError) as refused:
        await call
    return str(refused.value.response["error"])


async def test_trigger_works_once(slack: LocalSlack, web: AsyncWebClient, desk: Desk) -> None:
    """A trigger opens one modal; a wrong view does not use it up."""
    await slack.client_of("U0ADA").command("/fix", "general")
    trigger = desk.triggers[0]

    assert await error_of(web.views_open(trigger_id=trigger, view={"type": "modal"})) == "invalid_arguments"
    await web.views_open(trigger_id=trigger, view=modal("One"))
    assert await error_of(web.views_open(trigger_id=trigger, view=modal("Two"))) == "exchanged_trigger_id"
    assert await error_of(web.views_open(trigger_id="made.up", view=modal("Two"))) == "invalid_trigger_id"


async def test_trigger_lives_three_seconds(slack: LocalSlack, web: AsyncWebClient, desk: Desk, clock: Any) -> None:
    """A trigger that is older than 3 s has expired."""
    await slack.client_of("U0ADA").command("/fix", "general")
    clock.move(seconds=3.1)

    assert await error_of(web.views_open(trigger_id=desk.triggers[0], view=modal("One"))) == "expired_trigger_id"


async def test_stack_holds_three(slack: LocalSlack, web: AsyncWebClient, desk: Desk) -> None:
    """A fourth view is refused, and a trigger from outside of a modal pushes nothing."""
    ada = slack.client_of("U0ADA")
    await ada.command("/fix", "general")
    assert await error_of(web.views_push(trigger_id=desk.triggers[0], view=modal("No"))) == "not_found"
    button = {"type": "button", "action_id": "go", "text": plain("Go")}
    shown = modal("One", {"type": "actions", "elements": [button]})
    await web.views_open(trigger_id=desk.triggers[0], view=shown)
    for _ in range(2):
        await ada.press(await ada.view(), "go")
        await web.views_push(trigger_id=desk.triggers[-1], view=shown)
    await ada.press(await ada.view(), "go")

    assert await error_of(web.views_push(trigger_id=desk.triggers[-1], view=shown)) == "push_limit_reached"
    assert [view.previous_view_id for view in ada.views] == [None, ada.views[0].id, ada.views[1].id]
    assert {view.root_view_id for view in ada.views} == {ada.views[0].id}


async def test_old_hash_is_refused(slack: LocalSlack, web: AsyncWebClient, desk: Desk) -> None:
    """Every change gives a new hash, and an update with an old one is refused."""
    await slack.client_of("U0ADA").command("/fix", "general")
    opened = (await web.views_open(trigger_id=desk.triggers[0], view=modal("One")))["view"]
    updated = (await web.views_update(view_id=opened["id"], hash=opened["hash"], view=modal("Two")))["view"]

    assert updated["hash"] != opened["hash"]
    call = web.views_update(view_id=opened["id"], hash=opened["hash"], view=modal("Three"))
    assert await error_of(call) == "hash_conflict"
    assert (await web.views_update(view_id=opened["id"], view=modal("Three")))["ok"]


async def test_update_keeps_what_was_typed(slack: LocalSlack, web: AsyncWebClient, desk: Desk) -> None:
    """Values stay where block_id and action_id stay, and go where one changes."""
    ada = slack.client_of("U0ADA")
    await ada.command("/fix", "general")
    await web.views_open(trigger_id=desk.triggers[0], view=modal("One", field("kept"), field("dropped")))
    view = await ada.view()
    ada.fill(view, "kept", "yes")
    ada.fill(view, "dropped", "no")

    await web.views_update(view_id=view.id, view=modal("Two", field("kept"), field("dropped", "other")))

    assert ada.views[0].values["kept"]["a"]["value"] == "yes"
    assert ada.views[0].values["dropped"]["other"]["value"] is None


async def test_external_id_is_unique(slack: LocalSlack, web: AsyncWebClient, desk: Desk) -> None:
    """Two open views cannot share an external_id, and it finds the view."""
    ada, ben = slack.client_of("U0ADA"), slack.client_of("U0BEN")
    await ada.command("/fix", "general")
    await ben.command("/fix", "general")
    await web.views_open(trigger_id=desk.triggers[0], view=modal("One", external_id="e"))

    again = web.views_open(trigger_id=desk.triggers[1], view=modal("Two", external_id="e"))
    assert await error_of(again) == "duplicate_external_id"
    # What was refused has not used its trigger up.
    assert (await web.views_open(trigger_id=desk.triggers[1], view=modal("Two")))["ok"]
    assert (await web.views_update(external_id="e", view=modal("Three", external_id="e")))["ok"]


async def test_large_view_is_refused(slack: LocalSlack, web: AsyncWebClient, desk: Desk) -> None:
    """A view over 250 KB is refused."""
    await slack.client_of("U0ADA").command("/fix", "general")
    section = {"type": "section", "text": plain("x" * 3000)}
    large = modal("One", *[section] * 90)

    assert await error_of(web.views_open(trigger_id=desk.triggers[0], view=large)) == "view_too_large"


async def test_closed_view_cannot_be_updated(slack: LocalSlack, web: AsyncWebClient, desk: Desk) -> None:
    """Once closed, a view is not found; the app hears of it only with notify_on_close."""
    ada = slack.client_of("U0ADA")
    await ada.command("/fix", "general")
    await web.views_open(trigger_id=desk.triggers[0], view=modal("One", notify_on_close=True))
    view = await ada.view()

    assert (await ada.close(ada.fill(view, "first", "x"), is_cleared=True)).ok

    closed = desk.bodies[-1]
    assert (closed["type"], closed["is_cleared"], closed["view"]["state"]) == ("view_closed", True, {"values": {}})
    assert await error_of(web.views_update(view_id=view.id, view=modal("Two"))) == "not_found"


async def test_cancel_shows_the_view_below(slack: LocalSlack, web: AsyncWebClient, desk: Desk) -> None:
    """Cancel closes one view, the x all of them."""
    ada = slack.client_of("U0ADA")
    await ada.command("/fix", "general")
    await web.views_open(trigger_id=desk.triggers[0], view=modal("One"))
    desk.response = {"response_action": "push", "view": modal("Two")}
    await ada.submit(await ada.view())

    assert (await ada.close(await ada.view())).ok
    assert [view.title for view in ada.views] == ["One"]
    await ada.submit(await ada.view())
    await ada.close(await ada.view(), is_cleared=True)
    assert ada.views == []


@pytest.mark.parametrize(
    "settings", [Settings(messages_per_second=0, ack_timeout=timedelta(milliseconds=500))], ids=["impatient"]
)
async def test_late_answer_to_a_form_leaves_it_open(slack: LocalSlack, web: AsyncWebClient, desk: Desk) -> None:
    """A form that nobody acks stays open, and says so."""
    ada = slack.client_of("U0ADA")
    await ada.command("/fix", "general")
    await web.views_open(trigger_id=desk.triggers[0], view=modal("One", callback_id="nobody"))

    answer = await ada.submit(await ada.view())

    assert (answer.ok, answer.error) == (False, "operation_timeout")
    assert [view.title for view in ada.views] == ["One"]


@pytest.mark.parametrize(
    ("response", "titles"),
    [
        ({}, []),
        ({"response_action": "clear"}, []),
        ({"response_action": "update", "view": modal("Two")}, ["Two"]),
        ({"response_action": "push", "view": modal("Two")}, ["One", "Two"]),
        ({"response_action": "errors", "errors": {"first": "No."}}, ["One"]),
    ],
)
async def test_response_to_a_submission(
    slack: LocalSlack, web: AsyncWebClient, desk: Desk, response: Json, titles: list[str]
) -> None:
    """Each response_action does to the stack what Slack does."""
    ada = slack.client_of("U0ADA")
    await ada.command("/fix", "general")
    await web.views_open(trigger_id=desk.triggers[0], view=modal("One"))
    desk.response = response

    answer = await ada.submit(ada.fill(await ada.view(), "first", "x"))

    assert answer.ok
    assert [view.title for view in ada.views] == titles
    assert answer.errors == response.get("errors", {})
    state = {"first": {"a": {"type": "plain_text_input", "value": "x"}}}
    assert desk.bodies[-1]["view"]["state"]["values"] == state


@pytest.mark.parametrize(
    ("response", "error"),
    [
        ({"response_action": "errors", "errors": {"nowhere": "No."}}, "invalid_response_action"),
        ({"response_action": "update", "view": {"type": "modal", "blocks": []}}, "invalid_arguments"),
        ({"response_action": "errors", "errors": {"first": {"text": "No."}}}, "invalid_response_action"),
        ({"response_action": "push", "view": modal("x", external_id="taken")}, "duplicate_external_id"),
        ({"text": "sorry"}, "invalid_response_action"),
    ],
)
async def test_wrong_response_leaves_the_modal_open(
    slack: LocalSlack, web: AsyncWebClient, desk: Desk, response: Json, error: str
) -> None:
    """A response that Slack refuses is an error for the person, and never looks like success."""
    ada = slack.client_of("U0ADA")
    await ada.command("/fix", "general")
    await web.views_open(trigger_id=desk.triggers[0], view=modal("One"))
    await slack.client_of("U0BEN").command("/fix", "general")
    await web.views_open(trigger_id=desk.triggers[-1], view=modal("Other", external_id="taken"))
    desk.response = response

    answer = await ada.submit(await ada.view())

    assert (answer.ok, answer.error) == (False, error)
    assert [view.title for view in ada.views] == ["One"]


async def test_home_tab_is_published(slack: LocalSlack, web: AsyncWebClient) -> None:
    """A Home tab is shown to its person; an old hash is refused."""
    home = {"type": "home", "blocks": [{"type": "divider"}]}
    first = (await web.views_publish(user_id="U0ADA", view=home))["view"]
    await web.views_publish(user_id="U0ADA", view=home, hash=first["hash"])

    published = slack.client_of("U0ADA").home
    assert published is not None
    assert published.blocks[0]["type"] == "divider"
    assert await error_of(web.views_publish(user_id="U0ADA", view=home, hash=first["hash"])) == "hash_conflict"


async def test_home_keeps_one_view_per_person(slack: LocalSlack, web: AsyncWebClient) -> None:
    """Publishing again changes the same view; an external_id belongs to one Home."""
    home = {"type": "home", "blocks": [{"type": "divider"}], "external_id": "h"}
    first = (await web.views_publish(user_id="U0ADA", view=home))["view"]
    again = (await web.views_publish(user_id="U0ADA", view=home))["view"]

    assert (again["id"], again["hash"] == first["hash"]) == (first["id"], False)
    assert await error_of(web.views_publish(user_id="U0BEN", view=home)) == "duplicate_external_id"
    assert slack.client_of("U0BEN").home is None


async def test_home_needs_the_tab(start: Any) -> None:
    """Where the manifest has no Home tab there is nothing to publish."""
    slack = await start(Settings(), app_home={"home_tab_enabled": False})
    web = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)

    assert await error_of(web.views_publish(user_id="U0ADA", view={"type": "home", "blocks": []})) == "not_enabled"


async def test_trigger_of_a_closed_modal_pushes_nothing(slack: LocalSlack, web: AsyncWebClient, desk: Desk) -> None:
    """A trigger belongs to the person and the modal that it came from."""
    ada, ben = slack.client_of("U0ADA"), slack.client_of("U0BEN")
    button = {"type": "actions", "elements": [{"type": "button", "action_id": "go", "text": plain("Go")}]}
    for person in (ada, ben):
        await person.command("/fix", "general")
        await web.views_open(trigger_id=desk.triggers[-1], view=modal("One", button))
    await ada.press(await ada.view(), "go")
    await ada.close(await ada.view())

    assert await error_of(web.views_push(trigger_id=desk.triggers[-1], view=modal("Two"))) == "not_found"
    assert [view.title for view in ben.views] == ["One"]


async def test_response_to_a_press_has_no_effect(slack: LocalSlack, web: AsyncWebClient, connect: Any) -> None:
    """A response_action in answer to block_actions changes nothing."""
    triggers: list[str] = []

    async def answer(ack: Any, body: Json) -> None:
        triggers.append(body["trigger_id"])
        await ack(response_action="update", view=modal("Two"))

    def register(app: AsyncApp) -> None:
        app.shortcut("fix.open")(answer)
        app.action("go")(answer)

    await connect(register)
    ada = slack.client_of("U0ADA")
    await ada.shortcut("fix.open")
    button = {"type": "actions", "elements": [{"type": "button", "action_id": "go", "text": plain("Go")}]}
    await web.views_open(trigger_id=triggers[0], view=modal("One", button))

    assert (await ada.press(await ada.view(), "go")).ok
    assert [view.title for view in ada.views] == ["One"]


@pytest.mark.parametrize(("asks", "closed"), [("One", ["One"]), ("Two", [])])
async def test_clear_on_close_ends_the_whole_stack(
    slack: LocalSlack, web: AsyncWebClient, desk: Desk, asks: str, closed: list[str]
) -> None:
    """Cancel on such a view closes every view, and the app hears of the root alone."""
    ada = slack.client_of("U0ADA")
    await ada.command("/fix", "general")
    await web.views_open(trigger_id=desk.triggers[0], view=modal("One", notify_on_close=asks == "One"))
    desk.response = {
        "response_action": "push",
        "view": modal("Two", clear_on_close=True, notify_on_close=asks == "Two"),
    }
    await ada.submit(await ada.view())

    await ada.close(await ada.view())

    bodies = [body for body in desk.bodies if body.get("type") == "view_closed"]
    assert ada.views == []
    assert [body["view"]["title"]["text"] for body in bodies] == closed
    assert all(body["is_cleared"] for body in bodies)


async def test_submit_can_be_locked(slack: LocalSlack, web: AsyncWebClient, desk: Desk) -> None:
    """With submit_disabled something must be filled in first; without a submit button nothing is submitted."""
    ada = slack.client_of("U0ADA")
    await ada.command("/fix", "general")
    await web.views_open(trigger_id=desk.triggers[0], view=modal("One", submit_disabled=True))
    view = await ada.view()

    assert (await ada.submit(view)).error == "cannot_submit"
    assert (await ada.submit(ada.fill(view, "first", "x"))).ok
    await ada.command("/fix", "general")
    bare = {"type": "modal", "title": plain("Bare"), "blocks": [{"type": "divider"}]}
    await web.views_open(trigger_id=desk.triggers[-1], view=bare)
    assert (await ada.submit(await ada.view())).error == "cannot_submit"
