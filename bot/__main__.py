"""`python -m bot` is `fixdesk`."""

from bot.cli.main import main

if __name__ == "__main__":
    main()
