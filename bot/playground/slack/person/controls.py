"""Buttons, menus and inputs: what a person presses, chooses, types and looks up."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from bot.playground.slack import payloads
from bot.playground.slack.delivery.envelope import Kind
from bot.playground.slack.file_server import store_input
from bot.playground.slack.files import file_json
from bot.playground.slack.kit.reading import STATE_FIELDS, Json, initial_values
from bot.playground.slack.kit.validate import check_options
from bot.playground.slack.person import form
from bot.playground.slack.person.answer import Answer
from bot.playground.slack.person.seat import Name, Place, Seat, find
from bot.playground.slack.workspace import View

MIN_QUERY_LENGTH = 3
"""The default. https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element"""
_BUTTONS = frozenset({"button", "icon_button", "workflow_button", "feedback_buttons"})
_BUTTON_FIELDS = ("type", "action_id", "value", "text", "url")


class Controls(Seat):
    """What a person does with the controls of a modal or a message."""

    @cached_property
    def _offered(self) -> dict[tuple[str, str], list[Json]]:
        return {}

    async def press(self, place: Place, name: Name) -> Answer:
        """Press a button, found by its action_id or its text; a confirm dialog is agreed to.

        The button is looked for in what is given, so that a press on a message that has changed since arrives too.
        """
        block, element = find(place, name)
        return await self._act(place, _pressed(block, element, None))

    async def choose(self, place: Place, name: Name, choice: Any) -> Answer:
        """Choose or enter something; the app is told where Slack would tell it.

        A choice is an option, its value or text, a list of them, an id, a date or a text; None clears. Of feedback
        buttons it is the value of one; any other button is pressed.
        """
        block, element = find(self.current(place), name)
        if element["type"] in _BUTTONS:
            return await self._act(place, _pressed(block, element, choice))
        names = {"action_id": element["action_id"], "block_id": block["block_id"]}
        state = form.chosen_state(element, choice, self._choices(place, element))
        if element["type"] in STATE_FIELDS:
            self._keep(place, names["block_id"], names["action_id"], state)
        if block["type"] == "input" and not block.get("dispatch_action"):
            return Answer(ok=True)
        return await self._act(place, {**state, **names})

    def fill(self, view: View, name: Name, text: str | None) -> View:
        """Type into a text input; nothing is sent."""
        block, element = find(self.open_view(view), name, wanted=form.is_text_input)
        self._keep(view, block["block_id"], element["action_id"], {"type": element["type"], "value": text or None})
        return self.open_view(view)

    def set_values(self, view: View, values: Mapping[str, Mapping[str, Any]]) -> View:
        """Take over what a page holds; what the view does not have is left out."""
        shown = self.open_view(view)
        for block_id, states in values.items():
            for action_id, state in states.items():
                known = shown.values.get(block_id, {}).get(action_id)
                if known is not None and isinstance(state, dict) and state.get("type") == known["type"]:
                    field = STATE_FIELDS[known["type"]][1]
                    taken = {**known, field: state.get(field, known.get(field))}
                    self._keep(view, block_id, action_id, form.with_whole_files(taken, self._files()))
        return self.open_view(view)

    def upload(self, view: View, name: Name, filename: str, data: bytes) -> View:
        """Add a file to a file input, beside those that it holds; nothing is sent to the app yet."""
        block, element = find(self.open_view(view), name, wanted=lambda element: element["type"] == "file_input")
        file = store_input(self._install, self.person_id, filename, data)
        held = self.open_view(view).values[block["block_id"]][element["action_id"]]
        state = {**held, "files": [*held["files"], file_json(file)]}
        self._keep(view, block["block_id"], element["action_id"], state)
        return self.open_view(view)

    async def options(self, place: Place, action_id: Name, query: str = "") -> list[Json]:
        """Type into a type-ahead and return what it offers; fail where the app gave no valid answer."""
        answer = await self.ask_options(place, action_id, query)
        if not answer.ok:
            raise LookupError(answer.message)
        return answer.options

    async def ask_options(self, place: Place, name: Name, query: str = "") -> Answer:
        """Type into a type-ahead; below its min_query_length the app is not asked, as in Slack."""
        what = "The list of options"
        block, element = find(self.current(place), name)
        if len(query) < element.get("min_query_length", MIN_QUERY_LENGTH):
            return Answer(ok=True, payload={"options": []})
        asked = (block["block_id"], element["action_id"])
        payload = payloads.block_suggestion(self._install, self.person, self._source(place), asked, query)
        delivery = await self._deliveries.deliver(Kind.INTERACTIVE, f"{element['action_id']}: {query}", payload)
        if delivery.ok and (problems := check_options(delivery.payload)):
            return self._refused("invalid_options", problems, what, delivery)
        answer = self._answer(delivery, what)
        self._offered[_key(place), element["action_id"]] = answer.options
        return answer

    def _choices(self, place: Place, element: Json) -> list[Json]:
        if element["type"] == "file_input":
            return self._files()
        return [*form.static_options(element), *self._offered.get((_key(place), element["action_id"]), [])]

    def _files(self) -> list[Json]:
        return [file_json(file) for file in self._workspace.files.values() if file.user == self.person_id]

    async def _act(self, place: Place, action: Json) -> Answer:
        url = "" if isinstance(place, View) else self._responses.issue(self.person_id, place.channel, place.ts)
        payload = payloads.block_actions(self._install, self.person, self._source(place), action, url)
        delivery = await self._deliveries.deliver(Kind.INTERACTIVE, action["action_id"], payload)
        return self._answer(delivery, "That")

    def _keep(self, place: Place, block_id: str, action_id: str, state: Json) -> None:
        if isinstance(place, View):
            view = self.open_view(place)
            self._workspace.put_view(form.with_state(view, block_id, action_id, state))
            return
        key = (place.channel, place.ts, self.person_id)
        values = self._workspace.message_values.setdefault(key, initial_values(place.blocks or []))
        values.setdefault(block_id, {})[action_id] = state


def _pressed(block: Json, element: Json, choice: Any) -> Json:
    """Write the action of a pressed button; feedback buttons carry the text and value of the one that was meant."""
    button = element if element["type"] != "feedback_buttons" else form.feedback(element, choice)
    fields = {key: button[key] for key in _BUTTON_FIELDS if key in button}
    return {**fields, "type": element["type"], "action_id": element["action_id"], "block_id": block["block_id"]}


def _key(place: Place) -> str:
    return place.id if isinstance(place, View) else f"{place.channel} {place.ts}"
