"""Outbox: the rows that wait to be sent, their rate limits, and what their operator sees of them."""
