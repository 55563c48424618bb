"""The WSGI application, for whatever server runs it."""

import gc

from portal import create_app

app = create_app()
gc.freeze()  # what is here now stays: no collection during a request has to look through it
