"""Plain values and pure functions: no I/O, no clock, no await, nothing of Slack's or Nexthink's transport."""
