"""What survives a restart, in SQL: runs, cards, due work and the last good catalog.

`SqlStore` in `database.py` is the one class; the queries stand beside it by subject, as functions over a connection.
Nothing here decides: a value comes in, a value goes out, and no type of SQLAlchemy or of the driver leaves the folder.
"""
