"""The people of a data set as accounts that lend their ratings and that nobody can log in to."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX

from catalog.models import RatingSource

BATCH_SIZE = 2_000


class ImportedPeople:
    """Accounts of one data set, known by "<data set>:<id there>" and made when first asked for."""

    def __init__(self, dataset: str) -> None:
        self.dataset = dataset
        self.added = 0
        accounts = get_user_model().objects.filter(source_key__startswith=f"{dataset}:")
        self._keys = {int(key.rpartition(":")[2]): pk for key, pk in accounts.values_list("source_key", "pk")}

    def keys(self, ids: Iterable[int]) -> dict[int, int]:
        """Ids of the data set to primary keys."""
        missing = sorted(set(ids) - self._keys.keys())
        for start in range(0, len(missing), BATCH_SIZE):
            self._add(missing[start : start + BATCH_SIZE])
        return self._keys

    def _add(self, ids: list[int]) -> None:
        User = get_user_model()
        names = {person: f"movielens-{self.dataset.removeprefix('ml-')}-{person}" for person in ids}
        taken = set(User.objects.filter(username__in=names.values()).values_list("username", flat=True))
        accounts = User.objects.bulk_create(
            User(
                # Where a member was faster, "+" sets the import apart: no member's name can hold it.
                username=name + "+import" if name in taken else name,
                # Without the usual random tail, which takes longer to draw than the row to write.
                password=UNUSABLE_PASSWORD_PREFIX,
                source=RatingSource.IMPORT,
                source_key=f"{self.dataset}:{person}",
                is_active=False,
            )
            for person, name in names.items()
        )
        self._keys.update(zip(ids, (account.pk for account in accounts), strict=True))
        self.added += len(accounts)
