"""Pages for citizens: the chat, where shared links lead, files behind links, privacy; and what Zalo itself asks for."""
