"""A simulated Nexthink: the token host, the Workflows API and the NQL API on 127.0.0.1.

`server.start_simulated_nexthink` starts it. It refuses what Nexthink refuses, keeps its time by an
injected clock, runs no background task, and imports nothing from the bot that it stands opposite to.
Where the public documentation is silent it picks one reading, and `settings` offers the others.
"""
