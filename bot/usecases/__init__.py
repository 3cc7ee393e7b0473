"""What a person can do: async functions over ports. They render nothing and never call upwards.

What is due afterwards (a post, an edit, a call, a timer) is written as a row of work in the same transaction as the
change of state; `app.py` joins each kind of work with its handler.
"""
