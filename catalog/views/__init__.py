"""Pages about films, one module a subject."""
