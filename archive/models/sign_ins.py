"""Wrong passwords, counted; `archive.sign_in` decides what follows from the counts."""

from typing import ClassVar

from django.db import models


class WrongPasswords(models.Model):
    """How many wrong passwords one guesser tried in succession, and when it tried the last one."""

    # A hash: people type passwords into the field for the name.
    guesser = models.CharField(max_length=64, unique=True)
    count = models.PositiveIntegerField(default=0)
    latest = models.DateTimeField()

    class Meta:
        default_permissions: ClassVar = ()

    def __str__(self) -> str:
        return f"{self.count} wrong passwords, the last at {self.latest:%Y-%m-%d %H:%M:%S}"
