"""The WSGI application, for whatever server runs it."""

from portal import create_app

app = create_app()
