"""Data sets into the database, in bulk and as often as one likes: what is there is never lost."""
