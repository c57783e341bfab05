"""One message in, one turn out."""
