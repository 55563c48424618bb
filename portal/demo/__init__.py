"""An invented company and its community."""
