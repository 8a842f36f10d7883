from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from django.contrib.auth.models import AbstractUser, UserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalog.models import Movie
from catalog.permissions import seen_by

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

    Viewer = AbstractBaseUser | AnonymousUser

# The address of a profile is its username, so a username is what an address can carry.
username_validators = [
    RegexValidator(
        r"\A[A-Za-z0-9_][A-Za-z0-9_.-]{1,29}\Z",
        _("Use 2 to 30 letters, digits, dots, hyphens or underscores, not starting with a dot or hyphen."),
    )
]


class UserQuerySet(models.QuerySet["User"]):
    def members(self) -> UserQuerySet:
        """People who signed up here; imported people only lend their ratings to the models."""
        return self.filter(source=User.Source.SITE, is_active=True)

    def visible_to(self, viewer: Viewer, *parts: Literal["diary", "ratings"]) -> UserQuerySet:
        """Members whose page the viewer may open, and who show all of `parts`."""
        return self.members().filter(seen_by(viewer, *parts, person=""))

    def named(self, username: str) -> User | None:
        """As it is spelt, else whoever's name differs by capitals alone."""
        spelt = self.filter(username=username).first()
        return spelt or self.filter(username__iexact=username).order_by("pk").first()


class MemberManager(UserManager.from_queryset(UserQuerySet)):
    pass


class Visibility(models.TextChoices):
    PUBLIC = "public", _("everybody")
    PRIVATE = "private", _("only me")


class User(AbstractUser):
    class Source(models.TextChoices):
        SITE = "site", _("signed up here")
        IMPORT = "import", _("came with a data set")

    source = models.CharField(_("source"), max_length=10, choices=Source, default=Source.SITE, editable=False)
    # Data set and id of an imported person, such as "ml-latest-small:12"; empty for members.
    source_key = models.CharField(_("key at the source"), max_length=80, blank=True, editable=False)
    bio = models.TextField(_("bio"), max_length=1000, blank=True)

    profile_visibility = models.CharField(
        _("who sees my profile"), max_length=10, choices=Visibility, default=Visibility.PUBLIC
    )
    diary_visibility = models.CharField(
        _("who sees my diary"), max_length=10, choices=Visibility, default=Visibility.PUBLIC
    )
    ratings_visibility = models.CharField(
        _("who sees my ratings"), max_length=10, choices=Visibility, default=Visibility.PUBLIC
    )
    lends_ratings = models.BooleanField(_("use my ratings to recommend to others"), default=True)
    # IANA name and ISO code; empty means as the site has it, or as the browser asks.
    time_zone = models.CharField(_("time zone"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)

    objects = MemberManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(
                fields=["source_key"], condition=~models.Q(source_key=""), name="one_user_per_source_key"
            ),
            models.CheckConstraint(
                condition=models.Q(source="site") | models.Q(is_active=False),
                name="imported_people_cannot_log_in",
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("accounts:profile", args=[self.username])

    def shows(self, part: Literal["profile", "diary", "ratings"], viewer: Viewer) -> bool:
        """Of somebody whom `visible_to` found: one more question than whether the page may be opened."""
        return viewer.pk == self.pk or getattr(self, f"{part}_visibility") == Visibility.PUBLIC


class FavouriteFilm(models.Model):
    """One of the four films that stand at the top of a profile."""

    user = models.ForeignKey(User, models.CASCADE, related_name="favourite_films", verbose_name=_("user"))
    movie = models.ForeignKey(Movie, models.CASCADE, related_name="favourite_of", verbose_name=_("movie"))
    position = models.PositiveSmallIntegerField(_("position"))

    class Meta:
        verbose_name = _("favourite film")
        verbose_name_plural = _("favourite films")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["user", "movie"], name="favourite_once_per_user_and_movie"),
            models.UniqueConstraint(fields=["user", "position"], name="one_favourite_per_user_and_place"),
            models.CheckConstraint(
                condition=Q(position__gte=1) & Q(position__lte=4), name="four_favourites_at_most"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.movie}, favourite of {self.user}"


class BlockQuerySet(models.QuerySet["Block"]):
    def apart_from(self, viewer: Viewer) -> set[int]:
        """Ids of whom the viewer blocks and of who blocks the viewer."""
        if not viewer.is_authenticated:
            return set()
        pairs = self.filter(Q(blocker=viewer.pk) | Q(blocked=viewer.pk))
        return {one for pair in pairs.values_list("blocker_id", "blocked_id") for one in pair} - {viewer.pk}


class Block(models.Model):
    """`blocker` and `blocked` see nothing of each other."""

    blocker = models.ForeignKey(User, models.CASCADE, related_name="blocks", verbose_name=_("blocker"))
    blocked = models.ForeignKey(User, models.CASCADE, related_name="blocked_by", verbose_name=_("blocked"))
    blocked_at = models.DateTimeField(_("blocked at"), auto_now_add=True)

    objects = BlockQuerySet.as_manager()

    class Meta:
        verbose_name = _("block")
        verbose_name_plural = _("blocks")
        constraints = [
            models.UniqueConstraint(fields=["blocker", "blocked"], name="one_block_per_pair"),
            models.CheckConstraint(condition=~Q(blocker=F("blocked")), name="nobody_blocks_themselves"),
        ]

    def __str__(self) -> str:
        return f"{self.blocker} blocks {self.blocked}"


class FollowQuerySet(models.QuerySet["Follow"]):
    def open_to(self, viewer: Viewer, *, end: Literal["follower", "followed"]) -> FollowQuerySet:
        """Those whose one `end` is a person whose page the viewer may open."""
        return self.filter(seen_by(viewer, person=end))

    def between(self, one: Viewer, other: Viewer) -> FollowQuerySet:
        """In both directions."""
        return self.filter(Q(follower=one.pk, followed=other.pk) | Q(follower=other.pk, followed=one.pk))


class Follow(models.Model):
    """`follower` is shown what `followed` does, as far as everybody is."""

    follower = models.ForeignKey(User, models.CASCADE, related_name="follows", verbose_name=_("follower"))
    followed = models.ForeignKey(User, models.CASCADE, related_name="followed_by", verbose_name=_("followed"))
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = FollowQuerySet.as_manager()

    class Meta:
        verbose_name = _("follow")
        verbose_name_plural = _("follows")
        constraints = [
            models.UniqueConstraint(fields=["follower", "followed"], name="one_follow_per_pair"),
            models.CheckConstraint(condition=~Q(follower=F("followed")), name="nobody_follows_themselves"),
        ]

    def __str__(self) -> str:
        return f"{self.follower} follows {self.followed}"
