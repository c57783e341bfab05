"""What content is, and how its files become a Library."""
