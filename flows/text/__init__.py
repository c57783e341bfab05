"""Vietnamese as it is typed. Knows no content."""
