"""The control of a simulated Nexthink over HTTP, for the playground's page and for scripts.

`api` serves it, `trouble` names what can go wrong, `switches` names how tenants differ, and `overview`
tells how the simulation is. It acts through `SimulatedNexthink` alone, as tests do.
"""
