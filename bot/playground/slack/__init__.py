"""A local Slack: Web API, Socket Mode and people's clients, refusing what Slack refuses.

`server.start_local_slack` starts one; `person.client.Client` is what a person's Slack does. It knows nothing of the
bot.
"""
