"""The platforms on the loopback: as strict as the real ones, never nicer."""
