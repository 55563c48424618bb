"""What the owner sets."""
