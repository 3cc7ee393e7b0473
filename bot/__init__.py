"""fixdesk: find and run Nexthink workflows from Slack.

The map, top to bottom; imports only ever point downwards, and import-linter holds them to it::

    __main__            python -m bot = fixdesk
    cli                 the command line, one file a command
    app   playground    the composition root; the local Slack and the simulated Nexthink
    tenancy             settings → the one client for Nexthink, for the bot and for the commands
    settings logs clock the environment; log lines; the time
    slack   web         the surfaces: presses in and Block Kit out; health over HTTP
    usecases   nexthink   store      what a person can do; the two adapters
    policy              who may run, approve and resume what
    domain              plain values and pure functions
"""

__version__ = "0.1.0"
