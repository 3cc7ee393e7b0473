"""Favourites: a star in the form, and the workflow leads the list from then on."""

from bot.playground.slack.workspace import View
from bot.slack.ids import ActionId, BlockId
from tests.scenarios.office import Office, field_of

WORKFLOW = (BlockId.WORKFLOW, ActionId.WORKFLOW)
WORDS = "windows 11 migration"


async def first_choice(office: Office) -> str:
    """Return what the list shows first before a word is typed."""
    view = await office.form(office.ada, "")
    shown = await office.ada.options(view, WORKFLOW, "")
    await office.ada.close(view)
    return str(shown[0]["text"]["text"])


def star(view: View) -> str:
    """Return the words of the form's star."""
    [row] = [block for block in view.blocks if block["block_id"] == BlockId.FAVOURITE]
    return str(row["elements"][0]["text"]["text"])


async def test_starred_workflow_leads_the_list(office: Office) -> None:
    """For whoever starred it, also after a restart; without the star it goes back to its place."""
    before = await first_choice(office)
    view = await office.form(office.ada, WORDS)
    assert (star(view), before) == ("☆ Add to favourites", before)

    assert (await office.ada.press(view, "☆ Add to favourites")).ok
    view = await office.ada.view(lambda one: "★ Remove from favourites" in one.words)
    await office.ada.close(view)

    assert await first_choice(office) == "Windows 11 migration" != before
    await office.restart_bot()
    assert await first_choice(office) == "Windows 11 migration"

    view = await office.form(office.ada, WORDS)
    assert (await office.ada.press(view, "★ Remove from favourites")).ok
    view = await office.ada.view(lambda one: "☆ Add to favourites" in one.words)
    await office.ada.close(view)
    assert await first_choice(office) == before


async def test_star_keeps_what_was_filled_in(office: Office) -> None:
    """A press on it rebuilds the form around the answers."""
    view = await office.form(office.ada, WORDS)
    block_id, action_id = name = field_of(view, "Upgrade window")
    assert (await office.ada.choose(view, name, "tonight")).ok

    assert (await office.ada.press(view, "☆ Add to favourites")).ok
    view = await office.ada.view(lambda one: "★ Remove from favourites" in one.words)

    assert view.values[block_id][action_id]["selected_option"]["value"] == "tonight"
    assert (await office.ada.submit(view)).ok
    await office.card_after(office.ada, "Windows 11 migration")
