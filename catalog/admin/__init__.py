"""The panel's pages for films, for what people do with them and for plots, one module a subject."""

from catalog.admin import diary, films, lists, merging, moderation, people, pictures, plots

__all__ = ["diary", "films", "lists", "merging", "moderation", "people", "pictures", "plots"]
