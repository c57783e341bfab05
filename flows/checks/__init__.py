"""What an official is told before citizens see it."""
