"""Dialogue: one message in, one turn out."""
