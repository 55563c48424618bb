"""`python -m tests.system.growing serve …`: the portal, with a worker that is too large a second after it began."""

from portal import beside

beside.GROWN = 0
beside.LOOK_SECONDS = 1.0

if __name__ == "__main__":
    from portal.cli import main

    main()
