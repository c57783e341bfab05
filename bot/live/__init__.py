"""Open pages that show news at once: who waits for it in this process, and word of it from the other replicas."""
