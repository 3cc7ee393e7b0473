"""What the command line does for one target or for very many: batches of parts, each one request to Nexthink.

::

    session   what a command works with, and who acts
    targets   a file or a command line → users or devices, or every line that is wrong
    batch     what is to be sent: planned, allowed, stored
    send      its parts go out
    follow    how its executions go, for as long as the command waits
    resume    a paused execution goes on
    question  the question that Slack asks about the same pause, taken first
"""
