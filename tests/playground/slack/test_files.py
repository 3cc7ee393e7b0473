"""Files: people give them to a file input, the app fetches them with its token, and uploads its own."""

import io
from typing import Any

import aiohttp
import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack.files import MAX_INPUT_BYTES
from bot.playground.slack.installation import Settings
from bot.playground.slack.server import LocalSlack
from bot.playground.slack.workspace import View
from tests.playground.slack.asking import client_of, error_of

Json = dict[str, Any]


@pytest.fixture
async def slack(start: Any) -> LocalSlack:
    """A local Slack whose app may read and write files."""
    slack: LocalSlack = await start(Settings(messages_per_second=0), "files:read", "files:write")
    return slack


@pytest.fixture
async def bodies(connect: Any) -> list[Json]:
    """What a connected app was sent."""
    bodies: list[Json] = []

    async def take(ack: Any, body: Json) -> Any:
        bodies.append(body)
        return await ack()

    def register(app: AsyncApp) -> None:
        app.use(take)

    await connect(register)
    return bodies


async def form(slack: LocalSlack, web: AsyncWebClient, bodies: list[Json], **element: Any) -> View:
    """Open a modal with a file input in front of Ada."""
    ada = slack.client_of("U0ADA")
    await ada.command("/fix", "general")
    field = {"type": "file_input", "action_id": "proof", **element}
    block = {"type": "input", "block_id": "b", "label": {"type": "plain_text", "text": "Proof"}, "element": field}
    title = {"type": "plain_text", "text": "Proof"}
    view = {"type": "modal", "title": title, "submit": title, "blocks": [block]}
    await web.views_open(trigger_id=bodies[-1]["trigger_id"], view=view)
    return await ada.view()


async def fetch(url: str, token: str = "") -> tuple[int, str, bytes]:
    """Download from an address: status, content type and bytes."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as response:
        return response.status, response.content_type, await response.read()


async def upload(slack: LocalSlack, person: str, name: str, data: bytes, **headers: str) -> tuple[int, Json]:
    """Upload as the page does."""
    address, query = f"{slack.url}/ui/files", {"person": person, "name": name}
    async with (
        aiohttp.ClientSession() as session,
        session.post(address, params=query, data=io.BytesIO(data), headers=headers) as response,
    ):
        return response.status, await response.json() if response.content_type == "application/json" else {}


async def test_submitted_files_are_whole_objects(slack: LocalSlack, web: AsyncWebClient, bodies: list[Json]) -> None:
    """What was uploaded is in the submitted state with all that Slack says of a file."""
    ada, view = slack.client_of("U0ADA"), await form(slack, web, bodies)
    empty = await ada.submit(view)
    ada.upload(view, "proof", "screen shot.png", b"png")
    ada.upload(view, "b", "notes.txt", b"text")

    assert "required field" in empty.errors["b"]
    assert (await ada.submit(view)).ok

    state = bodies[-1]["view"]["state"]["values"]["b"]["proof"]
    assert state["type"] == "file_input"
    told = [[file[key] for key in ("name", "mimetype", "filetype", "size", "user")] for file in state["files"]]
    assert told == [
        ["screen shot.png", "image/png", "png", 3, "U0ADA"],
        ["notes.txt", "text/plain", "text", 4, "U0ADA"],
    ]
    assert await fetch(state["files"][0]["url_private_download"], slack.bot_token) == (200, "image/png", b"png")


async def test_page_names_files_by_id(slack: LocalSlack, web: AsyncWebClient, bodies: list[Json]) -> None:
    """The page uploads first and then submits ids; those of nobody or of others are unknown."""
    ada, view = slack.client_of("U0ADA"), await form(slack, web, bodies)
    _, mine = await upload(slack, "U0ADA", "a.txt", b"a")
    _, theirs = await upload(slack, "U0BEN", "b.txt", b"b")

    def value(file: Json) -> Json:
        return {"b": {"proof": {"type": "file_input", "files": [{"id": file["file"]["id"]}]}}}

    assert ada.set_values(view, value(mine)).values["b"]["proof"]["files"] == [mine["file"]]
    with pytest.raises(LookupError, match="upload it first"):
        ada.set_values(view, value(theirs))
    await ada.choose(view, "proof", [])
    assert (await ada.view()).values["b"]["proof"]["files"] == []
    await ada.choose(view, "proof", [mine["file"]["id"]])
    assert (await ada.view()).values["b"]["proof"]["files"] == [mine["file"]]


@pytest.mark.parametrize(
    ("element", "names", "problem"),
    [
        ({"max_files": 1}, ["a.txt", "b.txt"], "at most 1 file."),
        ({"filetypes": ["png", "jpg"]}, ["a.txt"], "please add png, jpg"),
        ({"filetypes": ["text"]}, ["a.txt"], ""),
        ({"filetypes": ["TXT"]}, ["a.txt"], ""),
    ],
)
async def test_wrong_files_are_not_sent(
    slack: LocalSlack, web: AsyncWebClient, bodies: list[Json], element: Json, names: list[str], problem: str
) -> None:
    """Too many files, or files of another kind, stay with the person."""
    ada, view = slack.client_of("U0ADA"), await form(slack, web, bodies, **element)
    for name in names:
        ada.upload(view, "proof", name, b"x")

    answer = await ada.submit(view)

    assert problem in answer.errors.get("b", "")
    assert answer.ok is not bool(problem)


async def test_large_files_are_refused(slack: LocalSlack) -> None:
    """A file over 10 MB, one without a name and one of nobody are refused with a sentence."""
    status, refusal = await upload(slack, "U0ADA", "big.bin", bytes(MAX_INPUT_BYTES + 1))

    assert (status, refusal["ok"]) == (400, False)
    assert "larger than 10 MB" in refusal["message"]
    assert (await upload(slack, "U0ADA", "big.bin", bytes(MAX_INPUT_BYTES)))[1]["ok"]
    assert "name" in (await upload(slack, "U0ADA", "", b"x"))[1]["message"]
    assert "nobody" in (await upload(slack, "nobody", "a", b"x"))[1]["message"]


async def test_other_sites_cannot_upload(slack: LocalSlack) -> None:
    """A page of another origin is refused."""
    status, _ = await upload(slack, "U0ADA", "a.txt", b"a", Origin="http://evil.example")

    assert status == 403


@pytest.mark.parametrize("token", ["", "xoxb-wrong"])
async def test_strangers_get_the_login_page(slack: LocalSlack, token: str) -> None:
    """Without the app's token there is a login page, and its status is 200."""
    _, uploaded = await upload(slack, "U0ADA", "a.txt", b"secret")

    status, kind, page = await fetch(uploaded["file"]["url_private_download"], token)

    assert (status, kind) == (200, "text/html")
    assert b"secret" not in page


async def test_download_needs_its_scope(start: Any) -> None:
    """The app's token alone is not enough."""
    slack = await start(Settings())
    _, uploaded = await upload(slack, "U0ADA", "a.txt", b"a")

    assert (await fetch(uploaded["file"]["url_private"], slack.bot_token))[1] == "text/html"


async def test_unknown_file_is_not_found(slack: LocalSlack) -> None:
    """A made-up file is found neither by method nor by address."""
    assert await error_of(client_of(slack).files_info(file="F0NONE")) == "file_not_found"
    assert (await fetch(f"{slack.url}/files-pri/T0LOCAL-F0NONE/a.txt", slack.bot_token))[0] == 404


async def test_app_uploads_its_own_files(slack: LocalSlack, web: AsyncWebClient) -> None:
    """Slack's own client uploads and shares a file, and it can be looked at afterwards."""
    answer = await web.files_upload_v2(
        content="a,b", filename="report.csv", title="Report", channel="C0GENERAL", initial_comment="Here it is"
    )

    message = await slack.client_of("U0ADA").message()
    file = (await web.files_info(file=answer["file"]["id"]))["file"]
    assert (message.text, message.files) == ("Here it is", (file["id"],))
    assert (file["title"], file["user"], file["size"]) == ("Report", "U0FIXDESK", 3)
    assert (await fetch(file["url_private"], slack.bot_token))[2] == b"a,b"


async def test_upload_must_be_complete(web: AsyncWebClient) -> None:
    """A file whose bytes never came cannot be shared, and an address takes bytes once."""
    announced = await web.files_getUploadURLExternal(filename="a.txt", length=1)
    early = web.files_completeUploadExternal(files=[{"id": announced["file_id"], "title": "a"}])

    assert await error_of(early) == "file_not_found"
    async with aiohttp.ClientSession() as session:
        statuses = [(await session.post(announced["upload_url"], data=b"a")).status for _ in range(2)]
    assert statuses == [200, 404]
