"""How fast it is: every benchmark prints a ratio against a baseline of the same run, and promises nothing."""
