"""`python -m portal …`: the command line."""

import sys

from portal import holding


def command() -> None:
    """What was asked for. The command line is large: who only holds others together never has it."""
    from portal.cli import main

    main()


if __name__ == "__main__":  # a web process that the server spawns imports this module too
    if sys.argv[1:2] == ["serve"] and holding.can_hold():
        holding.hold(command)
    command()
