"""Channels on which citizens write: one file each, behind the same protocol."""
