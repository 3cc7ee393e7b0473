"""Nexthink over HTTP: the adapter that fills the use cases' `Nexthink` port; it decides nothing and stores nothing.

::

    client       NexthinkClient: a method per call
    exchange     one call and its answer: turn, gate, breaker, token, another try where it is harmless
    limiter      how often NQL may be asked: people before polling
    breaker      a Nexthink that does not answer is left alone, but for a probe now and then
    auth         the token: fetched once for all who wait, kept, renewed early
    wire         requests, without I/O
    answer, nql  what workflow calls and NQL answer, without I/O
    fault        refusals and network troubles → NexthinkError
    retry        which failures are worth another try, and when
    transport    the HTTP client: pool, timeouts, proxies, truthful errors
    tenant       where the tenant is, and the credential

Nothing of httpx leaves this package except the client that `transport.connect` returns.
"""
