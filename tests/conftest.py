"""For every test: Hypothesis tries the same examples each time, so that a red run is never luck.

`HYPOTHESIS_PROFILE=search make test` looks for new ones.
"""

import os

from hypothesis import settings

pytest_plugins = ["bot.playground.plugin", "tests.postgres"]

settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("search", deadline=None, max_examples=500)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))
