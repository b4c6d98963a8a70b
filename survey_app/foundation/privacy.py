"""Keyed hashes and field encryption for contact data, and short-lived hashes of network addresses."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from base64 import urlsafe_b64encode
from datetime import date
from functools import lru_cache
from ipaddress import IPv6Address, IPv6Network, ip_address

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class UnableToDecrypt(Exception):
    """The stored value was written with another SURVEY_CONTACT_KEY, or was changed."""


def keyed_hash(key: str, purpose: str, value: str) -> str:
    """Return 64 hex digits that match equal values without revealing them (HMAC-SHA-256, RFC 2104).

    `purpose` separates uses: the same telephone hashed for two purposes gives unrelated digests.
    """
    return hmac.new(_derive(key, purpose), value.encode(), hashlib.sha256).hexdigest()


@lru_cache(maxsize=32)
def _derive(key: str, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(key.encode())


class FieldCipher:
    """Encrypts single fields (telephone, name, address) with a key from the environment."""

    def __init__(self, key: str) -> None:
        self._fernet = Fernet(urlsafe_b64encode(_derive(key, "contact fields")))

    def encrypt(self, text: str) -> bytes:
        """Return the authenticated ciphertext of `text`."""
        return self._fernet.encrypt(text.encode())

    def decrypt(self, sealed: bytes) -> str:
        """Return the text.

        Raises
        ------
        UnableToDecrypt
            Wrong key or altered ciphertext.
        """
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken as error:
            raise UnableToDecrypt("Wrong SURVEY_CONTACT_KEY, or the stored value was altered.") from error


class DailyNetworkHash:
    """Turns a network address into a digest that nobody can link from one day to the next.

    The salt is random, lives in memory only and is forgotten at midnight: IP addresses are personal data
    (Luật 91/2025/QH15 Đ2), so they are neither kept nor recoverable.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._day: date | None = None
        self._salt = b""

    def digest(self, address: str, today: date) -> bytes:
        """Return 16 bytes standing for `address` during `today`."""
        if today != self._day:
            with self._lock:
                if today != self._day:
                    self._salt, self._day = secrets.token_bytes(32), today
        return hashlib.blake2b(address.encode(), key=self._salt, digest_size=16).digest()


def network_of(address: str) -> str:
    """Return the network that counts as one: an IPv4 address, or the /64 that one IPv6 household owns."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        mapped = parsed.ipv4_mapped
        return str(mapped) if mapped else str(IPv6Network((parsed, 64), strict=False))
    return str(parsed)
