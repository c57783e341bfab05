"""When a citizen is stuck: tickets for the people of the commune's team."""
