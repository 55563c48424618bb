"""Pictures: intake, derivatives, storage."""
