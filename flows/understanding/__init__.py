"""Understanding of typed text: what a citizen means by it."""
