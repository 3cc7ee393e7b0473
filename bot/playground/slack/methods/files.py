"""The methods about files: look at one, and upload one in three steps.

https://docs.slack.dev/messaging/working-with-files
"""

import secrets
from dataclasses import replace

from bot.playground.slack.file_server import store_file
from bot.playground.slack.files import StoredFile, file_json
from bot.playground.slack.messages import post, read_content
from bot.playground.slack.methods.calls import Call, Json, Method
from bot.playground.slack.rate import Tier
from bot.playground.slack.refusal import RefusedError, missing


def files_info(call: Call) -> Json:
    """Return one file."""
    return {"file": file_json(_file(call, str(call.required("file")))), "comments": [], "content_html": None}


def files_get_upload_url_external(call: Call) -> Json:
    """Announce a file and return the address that takes its bytes."""
    name, length = str(call.required("filename")), str(call.required("length"))
    if not length.isdigit() or not int(length):
        raise RefusedError("invalid_arguments", ["[ERROR] length must be a positive number"])
    file = store_file(call.install, call.install.workspace.app.bot_user_id, name, b"")
    ticket = secrets.token_urlsafe(16)
    call.install.uploads[ticket] = file.id
    return {"upload_url": f"{call.install.url}/upload/{ticket}", "file_id": file.id}


def files_complete_upload_external(call: Call) -> Json:
    """Finish uploads, and share the files where the call says so."""
    listed = call.required("files")
    if not isinstance(listed, list) or not all(isinstance(one, dict) and one.get("id") for one in listed):
        raise missing("files")
    files = [_finished(call, one) for one in listed]
    call.install.workspace.files |= {file.id: file for file in files}
    if call.args.get("channel_id"):
        _share(call, files)
    return {"files": [file_json(file) for file in files]}


def _file(call: Call, file_id: str) -> StoredFile:
    file = call.install.workspace.files.get(file_id)
    if file is None:
        raise RefusedError("file_not_found")
    return file


def _finished(call: Call, listed: Json) -> StoredFile:
    file = _file(call, str(listed["id"]))
    if file.id in call.install.uploads.values():
        raise RefusedError("file_not_found", ["[ERROR] its bytes were not uploaded"])
    return replace(file, title=str(listed.get("title") or ""))


def _share(call: Call, files: list[StoredFile]) -> None:
    named = {**call.args, "channel": call.args["channel_id"]}
    channel = Call(call.install, named, call.new_ticket).joined_channel()
    said = {"text": call.args.get("initial_comment"), "blocks": call.args.get("blocks")}
    content = read_content(call.install, {**said, "thread_ts": call.args.get("thread_ts")})
    message = post(call.install, channel.id, content)
    call.install.workspace.put_message(replace(message, files=tuple(file.id for file in files)))


METHODS = {
    "files.info": Method(files_info, ("files:read",), Tier.FOUR),
    "files.getUploadURLExternal": Method(files_get_upload_url_external, ("files:write",), Tier.FOUR),
    "files.completeUploadExternal": Method(files_complete_upload_external, ("files:write",), Tier.FOUR),
}
