"""What a person does: type, press, choose, submit; a page and tests use the same."""
