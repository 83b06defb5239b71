"""Digests of secrets: what the tables keep instead of a secret."""

from hashlib import sha256


def digest_of(secret: str) -> str:
    """Return the digest of a random secret; plain SHA-256 is enough, because nobody can try out 160 random bits."""
    return sha256(secret.encode()).hexdigest()
