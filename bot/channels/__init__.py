"""Where citizens write: one file a channel, each behind the same protocol."""
