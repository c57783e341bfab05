"""Conversation engine: pure functions over plain data. No input or output, no clock, no randomness."""
