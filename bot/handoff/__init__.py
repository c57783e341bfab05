"""Handoff to a person when a citizen is stuck: tickets for the commune's team."""
