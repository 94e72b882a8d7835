"""Who may read and write the files of an index: its owner, and one group that reads them.

An index is read without a doubt: what others may write could lead a server anywhere, or be cut
off under its maps. So that is refused where it is opened, with the command that mends it.
"""

import grp
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from search_app.errors import DamagedIndex, GuardRefused

# The group reads, and what is made in the folder belongs to the group too.
_SHARED = stat.S_ISGID | stat.S_IRGRP | stat.S_IXGRP
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


class IndexAccess:
    """The access to one index folder; `group` is a name or number, empty for the folder's own.

    A folder has a group of its own where it is setgid, as those made in a setgid folder are.
    """

    def __init__(self, folder: Path, group: str = "") -> None:
        self._folder, self._group = folder, group

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Makes the folder if need be; whatever is made in it meanwhile is private.

        That is 0700 and 0600, or 2750 and 0640 where a group reads. Raises GuardRefused where the
        group is not known or the folder cannot be given to it, DamagedIndex as `check`.
        """
        if (self._folder / "CURRENT").exists():
            self.check([self._folder])
        is_new = not self._folder.exists()
        self._folder.mkdir(0o700, parents=True, exist_ok=True)
        group = self._reader()
        mode = stat.S_IMODE(self._folder.stat().st_mode)
        if group is None:
            wanted = mode & ~_OTHERS_WRITE
        else:
            self._give(group)
            wanted = (mode | _SHARED) & ~stat.S_IWOTH
        if is_new or wanted != mode:
            with suppress(PermissionError):  # another owner's, who lets us write here
                self._folder.chmod(wanted)
        # By the mask, so that temporary files and those of worker processes are private as well.
        before = os.umask(0o077 if group is None else 0o027)
        try:
            yield
        finally:
            os.umask(before)

    def publish(self, path: Path) -> None:
        """Takes the write permission of a finished file away, and gives it to the readers."""
        group = self._reader()
        # A file linked from an earlier generation is of the group of that time.
        if group is not None and path.stat().st_gid != group:
            os.chown(path, -1, group)
        path.chmod(0o400 if group is None else 0o440)

    def check(self, paths: Iterable[Path]) -> None:
        """Raises DamagedIndex where another than owner, root and the group may write one."""
        group = self._reader()
        for path in paths:
            try:
                status = path.stat()
            except FileNotFoundError:
                continue  # the manifest names what is missing
            writers = status.st_mode & _OTHERS_WRITE
            if status.st_gid == group:
                writers &= ~stat.S_IWGRP
            if writers:
                raise DamagedIndex(
                    f"others may write {path} (mode {stat.S_IMODE(status.st_mode):o}), so nobody "
                    f"knows what it holds; run `chmod -R go-w {self._folder}`, then "
                    "`search-app verify`"
                )

    # The number of the group that reads, None where there is none.
    def _reader(self) -> int | None:
        if not self._group:
            status = self._folder.stat()
            return status.st_gid if status.st_mode & stat.S_ISGID else None
        if self._group.isdecimal():
            return int(self._group)
        try:
            return grp.getgrnam(self._group).gr_gid
        except KeyError:
            raise GuardRefused(
                f"there is no group {self._group!r}; correct SEARCH_APP_INDEX_GROUP"
            ) from None

    def _give(self, group: int) -> None:
        if self._folder.stat().st_gid == group:
            return
        try:
            os.chown(self._folder, -1, group)
        except PermissionError:
            raise GuardRefused(
                f"{self._folder} cannot be given to the group {self._group}; run "
                f"`chgrp {self._group} {self._folder}` as root, or join the group"
            ) from None
