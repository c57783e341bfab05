"""Content definition: models of the content files, and their loading into a Library."""
