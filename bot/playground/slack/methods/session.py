"""The methods that a client needs to connect: auth.test and apps.connections.open."""

from bot.playground.slack.methods.calls import Call, Json, Method
from bot.playground.slack.rate import Tier


def auth_test(call: Call) -> Json:
    """Say who the token belongs to."""
    workspace = call.install.workspace
    return {
        "url": f"{call.install.url}/",
        "team": workspace.name,
        "user": workspace.app.name,
        "team_id": workspace.team_id,
        "user_id": workspace.app.bot_user_id,
        "bot_id": workspace.app.bot_id,
        "is_enterprise_install": False,
    }


def apps_connections_open(call: Call) -> Json:
    """Hand out the address of a WebSocket, good for one connection."""
    address = call.install.url.replace("http://", "ws://", 1)
    return {"url": f"{address}/link?ticket={call.new_ticket()}"}


METHODS = {
    "auth.test": Method(auth_test),
    "apps.connections.open": Method(apps_connections_open, tier=Tier.THREE, is_app_level=True, needs_post=True),
}
