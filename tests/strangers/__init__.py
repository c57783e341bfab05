"""What other people wrote, as judges of what we wrote: a second Telegram, and two readers of the Bot API."""
