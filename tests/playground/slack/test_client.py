"""A person's client sends what Slack sends, and shows failures as failures."""

from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack.installation import Settings
from bot.playground.slack.person.composer import escape
from bot.playground.slack.server import LocalSlack

Json = dict[str, Any]


def plain(text: str) -> Json:
    """Return a plain text object."""
    return {"type": "plain_text", "text": text}


def option(value: str) -> Json:
    """Return an option whose text is its value in capitals."""
    return {"text": plain(value.upper()), "value": value}


class Everything:
    """A Bolt app that acks all it gets with what a test chose."""

    def __init__(self) -> None:
        self.bodies: list[Json] = []
        self.answer: Json = {}

    @property
    def last(self) -> Json:
        """Return the newest payload."""
        return self.bodies[-1]

    def register(self, app: AsyncApp) -> None:
        """Answer everything through a middleware, as a dispatcher does."""
        app.use(self.take)

    async def take(self, ack: Any, body: Json) -> Any:
        """Keep and ack one payload."""
        self.bodies.append(body)
        return await ack(**self.answer)


@pytest.fixture
async def app(connect: Any) -> Everything:
    """A connected app that takes everything."""
    everything = Everything()
    await connect(everything.register)
    return everything


async def test_unknown_command_is_not_sent(slack: LocalSlack, app: Everything) -> None:
    """A command that is not in the manifest never reaches the app."""
    answer = await slack.client_of("U0ADA").command("/fox vpn", "general")

    assert (answer.error, app.bodies) == ("unknown_command", [])


@pytest.mark.parametrize(("response_type", "ben_sees"), [("ephemeral", 0), ("in_channel", 2)])
async def test_ack_of_a_command_is_shown(slack: LocalSlack, app: Everything, response_type: str, ben_sees: int) -> None:
    """An ack with a text is ephemeral unless it says otherwise; in the channel the command is shown too."""
    app.answer = {"text": "hello", "response_type": response_type}

    await slack.client_of("U0ADA").command("/fix vpn", "general")

    assert (await slack.client_of("U0ADA").message()).text == "hello"
    assert len(slack.client_of("U0BEN").messages) == ben_sees


async def test_ack_with_wrong_blocks_is_an_error(slack: LocalSlack, app: Everything) -> None:
    """An ack that Slack refuses is shown as a failure."""
    app.answer = {"text": "x", "blocks": [{"type": "section"}]}

    answer = await slack.client_of("U0ADA").command("/fix vpn", "general")

    assert (answer.ok, answer.error) == (False, "invalid_blocks")


async def test_command_is_escaped(slack: LocalSlack, app: Everything) -> None:
    """With should_escape, names become ids and the payload has every field."""
    await slack.client_of("U0ADA").command("/fix vpn for @Ben Example in #general & <x>", "random")

    assert app.last["text"] == "vpn for <@U0BEN> in <#C0GENERAL|general> &amp; &lt;x&gt;"
    assert app.last["is_enterprise_install"] == "false"
    assert (app.last["channel_name"], app.last["user_name"]) == ("random", "ada.example")


def test_escape_hides_private_names_and_marks_links(slack: LocalSlack) -> None:
    """A private channel is written without its name, an address in brackets."""
    assert escape(slack.workspace, "#secret http://a.example") == "<#C0SECRET|> <http://a.example>"


async def test_type_ahead_in_a_message(slack: LocalSlack, app: Everything, web: AsyncWebClient) -> None:
    """A message can hold a type-ahead; what is chosen is in the payload and in the state."""
    ada = slack.client_of("U0ADA")
    element = {"type": "external_select", "action_id": "pick"}
    other = {"type": "static_select", "action_id": "other", "options": [option("a")], "initial_option": option("a")}
    await web.chat_postMessage(
        channel="U0ADA", text="x", blocks=[{"type": "actions", "block_id": "b", "elements": [element, other]}]
    )
    message = await ada.message()
    app.answer = {"option_groups": [{"label": plain("g"), "options": [option("vpn")]}]}

    assert await ada.options(message, "pick", "vp") == []
    assert app.bodies == []
    offered = await ada.options(message, "pick", "vpn")
    assert app.last["container"]["type"] == "message"
    app.answer = {}
    await ada.choose(message, "pick", "vpn")

    assert offered == [option("vpn")]
    assert app.last["actions"][0]["selected_option"] == option("vpn")
    values = app.last["state"]["values"]["b"]
    assert [values[name]["selected_option"]["value"] for name in ("pick", "other")] == ["vpn", "a"]


@pytest.mark.parametrize("answer", [{"options": [option(str(number)) for number in range(101)]}, {"text": "sorry"}, {}])
async def test_wrong_options_are_an_error(
    slack: LocalSlack, app: Everything, web: AsyncWebClient, answer: Json
) -> None:
    """Too many options, or none of the kind, show nothing."""
    ada = slack.client_of("U0ADA")
    elements: list[Json] = [{"type": "external_select", "action_id": "pick", "min_query_length": 0}]
    await web.chat_postMessage(channel="U0ADA", text="x", blocks=[{"type": "actions", "elements": elements}])
    app.answer = answer

    assert (await ada.ask_options(await ada.message(), "pick")).error == "invalid_options"
    with pytest.raises(LookupError):
        await ada.options(await ada.message(), "pick")


async def test_every_input_is_in_the_state(slack: LocalSlack, app: Everything, web: AsyncWebClient) -> None:
    """Initial values count, and what is empty has its own empty form."""
    elements: list[Json] = [
        {"type": "plain_text_input", "initial_value": "typed"},
        {"type": "number_input", "is_decimal_allowed": False},
        {"type": "static_select", "options": [option("a")]},
        {"type": "checkboxes", "options": [option("a")], "initial_options": [option("a")]},
        {"type": "multi_users_select"},
        {"type": "datepicker", "initial_date": "2026-11-23"},
    ]
    blocks = [
        {
            "type": "input",
            "block_id": str(at),
            "optional": True,
            "label": plain("x"),
            "element": {**e, "action_id": "a"},
        }
        for at, e in enumerate(elements)
    ]
    ada = slack.client_of("U0ADA")
    await ada.command("/fix", "general")
    view = {"type": "modal", "title": plain("x"), "submit": plain("x"), "blocks": blocks}
    await web.views_open(trigger_id=app.last["trigger_id"], view=view)

    await ada.submit(await ada.view())

    values = app.last["view"]["state"]["values"]
    assert [values[str(at)]["a"] for at in range(len(elements))] == [
        {"type": "plain_text_input", "value": "typed"},
        {"type": "number_input", "value": None},
        {"type": "static_select", "selected_option": None},
        {"type": "checkboxes", "selected_options": [option("a")]},
        {"type": "multi_users_select", "selected_users": []},
        {"type": "datepicker", "selected_date": "2026-11-23"},
    ]


@pytest.mark.parametrize(
    ("element", "text", "problem"),
    [
        ({"type": "plain_text_input", "min_length": 3}, "ab", "too short"),
        ({"type": "plain_text_input", "max_length": 3}, "abcd", "too long"),
        ({"type": "number_input", "is_decimal_allowed": False}, "1.5", "valid number"),
        ({"type": "number_input", "is_decimal_allowed": True, "max_value": "2"}, "2.5", "at most 2"),
        ({"type": "email_text_input"}, "ada", "valid email"),
        ({"type": "url_text_input"}, "ada", "valid URL"),
        ({"type": "plain_text_input"}, "", "required field"),
    ],
)
async def test_wrong_input_is_not_sent(
    slack: LocalSlack, app: Everything, web: AsyncWebClient, element: Json, text: str, problem: str
) -> None:
    """The client checks what is typed and sends nothing while it is wrong."""
    ada = slack.client_of("U0ADA")
    await ada.command("/fix", "general")
    blocks = [{"type": "input", "block_id": "b", "label": plain("x"), "element": element}]
    view = {"type": "modal", "title": plain("x"), "submit": plain("x"), "blocks": blocks}
    await web.views_open(trigger_id=app.last["trigger_id"], view=view)

    answer = await ada.submit(ada.fill(await ada.view(), "b", text))

    assert problem in answer.errors["b"]
    assert app.last["command"] == "/fix"


async def test_old_button_still_arrives(slack: LocalSlack, app: Everything, web: AsyncWebClient) -> None:
    """A press on a message that has changed since reaches the app, as a second approver's late click does."""
    button = {"type": "button", "action_id": "go", "text": plain("Go"), "value": "1"}
    posted = await web.chat_postMessage(channel="U0ADA", text="x", blocks=[{"type": "actions", "elements": [button]}])
    ada = slack.client_of("U0ADA")
    message = await ada.message()
    await web.chat_update(channel=posted["channel"], ts=posted["ts"], text="done", blocks=[])

    assert (await ada.press(message, "Go")).ok
    assert (app.last["actions"][0]["value"], app.last["message"]["text"]) == ("1", "done")
    with pytest.raises(LookupError, match="there is no 'other'"):
        await ada.press(message, "other")


async def test_shortcuts_are_sent(slack: LocalSlack, app: Everything) -> None:
    """Global shortcuts have no channel, message shortcuts have message and response_url."""
    ada = slack.client_of("U0ADA")
    await ada.say("my vpn is down", "general")

    assert (await ada.shortcut("fix.open")).ok
    assert "channel" not in app.last
    assert app.last["user"] == {"id": "U0ADA", "username": "ada.example", "team_id": "T0LOCAL"}
    assert (await ada.shortcut("fix.message", await ada.message())).ok
    assert (app.last["type"], app.last["message"]["text"]) == ("message_action", "my vpn is down")
    assert "api_app_id" not in app.last


async def test_shortcuts_stand_where_slack_shows_them(slack: LocalSlack, app: Everything, web: AsyncWebClient) -> None:
    """Each is of the app and of its kind, and there are none on ephemeral messages."""
    ada = slack.client_of("U0ADA")
    await web.chat_postEphemeral(channel="C0GENERAL", user="U0ADA", text="only you")
    message = await ada.message()

    tried = [("fix.nothing", None), ("fix.message", None), ("fix.open", message), ("fix.message", message)]
    errors = [(await ada.shortcut(*shortcut)).error for shortcut in tried]

    assert errors == ["unknown_shortcut"] * 3 + ["not_possible"]
    assert app.bodies == []


async def test_events_reach_subscribers(slack: LocalSlack, app: Everything) -> None:
    """What people write is an event only where the bot is; opening Home is one too."""
    ada = slack.client_of("U0ADA")
    await ada.say("hello", "random")
    assert app.bodies == []

    await ada.say("hello", "general")
    await ada.open_home()

    assert [body["event"]["type"] for body in app.bodies] == ["message", "app_home_opened"]


async def test_wait_says_what_there_is(slack: LocalSlack) -> None:
    """A wait that fails tells what the person sees."""
    ada = slack.client_of("U0ADA")
    await ada.say("hello", "general")

    with pytest.raises(TimeoutError, match="hello"):
        await ada.message(lambda m: m.text == "bye", timeout=0.01)
    with pytest.raises(TimeoutError, match="no modal"):
        await ada.view(timeout=0.01)


CHOICES: list[tuple[Json, Any, Json]] = [
    ({"type": "static_select", "options": [option("a")]}, "A", {"selected_option": option("a")}),
    ({"type": "static_select", "options": [option("a")]}, None, {"selected_option": None}),
    (
        {"type": "multi_static_select", "options": [option("a"), option("b")]},
        ["b"],
        {"selected_options": [option("b")]},
    ),
    (
        {"type": "static_select", "option_groups": [{"label": plain("g"), "options": [option("a")]}]},
        option("a"),
        {"selected_option": option("a")},
    ),
    ({"type": "datepicker"}, "2026-11-23", {"selected_date": "2026-11-23"}),
    ({"type": "users_select"}, "U0BEN", {"selected_user": "U0BEN"}),
    ({"type": "overflow", "options": [option("a")]}, "a", {"selected_option": option("a")}),
]


@pytest.mark.parametrize(("element", "choice", "action"), CHOICES)
async def test_choice_is_sent_as_slack_writes_it(
    slack: LocalSlack, app: Everything, web: AsyncWebClient, element: Json, choice: Any, action: Json
) -> None:
    """What is chosen in a message reaches the app in the field of its kind."""
    ada = slack.client_of("U0ADA")
    elements = [{**element, "action_id": "pick"}]
    await web.chat_postMessage(channel="U0ADA", text="x", blocks=[{"type": "actions", "elements": elements}])

    assert (await ada.choose(await ada.message(), "pick", choice)).ok

    assert app.last["actions"][0].items() >= action.items()


async def test_choice_must_be_on_offer(slack: LocalSlack, app: Everything, web: AsyncWebClient) -> None:
    """What nobody offered cannot be chosen."""
    ada = slack.client_of("U0ADA")
    elements: list[Json] = [{"type": "static_select", "options": [option("a")], "action_id": "pick"}]
    await web.chat_postMessage(channel="U0ADA", text="x", blocks=[{"type": "actions", "elements": elements}])

    with pytest.raises(LookupError, match="there are: a"):
        await ada.choose(await ada.message(), "pick", "b")
    assert app.bodies == []


async def test_channel_in_a_form_brings_a_response_url(slack: LocalSlack, app: Everything, web: AsyncWebClient) -> None:
    """With response_url_enabled, the chosen channel comes with a response_url; a choice in an input sends nothing."""
    ada = slack.client_of("U0ADA")
    await ada.command("/fix", "general")
    element = {"type": "channels_select", "action_id": "where", "response_url_enabled": True}
    blocks = [{"type": "input", "block_id": "b", "label": plain("x"), "element": element}]
    view = {"type": "modal", "title": plain("x"), "submit": plain("x"), "blocks": blocks}
    await web.views_open(trigger_id=app.last["trigger_id"], view=view)
    shown = await ada.view()
    await ada.choose(shown, "where", "C0RANDOM")
    assert len(app.bodies) == 1

    await ada.submit(shown)

    assert app.last["response_urls"][0].items() >= {"block_id": "b", "channel_id": "C0RANDOM"}.items()
    with pytest.raises(LookupError, match="not open"):
        await ada.submit(shown)


async def test_read_only_dm_takes_no_message(start: Any) -> None:
    """Where the manifest says so, people cannot write to the app."""
    slack = await start(Settings(), app_home={"messages_tab_enabled": True, "messages_tab_read_only_enabled": True})
    ada = slack.client_of("U0ADA")

    assert (await ada.say("hello", ada.dm.id)).error == "read_only"
    assert (await ada.open_home()).error == "not_enabled"


async def test_feedback_and_icon_buttons_send_their_value(
    slack: LocalSlack, web: AsyncWebClient, app: Everything
) -> None:
    """Feedback carries the text and value of the button that was meant; an icon button its own."""
    good, bad = ({"text": plain(text), "value": text} for text in ("Good", "Bad"))
    feedback = {"type": "feedback_buttons", "action_id": "f", "positive_button": good, "negative_button": bad}
    icon = {"type": "icon_button", "action_id": "i", "icon": "trash", "text": plain("Delete"), "value": "7"}
    blocks = [{"type": "context_actions", "block_id": "b", "elements": [feedback, icon]}]
    await web.chat_postMessage(channel="C0GENERAL", text="x", blocks=blocks)
    ada = slack.client_of("U0ADA")
    message = await ada.message()

    await ada.choose(message, "f", "Bad")
    sent = app.last["actions"][0]
    await ada.press(message, "i")

    assert (sent["type"], sent["value"], sent["text"]["text"]) == ("feedback_buttons", "Bad", "Bad")
    assert (app.last["actions"][0]["type"], app.last["actions"][0]["value"]) == ("icon_button", "7")
    with pytest.raises(LookupError, match="no feedback 'Perhaps'"):
        await ada.choose(message, "f", "Perhaps")
