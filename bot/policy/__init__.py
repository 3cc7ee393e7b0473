"""Who may see, run, approve and resume what: the policy file and pure decisions over it. No I/O but reading text."""
