"""What somebody means by a message."""
