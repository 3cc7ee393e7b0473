"""The surface in Slack: presses in, Block Kit out. It asks the use cases, never Nexthink or the store's adapter."""
