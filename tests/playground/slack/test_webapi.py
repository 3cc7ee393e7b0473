"""The Web API answers Slack's own client, and refuses in Slack's words."""

from dataclasses import replace
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack.faults import Fault
from bot.playground.slack.installation import Settings
from bot.playground.slack.server import LocalSlack
from bot.playground.slack.workspace import Channel
from tests.playground.slack.asking import ask, client_of

REFUSALS: dict[str, tuple[str, dict[str, Any], str]] = {
    "unknown method": ("chat.shout", {}, "unknown_method"),
    "no channel": ("chat.postMessage", {"text": "x"}, "invalid_arguments"),
    "unknown channel": ("chat.postMessage", {"channel": "C0NOWHERE", "text": "x"}, "channel_not_found"),
    "bot not in the channel": ("chat.postMessage", {"channel": "C0RANDOM", "text": "x"}, "not_in_channel"),
    "private channel without the bot": ("chat.postMessage", {"channel": "C0SECRET", "text": "x"}, "channel_not_found"),
    "archived channel": ("chat.postMessage", {"channel": "C0OLD", "text": "x"}, "is_archived"),
    "nothing to say": ("chat.postMessage", {"channel": "C0GENERAL"}, "no_text"),
    "blocks that are no list": (
        "chat.postMessage",
        {"channel": "C0GENERAL", "blocks": {"a": 1}},
        "invalid_blocks_format",
    ),
    "blocks that are no JSON": ("chat.postMessage", {"channel": "C0GENERAL", "blocks": "["}, "invalid_blocks_format"),
    "a wrong block": ("chat.postMessage", {"channel": "C0GENERAL", "blocks": [{"type": "x"}]}, "invalid_blocks"),
    "metadata without an event": (
        "chat.postMessage",
        {"channel": "C0GENERAL", "text": "x", "metadata": {"a": 1}},
        "invalid_metadata_format",
    ),
    "a payload that is no object": (
        "chat.postMessage",
        {"channel": "C0GENERAL", "text": "x", "metadata": {"event_type": "a", "event_payload": 1}},
        "invalid_metadata_format",
    ),
    "metadata that is no JSON": (
        "chat.postMessage",
        {"channel": "C0GENERAL", "text": "x", "metadata": "{"},
        "invalid_metadata_format",
    ),
    "too much metadata": (
        "chat.postMessage",
        {"channel": "C0GENERAL", "text": "x", "metadata": {"event_type": "a", "event_payload": {"a": "x" * 20_000}}},
        "metadata_too_large",
    ),
    "two kinds of text": (
        "chat.postMessage",
        {"channel": "C0GENERAL", "text": "x", "markdown_text": "y"},
        "markdown_text_conflict",
    ),
    "long markdown": ("chat.postMessage", {"channel": "C0GENERAL", "markdown_text": "x" * 12_001}, "msg_too_long"),
    "too many attachments": (
        "chat.postMessage",
        {"channel": "C0GENERAL", "attachments": [{"text": "x"}] * 101},
        "too_many_attachments",
    ),
    "attachments that are no list": (
        "chat.postMessage",
        {"channel": "C0GENERAL", "attachments": {"text": "x"}},
        "invalid_attachments",
    ),
    "another name for one person": (
        "chat.postEphemeral",
        {"channel": "C0GENERAL", "user": "U0ADA", "text": "x", "icon_emoji": ":x:"},
        "missing_scope",
    ),
    "wrong blocks to validate": ("blocks.validate", {"blocks": [{"type": "x"}]}, "invalid_blocks"),
    "another name": ("chat.postMessage", {"channel": "C0GENERAL", "text": "x", "username": "y"}, "missing_scope"),
    "ephemeral for a stranger": (
        "chat.postEphemeral",
        {"channel": "C0GENERAL", "user": "U0NOBODY", "text": "x"},
        "user_not_in_channel",
    ),
    "ephemeral where the bot is not": (
        "chat.postEphemeral",
        {"channel": "C0RANDOM", "user": "U0ADA", "text": "x"},
        "not_in_channel",
    ),
    "update of nothing": ("chat.update", {"channel": "C0GENERAL", "ts": "1.0", "text": "x"}, "message_not_found"),
    "update in a person": ("chat.update", {"channel": "U0ADA", "ts": "1.0", "text": "x"}, "channel_not_found"),
    "deletion of nothing": ("chat.delete", {"channel": "C0GENERAL", "ts": "1.0"}, "message_not_found"),
    "link to nothing": ("chat.getPermalink", {"channel": "C0GENERAL", "message_ts": "1.0"}, "message_not_found"),
    "unknown person": ("users.info", {"user": "U0NOBODY"}, "user_not_found"),
    "lookup without the scope": ("users.lookupByEmail", {"email": "ada@example.com"}, "missing_scope"),
    "groups without the scope": ("usergroups.list", {}, "missing_scope"),
    "a conversation with nobody": ("conversations.open", {"users": "U0NOBODY"}, "user_not_found"),
    "a private channel": ("conversations.info", {"channel": "C0SECRET"}, "channel_not_found"),
    "history without the bot": ("conversations.history", {"channel": "C0RANDOM"}, "not_in_channel"),
    "an incomplete view": ("views.open", {"trigger_id": "1.2.3", "view": {"type": "modal"}}, "invalid_arguments"),
    "a view with two names": (
        "views.update",
        {"view_id": "V0", "external_id": "e", "view": {"type": "modal"}},
        "invalid_arguments",
    ),
    "a view without a name": ("views.update", {"view": {"type": "modal"}}, "invalid_arguments"),
    "a home for nobody": ("views.publish", {"user_id": "U0NOBODY", "view": {"type": "home"}}, "user_not_found"),
    "a modal as a home": ("views.publish", {"user_id": "U0ADA", "view": {"type": "modal"}}, "invalid_arguments"),
    "a view that is no JSON": ("views.open", {"trigger_id": "1.2.3", "view": "{"}, "invalid_arguments"),
    "a view that is gone": ("views.update", {"view_id": "V0", "view": {"type": "modal"}}, "not_found"),
}


@pytest.mark.parametrize(("method", "args", "error"), REFUSALS.values(), ids=REFUSALS.keys())
async def test_call_is_refused(slack: LocalSlack, method: str, args: dict[str, Any], error: str) -> None:
    """A call that Slack refuses is refused with Slack's error."""
    slack.workspace.put_channel(Channel("C0OLD", "old", frozenset({"U0FIXDESK"}), is_archived=True))

    answer = await ask(slack, method, args)

    assert (answer["ok"], answer["error"]) == (False, error)


async def test_wrong_tokens_are_refused(slack: LocalSlack) -> None:
    """Only the two tokens of the app are taken, each for its methods."""
    async with aiohttp.ClientSession() as session, session.post(slack.api_url + "auth.test") as response:
        assert (await response.json())["error"] == "not_authed"
    assert (await ask(slack, "auth.test", {}, "xoxb-other"))["error"] == "invalid_auth"
    assert (await ask(slack, "auth.test", {}, slack.app_token))["error"] == "not_allowed_token_type"
    assert (await ask(slack, "apps.connections.open", {}))["error"] == "not_allowed_token_type"


BODIES: dict[str, tuple[str, bytes, str]] = {
    "JSON": ("application/json; charset=utf-8", '{"channel": "C0GENERAL", "text": "ä"}'.encode(), "ä"),
    "JSON in latin-1": ("application/json; charset=iso-8859-1", b'{"channel": "C0GENERAL", "text": "\xe4"}', "ä"),
    "a form": ("application/x-www-form-urlencoded; charset=utf-8", b"channel=C0GENERAL&text=%C3%A4", "ä"),
    "a form with JSON": ("application/x-www-form-urlencoded", b'channel=C0GENERAL&blocks=[{"type":"divider"}]', ""),
}
WRONG_BODIES: dict[str, tuple[str, bytes, str]] = {
    "broken JSON": ("application/json", b"{", "invalid_json"),
    "JSON that is no object": ("application/json", b"[]", "json_not_object"),
    "another kind of body": ("application/xml", b"<a/>", "invalid_post_type"),
    "another charset": ("application/json; charset=utf-16", b"{}", "invalid_charset"),
    "an unknown charset": ("application/json; charset=klingon", b"{}", "invalid_charset"),
}


async def send(slack: LocalSlack, body: Any, kind: str = "", query: str = "") -> dict[str, Any]:
    """Post a body of some kind to chat.postMessage and return the answer."""
    headers = {"Authorization": f"Bearer {slack.bot_token}", **({"Content-Type": kind} if kind else {})}
    url = f"{slack.api_url}chat.postMessage{query}"
    async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=headers) as response:
        answer: dict[str, Any] = await response.json()
        return answer


@pytest.mark.parametrize(("kind", "body", "text"), BODIES.values(), ids=BODIES.keys())
async def test_body_may_come_in_many_forms(slack: LocalSlack, kind: str, body: bytes, text: str) -> None:
    """Forms and JSON are read in the charsets that Slack takes."""
    answer = await send(slack, body, kind)

    assert (answer["ok"], answer["message"]["text"]) == (True, text)


@pytest.mark.parametrize(("kind", "body", "error"), WRONG_BODIES.values(), ids=WRONG_BODIES.keys())
async def test_unreadable_body_is_named(slack: LocalSlack, kind: str, body: bytes, error: str) -> None:
    """A body that cannot be read is refused with what is wrong about it."""
    assert (await send(slack, body, kind))["error"] == error


async def test_query_and_multipart_are_read(slack: LocalSlack) -> None:
    """Arguments may stand in the address and in the parts of a form, beside ones that nobody knows."""
    parts = aiohttp.FormData({"text": "x", "unfurl_links": "false", "parse": "none", "nonsense": "1"})
    parts.add_field("file", b"ignored", filename="a.bin")

    answer = await send(slack, parts, query="?channel=C0GENERAL&team_id=T0LOCAL")

    assert (answer["ok"], answer["message"]["text"]) == (True, "x")


async def test_token_may_stand_in_a_form(slack: LocalSlack) -> None:
    """A token is read from a form, as other SDKs send it."""
    form = {"token": slack.bot_token, "channel": "C0GENERAL", "text": "x"}
    url = slack.api_url + "chat.postMessage"
    async with aiohttp.ClientSession() as session, session.post(url, data=form) as response:
        assert (await response.json())["ok"]


async def test_token_stands_nowhere_else(slack: LocalSlack) -> None:
    """A token in the address or in JSON is none: addresses end up in logs."""
    url, token = slack.api_url + "auth.test", {"token": slack.bot_token}
    async with aiohttp.ClientSession() as session:
        async with session.post(url, params=token) as response:
            assert (await response.json())["error"] == "not_authed"
        async with session.post(url, json=token) as response:
            assert (await response.json())["error"] == "not_authed"


async def test_missing_charset_is_a_warning(slack: LocalSlack) -> None:
    """JSON without a charset is taken, with Slack's warning."""
    answer = await send(slack, b'{"channel": "C0GENERAL", "text": "x"}', "application/json")

    assert (answer["ok"], answer["warning"]) == (True, "missing_charset")
    assert answer["response_metadata"]["warnings"] == ["missing_charset"]


async def test_connections_are_opened_by_post_alone(slack: LocalSlack) -> None:
    """Another verb is refused before the token is looked at."""
    url = slack.api_url + "apps.connections.open"
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        assert (await response.json())["error"] == "insecure_request"


async def test_blocks_are_validated_without_a_token(slack: LocalSlack) -> None:
    """Anybody may ask whether blocks are right."""
    url, form = slack.api_url + "blocks.validate", {"blocks": '[{"type":"divider"}]'}
    async with aiohttp.ClientSession() as session, session.post(url, data=form) as response:
        assert (await response.json())["ok"]


async def test_odd_event_type_is_a_warning(web: AsyncWebClient) -> None:
    """A message goes out without metadata whose event_type Slack does not take."""
    odd = {"event_type": "run.started", "event_payload": {}}
    answer = await web.chat_postMessage(channel="C0GENERAL", text="x", metadata=odd)

    assert answer["warning"] == "invalid_metadata_schema"
    assert "metadata" not in answer["message"]


async def test_long_text_is_cut(web: AsyncWebClient) -> None:
    """A text beyond 40,000 characters loses its end."""
    answer = await web.chat_postMessage(channel="C0GENERAL", text="x" * 40_001)

    assert len(answer["message"]["text"]) == 40_000


async def test_markdown_text_becomes_a_block(slack: LocalSlack) -> None:
    """A message may be one text in real Markdown."""
    answer = await ask(slack, "chat.postMessage", {"channel": "C0GENERAL", "markdown_text": "**x**"})

    block = answer["message"]["blocks"][0]
    assert (block["type"], block["text"], answer["message"]["text"]) == ("markdown", "**x**", "**x**")


async def test_auth_test_names_the_bot(slack: LocalSlack, web: AsyncWebClient) -> None:
    """The answer names bot and workspace, its header the scopes."""
    answer = await web.auth_test()

    assert (answer["user_id"], answer["bot_id"], answer["team"]) == ("U0FIXDESK", "B0FIXDESK", slack.workspace.name)
    assert "chat:write" in answer.headers["x-oauth-scopes"].split(",")
    posted = await web.chat_postMessage(channel="C0GENERAL", text="x")
    assert posted.headers["x-accepted-oauth-scopes"] == "chat:write"


async def test_missing_scope_says_which(slack: LocalSlack) -> None:
    """The refusal names the scope that is needed and those that are there."""
    answer = await ask(slack, "usergroups.list", {})

    assert answer["needed"] == "usergroups:read"
    assert "users:read" in answer["provided"]


async def test_address_needs_its_scope(start: Any, web: AsyncWebClient) -> None:
    """Without users:read.email a person has no address; with it, they have."""
    other = await start(Settings(), "users:read.email")
    with_scope = AsyncWebClient(token=other.bot_token, base_url=other.api_url)

    assert "email" not in (await web.users_info(user="U0ADA"))["user"]["profile"]
    assert (await with_scope.users_info(user="U0ADA"))["user"]["profile"]["email"] == "ada@example.com"
    assert (await with_scope.users_lookupByEmail(email="ADA@example.com"))["user"]["id"] == "U0ADA"


async def test_guests_and_leavers_are_marked(slack: LocalSlack, web: AsyncWebClient) -> None:
    """What tells guests, leavers and strangers apart is in the answer."""
    ada = slack.workspace.person("Ada Example")
    slack.workspace.put_person(replace(ada, is_restricted=True, is_stranger=True, is_email_confirmed=None))
    slack.workspace.put_person(replace(slack.workspace.person("U0BEN"), deleted=True))

    guest = (await web.users_info(user="U0ADA"))["user"]
    gone = (await web.users_info(user="U0BEN", include_locale=True))["user"]

    assert (guest["deleted"], guest["is_restricted"], guest["is_stranger"]) == (False, True, True)
    assert "is_email_confirmed" not in guest
    assert (gone["deleted"], gone["locale"], "is_restricted" in gone) == (True, "en-GB", False)


async def test_message_to_a_person_goes_to_their_dm(slack: LocalSlack, web: AsyncWebClient) -> None:
    """A post to U… answers the D… of the person, and nobody else sees it."""
    answer = await web.chat_postMessage(channel="U0ADA", text="hello")

    assert answer["channel"] == "D0ADA"
    assert (await slack.client_of("U0ADA").message()).text == "hello"
    assert slack.client_of("U0BEN").messages == []
    assert (await web.conversations_open(users="U0ADA"))["channel"]["id"] == "D0ADA"


async def test_ids_are_filled_in(web: AsyncWebClient) -> None:
    """Blocks come back with a block_id, elements with an action_id."""
    button = {"type": "button", "text": {"type": "plain_text", "text": "x"}}
    blocks: list[dict[str, Any]] = [{"type": "actions", "elements": [button]}, {"type": "divider", "block_id": "mine"}]
    stored = (await web.chat_postMessage(channel="C0GENERAL", text="x", blocks=blocks))["message"]["blocks"]

    assert stored[0]["block_id"]
    assert stored[0]["elements"][0]["action_id"]
    assert stored[1]["block_id"] == "mine"


async def test_name_is_told_where_it_is_another(start: Any, settings: Settings) -> None:
    """A message carries a username only where the app took one of its own for it."""
    web = client_of(await start(settings, "chat:write.customize"))

    plain = await web.chat_postMessage(channel="C0GENERAL", text="x")
    disguised = await web.chat_postMessage(channel="C0GENERAL", text="x", username="deploys")

    assert "username" not in plain["message"]
    assert disguised["message"]["username"] == "deploys"


async def test_update_replaces_what_it_names(slack: LocalSlack, web: AsyncWebClient) -> None:
    """A new text takes the blocks away, new blocks stay without a text, and attachments stay until told."""
    block, attachment = [{"type": "divider"}], [{"text": "a"}]
    posted = await web.chat_postMessage(channel="C0GENERAL", text="x", blocks=block, attachments=attachment)
    where = {"channel": "C0GENERAL", "ts": posted["ts"]}

    kept = await ask(slack, "chat.update", {**where, "blocks": block})
    gone = await web.chat_update(**where, text="z")
    bare = await web.chat_update(**where, text="z", attachments=[])

    assert kept["message"]["blocks"][0]["type"] == "divider"
    assert "blocks" not in gone["message"]
    assert gone["message"]["attachments"] == attachment
    assert "attachments" not in bare["message"]
    assert "edited" in gone["message"]
    assert (await ask(slack, "chat.update", {**where, "text": "x" * 4001}))["error"] == "msg_too_long"


async def test_only_own_messages_can_be_changed(slack: LocalSlack) -> None:
    """The app changes neither what people write nor what is ephemeral."""
    ada = slack.client_of("U0ADA")
    await ada.say("hello", channel="general")
    theirs = {"channel": "C0GENERAL", "ts": (await ada.message()).ts}
    shown = await ask(slack, "chat.postEphemeral", {"channel": "C0GENERAL", "user": "U0ADA", "text": "x"})
    ephemeral = {"channel": "C0GENERAL", "ts": shown["message_ts"], "text": "y"}

    assert (await ask(slack, "chat.update", {**theirs, "text": "x"}))["error"] == "cant_update_message"
    assert (await ask(slack, "chat.delete", theirs))["error"] == "cant_delete_message"
    assert (await ask(slack, "chat.update", ephemeral))["error"] == "message_not_found"


async def test_messages_come_one_a_second(start: Any, clock: Any) -> None:
    """A second message within a second gets 429 with the time to wait, for its channel alone."""
    slack = await start(Settings())
    web = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    await web.chat_postMessage(channel="C0GENERAL", text="1")
    await web.chat_postMessage(channel="U0ADA", text="1")

    with pytest.raises(SlackApiError) as refused:
        await web.chat_postMessage(channel="C0GENERAL", text="2")
    clock.move(seconds=1)
    await web.chat_postMessage(channel="C0GENERAL", text="2")

    assert (refused.value.response.status_code, refused.value.response.headers["Retry-After"]) == (429, "1")


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (Fault(error="internal_error"), 200),
        (Fault(status=503), 503),
        (Fault(retry_after=7), 429),
        (Fault(is_html=True), 200),
    ],
)
async def test_next_call_can_fail(slack: LocalSlack, web: AsyncWebClient, fault: Fault, status: int) -> None:
    """A fault hits as many calls as it was asked to, then all is well."""
    slack.fail("chat.postMessage", fault)

    with pytest.raises(SlackApiError) as failed:
        await web.chat_postMessage(channel="C0GENERAL", text="x")
    await web.chat_postMessage(channel="C0GENERAL", text="y")

    assert failed.value.response.status_code == status
    assert [message.text for message in slack.client_of("U0ADA").messages] == ["y"]


async def test_answer_can_be_lost(slack: LocalSlack) -> None:
    """A call can take effect although its answer never arrives."""
    slack.fail("chat.postMessage", Fault(cuts=True, takes_effect=True))

    with pytest.raises(aiohttp.ClientError):
        await ask(slack, "chat.postMessage", {"channel": "C0GENERAL", "text": "x"})

    assert [message.text for message in slack.client_of("U0ADA").messages] == ["x"]


async def test_call_can_be_late(slack: LocalSlack) -> None:
    """A delayed call goes well in the end."""
    slack.fail("auth.test", Fault(delay_seconds=0.01))

    assert (await ask(slack, "auth.test", {}))["ok"]


async def test_call_can_hang(slack: LocalSlack) -> None:
    """A hanging call is let go when the faults are cleared."""
    slack.fail("auth.test", Fault(hangs=True))
    url, headers = slack.api_url + "auth.test", {"Authorization": f"Bearer {slack.bot_token}"}
    timeout = aiohttp.ClientTimeout(total=0.1)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        with pytest.raises(TimeoutError):
            await session.post(url, headers=headers)

    assert (await ask(slack, "auth.test", {}))["ok"]


async def test_log_keeps_calls_without_secrets(slack: LocalSlack, web: AsyncWebClient) -> None:
    """The log has method, arguments and answer, and never a token or a ticket."""
    await web.chat_postMessage(channel="C0GENERAL", text="x")
    await web.apps_connections_open(app_token=slack.app_token)

    call = slack.calls_of("chat.postMessage")[0]

    assert (call.args["text"], call.ok) == ("x", True)
    entries = repr(list(slack.workspace.wire))
    assert slack.bot_token not in entries
    assert slack.app_token not in entries
    assert "ticket=…" in entries


async def test_channels_are_described(slack: LocalSlack, web: AsyncWebClient) -> None:
    """A channel tells its kind, its members and whether the bot is in it."""
    info = (await web.conversations_info(channel="C0GENERAL"))["channel"]
    members = (await web.conversations_members(channel="C0RANDOM"))["members"]
    dm = (await web.conversations_open(users="U0ADA"))["channel"]["id"]

    assert (info["name"], info["is_private"], info["is_member"]) == ("general", False, True)
    assert members == ["U0ADA", "U0BEN", "U0CAT"]
    assert (await ask(slack, "conversations.info", {"channel": dm}))["needed"] == "im:read"
    assert (await ask(slack, "conversations.open", {"channel": dm}))["channel"]["id"] == dm


async def test_conversation_needs_one_active_person(slack: LocalSlack) -> None:
    """A direct conversation is with one person who has not left."""
    slack.workspace.put_person(replace(slack.workspace.person("U0CAT"), deleted=True))

    assert (await ask(slack, "conversations.open", {"users": "U0CAT"}))["error"] == "user_disabled"
    assert (await ask(slack, "conversations.open", {"users": "U0ADA,U0BEN"}))["error"] == "too_many_users"
    assert (await ask(slack, "conversations.open", {}))["error"] == "invalid_arguments"


async def test_groups_have_members(start: Any) -> None:
    """Groups are listed with their handle, and their members by id."""
    slack = await start(Settings(), "usergroups:read")
    web = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)

    assert (await web.usergroups_list())["usergroups"][0]["handle"] == "desk"
    assert (await web.usergroups_users_list(usergroup="S0DESK"))["users"] == ["U0BEN"]
    assert (await ask(slack, "usergroups.users.list", {"usergroup": "S0NONE"}))["error"] == "no_such_subteam"


async def test_bot_that_joins_may_write(slack: LocalSlack, web: AsyncWebClient) -> None:
    """Once invited, the bot may write to a channel, by its name too."""
    slack.workspace.set_member("C0RANDOM", "U0FIXDESK", is_member=True)

    assert (await web.chat_postMessage(channel="#random", text="x"))["channel"] == "C0RANDOM"
    assert (await web.users_info(user="U0FIXDESK"))["user"]["is_bot"]
