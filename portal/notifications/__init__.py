"""What members are told, on the site and by mail."""
