from __future__ import annotations

from django.db import models
from django.utils import timezone

from catalog.models.films import Movie


class PosterPicture(models.Model):
    """A poster known by its address elsewhere: fetched once, resized, and served from this site."""

    class State(models.TextChoices):
        DUE = "due", "to be fetched"
        KEPT = "kept", "kept here"
        REFUSED = "refused", "not usable"

    movie = models.OneToOneField(Movie, models.CASCADE, related_name="picture")
    source_url = models.URLField("poster at the source", max_length=1000)
    state = models.CharField(max_length=10, choices=State, default=State.DUE, db_index=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now, db_index=True)
    answer = models.CharField(max_length=300, blank=True)
    # Of the source's bytes: part of every file's name, so that a changed poster has a new address.
    digest = models.CharField(max_length=64, blank=True, editable=False)
    width = models.PositiveSmallIntegerField(default=0, editable=False)
    height = models.PositiveSmallIntegerField(default=0, editable=False)
    blur = models.TextField("blurred picture as a data address", blank=True, editable=False)
    fetched_at = models.DateTimeField(null=True, blank=True, editable=False)

    def __str__(self) -> str:
        return f"Poster of {self.movie}"
