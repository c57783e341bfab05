"""One inbound message, one transaction: who speaks is named in `turns`, each has a file beside it."""
