"""The WSGI application, for whatever server runs it."""

import gc

from portal import create_app, pages

app = create_app()
pages.begin(app)
gc.freeze()  # what is here now stays: no collection during a request has to look through it
