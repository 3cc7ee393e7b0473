"""What people say at a help desk, in seven languages: tables that search goes by, and nothing else reads.

A line is `concept<TAB>relation<TAB>values, parted by commas`; docs/search.md says what each relation means.
"""
