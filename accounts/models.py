from __future__ import annotations

from django.contrib.auth.models import AbstractUser, UserManager
from django.core.validators import RegexValidator
from django.db import models
from django.urls import reverse

# The address of a profile is its username, so a username is what an address can carry.
username_validators = [
    RegexValidator(
        r"\A[A-Za-z0-9_][A-Za-z0-9_.-]{1,29}\Z",
        "Use 2 to 30 letters, digits, dots, hyphens or underscores, not starting with a dot or hyphen.",
    )
]


class UserQuerySet(models.QuerySet["User"]):
    def members(self) -> UserQuerySet:
        """People who signed up here; imported people only lend their ratings to the models."""
        return self.filter(source=User.Source.SITE, is_active=True)


class MemberManager(UserManager.from_queryset(UserQuerySet)):
    pass


class User(AbstractUser):
    class Source(models.TextChoices):
        SITE = "site", "signed up here"
        IMPORT = "import", "came with a data set"

    source = models.CharField(max_length=10, choices=Source, default=Source.SITE, editable=False)
    # Data set and id of an imported person, such as "ml-latest-small:12"; empty for members.
    source_key = models.CharField(max_length=80, blank=True, editable=False)
    bio = models.TextField(max_length=1000, blank=True)

    objects = MemberManager()

    class Meta:
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
