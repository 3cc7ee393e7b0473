"""The command line: one file a command, printing apart from doing. Heavy imports wait until a command needs them."""
