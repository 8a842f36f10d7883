"""Pages about people and pages of one's own account, one module a subject."""
