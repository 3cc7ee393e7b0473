"""The methods about people and their groups.

https://docs.slack.dev/reference/methods/users.info
"""

from bot.playground.slack.methods.calls import Call, Json, Method
from bot.playground.slack.refusal import RefusedError
from bot.playground.slack.workspace import Person


def users_info(call: Call) -> Json:
    """Return one person."""
    if call.args.get("user") == call.install.workspace.app.bot_user_id:
        app = call.install.workspace.app
        return {"user": _user(call, Person(app.bot_user_id, app.name, is_bot=True))}
    return {"user": _user(call, call.person())}


def users_lookup_by_email(call: Call) -> Json:
    """Return the person with an address."""
    wanted = str(call.required("email")).lower()
    for person in call.install.workspace.people.values():
        if person.email.lower() == wanted and not person.deleted:
            return {"user": _user(call, person)}
    raise RefusedError("users_not_found")


def usergroups_list(call: Call) -> Json:
    """Return every group."""
    groups = call.install.workspace.groups.values()
    listed = [{"id": group.id, "handle": group.handle, "name": group.name, "is_usergroup": True} for group in groups]
    return {"usergroups": listed}


def usergroups_users_list(call: Call) -> Json:
    """Return the ids of a group's members."""
    group = call.install.workspace.groups.get(str(call.required("usergroup")))
    if group is None:
        raise RefusedError("no_such_subteam")
    return {"users": list(group.members)}


def _user(call: Call, person: Person) -> Json:
    workspace = call.install.workspace
    profile = {"real_name": person.name, "display_name": person.user_name, "title": person.title}
    if person.email and "users:read.email" in call.install.manifest.scopes:
        profile["email"] = person.email
    user: Json = {
        "id": person.id,
        "team_id": person.team_id or workspace.team_id,
        "name": person.user_name,
        "real_name": person.name,
        "deleted": person.deleted,
        "tz": person.tz,
        "is_bot": person.is_bot,
        "is_restricted": person.is_restricted,
        "is_ultra_restricted": person.is_ultra_restricted,
        "is_app_user": False,
        "profile": profile,
    }
    if str(call.args.get("include_locale")).lower() in {"true", "1"}:
        user["locale"] = person.locale
    if person.is_stranger:
        user["is_stranger"] = True
    if person.is_email_confirmed is not None:
        user["is_email_confirmed"] = person.is_email_confirmed
    return user


METHODS = {
    "users.info": Method(users_info, ("users:read",)),
    "users.lookupByEmail": Method(users_lookup_by_email, ("users:read.email",)),
    "usergroups.list": Method(usergroups_list, ("usergroups:read",)),
    "usergroups.users.list": Method(usergroups_users_list, ("usergroups:read",)),
}
