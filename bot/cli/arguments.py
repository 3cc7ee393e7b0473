"""Arguments of the commands, read without doing anything: all that is wrong with them is said at once."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bot.domain.errors import ConfigurationError
from bot.domain.targets import UUID_PATTERN, Identifier
from bot.domain.workflow import WorkflowId
from bot.usecases.terminal.targets import faults_in, option_of

Given = Mapping[Identifier, Sequence[str]]

QUOTE = "in quotes, such as '#clear_teams_cache', for a shell may take a bare # as a comment"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """How something is to be run."""

    file: Path | None = None
    acting_as: str = ""
    is_dry_run: bool = False
    continues: bool = False
    again: bool = False
    waits: bool = False


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class RunCall:
    """What `fixdesk run` was called with."""

    workflow_id: WorkflowId
    given: Given
    """The targets that are named by options."""
    parameters: Mapping[str, str]
    options: RunOptions


def read_run(words: Sequence[str], given: Given, parameters: Sequence[str], options: RunOptions) -> RunCall:
    """Return what is to be run; raise `ConfigurationError` with all that is wrong.

    Words that are no id are further values of the one option that names targets.
    """
    ids = [word for word in words if word.startswith("#")]
    others = [word for word in words if not word.startswith("#")]
    used = {identifier: tuple(values) for identifier, values in given.items() if values}
    strays = others
    if len(used) == 1:
        used, strays = {identifier: (*values, *others) for identifier, values in used.items()}, []
    values, parameter_faults = read_parameters(parameters)
    faults = [
        *_id_faults(ids),
        *_stray_faults(strays, used),
        *_target_faults(used, options),
        *faults_in(used),
        *parameter_faults,
        *(f"{word!r}: for a parameter write --param {word}" for word in others if "=" in word),
    ]
    if faults:
        raise ConfigurationError(faults)
    return RunCall(workflow_id=WorkflowId(ids[0]), given=used, parameters=values, options=options)


def read_parameters(given: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Return the values of `key=value` by key, and what is wrong with others."""
    values: dict[str, str] = {}
    faults = []
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            faults.append(f"--param: {text!r} has no name and value; write --param name=value")
        elif name.strip() in values:
            faults.append(f"--param {name.strip()}: it is given twice; keep one")
        values[name.strip()] = value
    return values, faults


def read_workflow_id(word: str) -> WorkflowId:
    """Return a workflow's id; raise `ConfigurationError` for what cannot be one."""
    faults = list(_id_faults([word] if word.startswith("#") else []))
    if faults:
        raise ConfigurationError(faults)
    return WorkflowId(word)


def read_uuid(what: str, value: str) -> Iterator[str]:
    """Yield what is wrong with a UUID."""
    if not UUID_PATTERN.fullmatch(value):
        yield f"{what}: {value!r} is not a UUID"


def _id_faults(ids: Sequence[str]) -> Iterator[str]:
    if not ids:
        yield f"ID: name the workflow by its id, which begins with #; {QUOTE}"
    if len(ids) > 1:
        yield f"ID: {', '.join(ids)} are {len(ids)} workflows; run one at a time"


def _stray_faults(strays: Sequence[str], used: Given) -> Iterator[str]:
    if not strays:
        return
    options = ", ".join(map(option_of, used or Identifier))
    why = "several options are given" if used else "no option is given"
    yield f"{', '.join(map(repr, strays))}: say what this names, for {why}; put one of {options} before each"


def _target_faults(used: Given, options: RunOptions) -> Iterator[str]:
    if options.file is not None and used:
        yield f"--file: the file names the targets; leave {', '.join(map(option_of, used))} out"
    if options.file is None and not used:
        yield f"name at least one target, with one of {', '.join(map(option_of, Identifier))}, or with --file"
    if options.continues and options.again:
        yield "--continue and --again exclude each other; keep one"
