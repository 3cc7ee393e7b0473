"""Block Kit builders: values in, JSON out; pure. They know no use case and do no I/O."""
