"""`/fix words` and the type-ahead: from what people type to a chosen workflow."""

import contextlib
from collections.abc import Awaitable, Callable

from bot.domain.errors import FixdeskError, NotAllowedError, NotFoundError
from bot.domain.person import Person
from bot.domain.search import Match
from bot.policy.decide import NO_POLICY
from bot.slack.background import Background
from bot.slack.blocks.form import parameter_options
from bot.slack.blocks.run import FormContext, choice_view, load_context, loading_view, workflow_option
from bot.slack.blocks.text import OPTIONS, Block
from bot.slack.dispatch import Table
from bot.slack.forms import asked_parameter, form_is_for
from bot.slack.ids import ActionId, CommandId
from bot.slack.interaction import JSON, Interaction, Kind
from bot.slack.lists import RESERVED, Lists
from bot.slack.modal import Modals
from bot.slack.run import RunForms
from bot.usecases.desk import Desk
from bot.usecases.search import Found, find_workflows, wake_catalog

NO_CATALOG = "Sorry, the list of fixes is not there yet ({why}). fixdesk keeps trying; please try again in a minute."
NO_WORKFLOWS = "There is nothing to run: Nexthink names no active workflow that is open to the API. Tell an IT admin."
NOTHING_FITS = "Nothing fits these words. Type others above, such as the name of the app or device."
NOTHING_ALLOWED = "You are not allowed to run any fix yet: no rule of the policy names you. Ask your IT help desk."
SHOWN_NAMES = 3


class Search:
    """The command and the type-aheads of the modal."""

    def __init__(self, *, desk: Desk, modals: Modals, forms: RunForms, lists: Lists, background: Background) -> None:
        self._desk = desk
        self._modals = modals
        self._forms = forms
        self._lists = lists
        self._background = background

    def table(self) -> Table:
        """Return what this surface answers."""
        return {
            (Kind.COMMAND, CommandId.FIX): self.fix,
            (Kind.OPTIONS, ActionId.WORKFLOW): self.workflow_options,
            (Kind.OPTIONS, ActionId.OPTION): self.parameter_options,
        }

    async def fix(self, command: Interaction) -> JSON | None:
        """Open the modal for the typed words; a reserved word answers in place."""
        if command.text.casefold() in RESERVED:
            return await self._lists.answer(command)
        self._background.spawn(self._open(command))
        return None

    async def _open(self, command: Interaction) -> None:
        context = FormContext(channel_id=command.channel_id, words=command.text)
        view_id = await self._modals.open(command.trigger_id, loading_view(context), command.response_url)
        if view_id:
            await self._modals.fill(view_id, self._first_view(command.slack_id, context))

    def _why_no_catalog(self) -> str:
        failure = self._desk.catalog.failure
        return failure.fault.value if failure else "Nexthink has not answered yet"

    def _first_view(self, slack_id: str, context: FormContext) -> Callable[[], Awaitable[Block]]:
        async def make() -> Block:
            if self._desk.policy is None:
                raise NotAllowedError(NO_POLICY)
            person = await self._desk.person(slack_id)
            if not await wake_catalog(self._desk):
                raise NotFoundError(NO_CATALOG.format(why=self._why_no_catalog()))
            if not (self._desk.catalog.index and self._desk.catalog.index.workflows):
                raise NotFoundError(NO_WORKFLOWS)
            return await self._best_view(person, context)

        return make

    async def _best_view(self, person: Person, context: FormContext) -> Block:
        """Return the form of a clear match, else the choice with what is worth knowing."""
        found = await find_workflows(context.words, person, context.channel_id, desk=self._desk)
        clear = found.matches.clear if found.refused is None else None
        if clear is not None:
            return await self._forms.view_for(clear.workflow, person, context)
        anything = await find_workflows("", person, context.channel_id, desk=self._desk, limit=1)
        if not anything.matches.ranked:
            raise NotAllowedError(found.refused.reason if found.refused and context.words else NOTHING_ALLOWED)
        notes = [*_notes(context.words, found), self._desk.catalog.age_note()]
        return choice_view(context, [note for note in notes if note])

    async def workflow_options(self, typed: Interaction) -> JSON:
        """Answer a keystroke from memory: what fits, or without letters what fits the words of the command."""
        context = load_context(str(typed.view.get("private_metadata", "")))
        try:
            person = self._desk.known_person(typed.slack_id)
        except NotAllowedError:
            return {"options": []}
        if person is None:
            self._background.spawn(self._remember(typed.slack_id))
            return {"options": []}
        query = typed.text.strip() or context.words
        ranked = await self._ranked(query, person, context)
        if not ranked and not typed.text.strip():
            ranked = await self._ranked("", person, context)
        # As the form has it, which may know a workflow by its details: a preselected option must be one of these.
        catalog = self._desk.catalog
        return {"options": [workflow_option(catalog.get(one.workflow.id) or one.workflow) for one in ranked]}

    async def _ranked(self, query: str, person: Person, context: FormContext) -> tuple[Match, ...]:
        found = await find_workflows(query, person, context.channel_id, desk=self._desk, limit=OPTIONS)
        return found.matches.ranked

    async def _remember(self, slack_id: str) -> None:
        """Learn who somebody is for their next keystroke: this path never waits for Slack."""
        with contextlib.suppress(FixdeskError):
            await self._desk.person(slack_id)

    async def parameter_options(self, typed: Interaction) -> JSON:
        """Answer a keystroke in a parameter that has more options than a select takes."""
        workflow = self._forms.workflow_of(form_is_for(typed.view)[0])
        shown = self._forms.shown_parameters(workflow) if workflow else ()
        parameter = asked_parameter(typed.block_id, shown)
        return {"options": parameter_options(parameter, typed.text.strip()) if parameter else []}


def _notes(words: str, found: Found) -> list[str]:
    """Say what the typed words brought where they brought no clear match."""
    if not words:
        return []
    names = [match.workflow.name for match in found.matches.ranked[:SHOWN_NAMES]]
    fits = f"These fit “{words}” best: {'; '.join(names)}. Open the list above." if names else ""
    return [found.refused.reason if found.refused else "", fits or ("" if found.refused else NOTHING_FITS)]
