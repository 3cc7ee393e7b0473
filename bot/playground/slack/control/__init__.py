"""The control of a local Slack over HTTP, for the playground's page and for scripts.

`api` serves it, `trouble` names what can go wrong, and `overview` tells how things are. It acts through `LocalSlack`
alone, as tests do.
"""
