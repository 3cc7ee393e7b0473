"""Text is text: nothing that a workflow, a person or Nexthink says can mention, link or format."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from bot.playground.nexthink.workflow import Ending, Parameter
from bot.playground.slack.kit.reading import Json
from bot.playground.slack.person.client import Client
from tests.scenarios.office import NewOffice, Office, buttons, fill_in

NAME = "<!channel> & *x* _y_ :tada: https://evil.example"
DESCRIPTION = "<@U0ADAEXAMPLE> <https://evil.example|click> `code` &lt;!here&gt;"
DETAILS = "<!everyone> *failed* <@U0GRACEEXAMPLE>"
ADA = "U0ADAEXAMPLE"
ESCAPED_NAME = "&lt;!channel&gt; &amp; *x*"


def marked_up(node: Any) -> Iterator[Json]:
    """Yield every text object that Slack would parse."""
    if isinstance(node, list):
        for inner in node:
            yield from marked_up(inner)
    elif isinstance(node, dict):
        if node.get("type") == "mrkdwn" or node.get("emoji"):
            yield node
        for inner in node.values():
            yield from marked_up(inner)


def ada(office: Office) -> Client:
    """Return Ada's client, whatever she is called now."""
    return office.slack.client_of(ADA)


async def evil(new_office: NewOffice) -> Office:
    """Return an office whose Teams workflow and whose Ada have names that would do something."""
    office = await new_office()
    old = office.nexthink.workflow("#manage_local_admin_permission")
    script = replace(old.script, end=Ending("failure", DETAILS, "failed"))
    parameters = (Parameter("<!here>", ("<!channel>", "b"), description=DESCRIPTION), Parameter("x"))
    office.nexthink.put_workflow(replace(old, name=NAME, description=DESCRIPTION, script=script, parameters=parameters))
    office.slack.workspace.put_person(replace(ada(office).person, name="Ada <!channel> *Example*"))
    await office.start_bot()
    return office


async def test_names_do_nothing_in_the_modal(new_office: NewOffice) -> None:
    """Name and description stand in the modal as they are, in text that Slack does not parse."""
    office = await evil(new_office)

    view = await office.form(ada(office), "tada evil example")
    offered = await ada(office).options(view, "run.workflow", "tada evil")

    assert list(marked_up([view.body, offered])) == []
    assert (DESCRIPTION in view.words, offered[0]["text"]["text"]) == (True, NAME)


async def test_names_do_nothing_on_the_cards(new_office: NewOffice) -> None:
    """On every copy names, values and Nexthink's words are plain; the fallback text, which is parsed, is escaped."""
    office = await evil(new_office)
    view = await office.form(ada(office), "tada evil example")
    view = await fill_in(ada(office), view, {"<!here>": "<!channel>", "X": "<@U0GRACEEXAMPLE>"})

    assert (await ada(office).submit(view)).ok
    message = await office.asked(office.grace, "waiting for approval")
    await office.grace.press(message, "Approve")
    card = await office.card_after(ada(office), DETAILS, "Status: failed")
    copy = await office.asked(office.grace, "Status: failed")

    assert list(marked_up([card.blocks, copy.blocks])) == []
    for shown in (message, card, copy):
        assert ESCAPED_NAME in shown.text
        assert "<" not in shown.text
    assert "Ada &lt;!channel&gt; *Example*" in copy.text
    assert (buttons(copy), "<@U0GRACEEXAMPLE>" in card.words) == ([], True)


async def test_names_do_nothing_in_answers(new_office: NewOffice) -> None:
    """Lists and refusals that hold somebody's words are escaped where they are parsed."""
    office = await evil(new_office)
    view = await office.form(ada(office), "tada evil example")
    await ada(office).submit(await fill_in(ada(office), view, {"<!here>": "b", "X": "y"}))
    message = await office.asked(office.grace, "waiting for approval")
    await office.grace.press(message, "Approve")
    await office.card_after(ada(office), "Status: failed")

    await ada(office).command("/fix mine")
    mine = await office.told(ada(office), "Status: failed")
    await office.alan.press(message, "Approve")
    told = await office.told(office.alan, "Grace Example approved it")

    assert (ESCAPED_NAME in mine.text, "<" in mine.text + told.text) == (True, False)
    assert list(marked_up(mine.blocks)) == []


async def test_typed_words_do_nothing(office: Office) -> None:
    """What somebody types comes back as text."""
    typed = "onedrive <!channel> *restart* & reset"

    view = await office.form(office.ada, typed, typed)

    assert list(marked_up(view.body)) == []


async def test_very_long_names_fit_into_slack(new_office: NewOffice) -> None:
    """Names, descriptions and values of any length are shortened to what Slack takes, and the run works."""
    office = await new_office()
    old = office.nexthink.workflow("#clear_teams_cache")
    long = "Clear Teams cache " + "&<>é" * 800
    parameters = (Parameter("p" * 300, ("o" * 400, "&" * 160), description="d" * 3000), Parameter("free"))
    office.nexthink.put_workflow(replace(old, name=long, description=long, parameters=parameters))
    await office.start_bot()
    view = await office.form(office.ada, "")
    [offered, *_] = await office.ada.options(view, "run.workflow", "clear teams cache é")
    await office.ada.choose(view, "run.workflow", offered)
    view = await office.ada.view(lambda view: "LT-ADA-0042" in view.words)

    await office.ada.choose(view, "run.option", "option:0")
    office.ada.fill(view, "run.text", "&<>" * 1000)
    assert (await office.ada.submit(office.ada.open_view(view))).ok
    await office.card_after(office.ada, "Status: done")

    [start] = office.starts()
    assert start.body["params"] == {"p" * 300: "o" * 400, "free": "&<>" * 1000}
    assert [call.answer for call in office.slack.calls if not call.ok] == []


async def test_very_long_words_fit_into_slack(office: Office) -> None:
    """A whole essay behind `/fix` is searched for, and its answer fits."""
    await office.form(office.ada, "onedrive reset restart repair " + "please & <help> " * 500)

    assert [call.answer for call in office.slack.calls if not call.ok] == []


async def test_workflow_whose_id_is_too_long_for_an_option_runs(new_office: NewOffice) -> None:
    """An id that Slack takes as no option's value does not keep a workflow from being run."""
    office = await new_office()
    long = replace(office.nexthink.workflow("#clear_teams_cache"), id="#" + "a" * 200, name="Polish the lens")
    office.nexthink.put_workflow(long)
    await office.start_bot()

    await office.run(office.ada, "polish the lens")
    await office.card_after(office.ada, "Status: done")

    assert [start.body["workflowId"] for start in office.starts()] == [long.id]
