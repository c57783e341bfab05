"""Text matching for Vietnamese as it is typed: words, phrases, topics. Knows no content."""
