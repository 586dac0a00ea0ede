"""Whose the office's files are: what root makes in a folder must stay the service's own."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = 0


@contextmanager
def kept_by_its_owner(folder: Path) -> Iterator[None]:
    """Give what root makes in a folder meanwhile to whom the folder belongs, whatever happens.

    Else the service, which runs under an account of its own, could not write its own database.
    """
    try:
        yield
    finally:
        if sys.platform != "win32" and os.geteuid() == ROOT and folder.is_dir():
            give_to_its_owner(folder)


if sys.platform != "win32":

    def give_to_its_owner(folder: Path) -> None:
        """Give each of root's files in a folder to the folder's owner.

        Links are neither followed nor given away: whoever owns the folder could have put one there
        to a file that is none of theirs.
        """
        owner = folder.stat()
        if owner.st_uid == ROOT:
            return
        for _, folders, files, descriptor in os.fwalk(folder):
            for name in [*folders, *files]:
                if _is_roots_own(name, descriptor, is_folder=name in folders):
                    os.chown(
                        name, owner.st_uid, owner.st_gid, dir_fd=descriptor, follow_symlinks=False
                    )

    def _is_roots_own(name: str, descriptor: int, *, is_folder: bool) -> bool:
        facts = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
        return facts.st_uid == ROOT and (is_folder or facts.st_nlink == 1)
