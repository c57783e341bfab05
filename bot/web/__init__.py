"""Pages for citizens: the chat, where shared links lead, files behind links, privacy; what Zalo itself asks for, and monitors."""
