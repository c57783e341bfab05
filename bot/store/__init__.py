"""Tables, migrations and the one door to the database."""
