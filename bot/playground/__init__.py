"""Try fixdesk without Slack and without Nexthink; also the tests' fakes."""
