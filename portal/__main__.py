"""`python -m portal …`: the command line."""

from portal.cli import main

if __name__ == "__main__":  # a web process that the server spawns imports this module too
    main()
