"""What the bot changed and where people get stuck: events without a person in them, counted by day, shown from five on."""
