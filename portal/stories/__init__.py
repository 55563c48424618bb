"""Stories and photo submissions."""
