"""Where the counts of the rate limits are kept: in memory, one request at a time."""

import threading
import time
from typing import Any

from limits.storage import MemoryStorage

FORGET_EVERY_S = 60


class SteadyMemoryStorage(MemoryStorage):
    """The library's storage, counting under a lock.

    The library starts a thread at each request to forget what has expired, and two requests at
    once can start the same one, which fails. Here a request forgets it once a minute.
    """

    STORAGE_SCHEME = ["steady-memory"]  # noqa: RUF012  the library's own declaration

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._one_at_a_time = threading.RLock()
        self._forget_at = 0.0

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count a request; `expiry` is how many seconds the first of a window is remembered.

        A window that would last longer than that was begun before the clock was set back.
        """
        with self._one_at_a_time:
            now = time.time()
            self._forget_expired(now)
            if not now < self.expirations.get(key, 0) <= now + expiry:
                self.storage[key] = 0
                self.expirations[key] = now + expiry
            self.storage[key] += amount
            return self.storage[key]

    def _forget_expired(self, now: float) -> None:
        if now < self._forget_at:
            return
        self._forget_at = now + FORGET_EVERY_S
        for key in [key for key, until in self.expirations.items() if until <= now]:
            self.clear(key)
