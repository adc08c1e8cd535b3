"""Keys with which machines sign in: random, shown once, stored hashed, revocable."""

from __future__ import annotations

import hashlib
import secrets
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone


class HashedKey(models.Model):
    """A key for a machine. What it opens is said by the room that extends this (a reader's key: one camera).

    A key has 256 random bits, so a plain SHA-256 of it is as good as it needs to be; the first eight
    characters name it on pages and on the trail.
    """

    name = models.CharField(max_length=8, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    issued_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def is_revoked(self) -> bool:
        """Whether the key opens nothing any more."""
        return self.revoked_at is not None

    def make_secret(self) -> str:
        """Give this unsaved key a fresh secret and return it: the only time that it can be shown."""
        secret = secrets.token_urlsafe(32)
        self.name = secret[:8]
        self.digest = digest(secret)
        return secret

    def revoke(self) -> None:
        """Close the key for good; a revoked key stays so."""
        self.revoked_at = self.revoked_at or timezone.now()

    @classmethod
    def by_secret(cls, secret: str) -> Self | None:
        """The key with that secret, revoked or not; None where there is none."""
        return cls._default_manager.filter(digest=digest(secret)).first()


def digest(secret: str) -> str:
    """SHA-256 of a secret, in hexadecimal."""
    return hashlib.sha256(secret.encode()).hexdigest()
