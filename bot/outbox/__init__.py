"""What waits to be sent: the rows, how fast they may go, and what their operator sees of them."""
