"""The methods about people, their groups and the workspace.

https://docs.slack.dev/reference/methods/users.info
"""

from bot.playground.slack.methods.calls import Call, Json, Method
from bot.playground.slack.methods.paging import page_of
from bot.playground.slack.rate import Tier
from bot.playground.slack.refusal import RefusedError
from bot.playground.slack.workspace import Person, UserGroup


def users_info(call: Call) -> Json:
    """Return one person."""
    if call.args.get("user") == call.install.workspace.app.bot_user_id:
        return {"user": _user(call, _bot(call))}
    return {"user": _user(call, call.person())}


def users_list(call: Call) -> Json:
    """Return everybody, the app and those who have left too."""
    everybody = [*call.install.workspace.people.values(), _bot(call)]
    page = page_of(call, everybody, lambda person: person.id)
    cached_at = int(call.install.clock().timestamp())
    return {"members": [_user(call, person) for person in page.items], "cache_ts": cached_at, **page.metadata}


def users_lookup_by_email(call: Call) -> Json:
    """Return the person with an address."""
    wanted = str(call.required("email")).lower()
    for person in call.install.workspace.people.values():
        if person.email.lower() == wanted and not person.deleted:
            return {"user": _user(call, person)}
    raise RefusedError("users_not_found")


def usergroups_list(call: Call) -> Json:
    """Return the groups, those that are switched off only when asked for."""
    groups = call.install.workspace.groups.values()
    shown = [group for group in groups if call.flag("include_disabled") or not group.is_disabled]
    return {"usergroups": [_group(call, group) for group in shown]}


def usergroups_users_list(call: Call) -> Json:
    """Return the ids of a group's members."""
    group = call.install.workspace.groups.get(str(call.required("usergroup")))
    if group is None or (group.is_disabled and not call.flag("include_disabled")):
        raise RefusedError("no_such_subteam")
    return {"users": list(group.members)}


def team_info(call: Call) -> Json:
    """Return the workspace."""
    workspace = call.install.workspace
    asked = call.args.get("team")
    if asked and asked != workspace.team_id:
        raise RefusedError("team_not_found")
    names = {"id": workspace.team_id, "name": workspace.name, "domain": workspace.domain, "email_domain": ""}
    return {"team": {**names, "url": f"{call.install.url}/", "icon": {"image_default": True}}}


def emoji_list(_call: Call) -> Json:
    """Return the workspace's own emoji; it has none."""
    return {"emoji": {}, "cache_ts": "0"}


def _bot(call: Call) -> Person:
    app = call.install.workspace.app
    return Person(app.bot_user_id, app.name, is_bot=True, is_email_confirmed=None)


def _user(call: Call, person: Person) -> Json:
    user: Json = {
        "id": person.id,
        "team_id": person.team_id or call.install.workspace.team_id,
        "name": person.user_name,
        "deleted": person.deleted,
        "profile": _profile(call, person),
        "is_bot": person.is_bot,
        "is_app_user": False,
        "updated": 0,
    }
    if not person.deleted:
        user |= {
            "real_name": person.name,
            "tz": person.tz,
            "is_admin": False,
            "is_owner": False,
            "is_restricted": person.is_restricted,
            "is_ultra_restricted": person.is_ultra_restricted,
        }
    if call.flag("include_locale"):
        user["locale"] = person.locale
    if person.is_stranger:
        user["is_stranger"] = True
    if person.is_email_confirmed is not None:
        user["is_email_confirmed"] = person.is_email_confirmed
    return user


def _profile(call: Call, person: Person) -> Json:
    app, team_id = call.install.workspace.app, person.team_id or call.install.workspace.team_id
    profile: Json = {"real_name": person.name, "display_name": person.user_name, "title": person.title, "team": team_id}
    if person.email and "users:read.email" in call.install.manifest.scopes:
        profile["email"] = person.email
    return profile | ({"bot_id": app.bot_id, "api_app_id": app.id} if person.is_bot else {})


def _group(call: Call, group: UserGroup) -> Json:
    facts: Json = {
        "id": group.id,
        "team_id": call.install.workspace.team_id,
        "is_usergroup": True,
        "is_subteam": True,
        "is_external": False,
        "handle": group.handle,
        "name": group.name,
        "description": "",
        "date_delete": int(group.is_disabled),
    }
    if call.flag("include_count"):
        facts["user_count"] = len(group.members)
    return facts | ({"users": list(group.members)} if call.flag("include_users") else {})


METHODS = {
    "users.info": Method(users_info, ("users:read",), Tier.FOUR),
    "users.list": Method(users_list, ("users:read",), Tier.TWO),
    "users.lookupByEmail": Method(users_lookup_by_email, ("users:read.email",), Tier.THREE),
    "usergroups.list": Method(usergroups_list, ("usergroups:read",), Tier.TWO),
    "usergroups.users.list": Method(usergroups_users_list, ("usergroups:read",), Tier.TWO),
    "team.info": Method(team_info, ("team:read",), Tier.THREE),
    "emoji.list": Method(emoji_list, ("emoji:read",), Tier.TWO),
}
