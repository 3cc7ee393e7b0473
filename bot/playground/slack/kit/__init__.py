"""Block Kit: its tables and limits, what is wrong with some JSON, and what stands in it."""
