"""Where the counts of the rate limits are kept: in memory, one request at a time."""

import threading
from typing import Any

from limits.storage import MemoryStorage


class SteadyMemoryStorage(MemoryStorage):
    """The library's storage under a lock: two requests at once start its timer twice and fail."""

    STORAGE_SCHEME = ["steady-memory"]  # noqa: RUF012  the library's own declaration

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._one_at_a_time = threading.RLock()

    def incr(self, *args: Any, **kwargs: Any) -> int:
        """Count a request; see the library."""
        with self._one_at_a_time:
            return super().incr(*args, **kwargs)
