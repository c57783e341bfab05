"""Links that a group or a poster spreads: their codes, what they lead to, and what is printed."""
