"""Create ``.venv`` with exactly the locked packages, unless it already has them.

It can be interrupted at any moment: a stamp, written last, records what the environment has.
Runs with the standard library alone, under the Python that the environment shall have.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TextIO

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCKS = {"run": ["requirements.txt"], "dev": ["requirements.txt", "requirements-dev.txt"]}


def main(wanted: str) -> int:
    """Make the environment for ``run`` or for ``dev``; return the exit status."""
    try:
        with (ROOT / ".venv.lock").open("w") as lock:
            wait_for(lock)
            return 0 if is_current(wanted) else make(wanted)
    except OSError as error:
        return fail(f"cannot write {error.filename or VENV} ({error.strerror}). Free some space, or make it writable.")
    except KeyboardInterrupt:
        return fail("interrupted; run it again to continue.")


def wait_for(lock: TextIO) -> None:
    """Hold the lock, so that two first runs do not install into one folder."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("Waiting for another run to finish installing.")
        fcntl.flock(lock, fcntl.LOCK_EX)


def is_current(wanted: str) -> bool:
    """Tell whether the environment was made whole, here, of these locks, and its Python still runs."""
    stamps = {stamp("dev"), stamp(wanted)}  # what suffices to develop suffices to run
    with contextlib.suppress(OSError):
        if (VENV / "stamp").read_text() in stamps:
            return python_runs()
    return False


def stamp(wanted: str) -> str:
    """Return what the environment was made of: the locks, the Python and the place."""
    parts = [sys.version, str(ROOT), *((ROOT / name).read_text() for name in LOCKS[wanted])]
    return f"{wanted} {hashlib.sha256(chr(0).join(parts).encode()).hexdigest()}\n"


def python_runs() -> bool:
    """Tell whether the environment's Python and pip work."""
    python = VENV / "bin" / "python"
    check = f"import pip, sys; sys.exit(sys.version != {sys.version!r})"
    return python.exists() and subprocess.run([python, "-c", check], capture_output=True, check=False).returncode == 0


def make(wanted: str) -> int:
    """Make the environment and install the locked packages."""
    (VENV / "stamp").unlink(missing_ok=True)
    if not python_runs():
        say(f"Creating .venv with Python {sys.version.split()[0]}.")
        shutil.rmtree(VENV, ignore_errors=True)
        made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False)
        if made.returncode:
            shutil.rmtree(VENV, ignore_errors=True)
            return fail(why_no_venv(made.stdout + made.stderr))
    say(f"Installing the locked packages ({' and '.join(LOCKS[wanted])}); the first time takes about a minute.")
    files = [part for name in LOCKS[wanted] for part in ("-r", str(ROOT / name))]
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if wanted == "dev":
        pip.append("--no-compile")  # Python compiles what is imported; most of these packages' modules never are.
    if subprocess.run([*pip, "--require-hashes", "--only-binary", ":all:", *files], check=False).returncode:
        return fail(
            "the packages could not be installed: see the error above. Check the network and the free "
            "space, then run it again."
        )
    (VENV / "stamp").write_text(stamp(wanted))
    return 0


def why_no_venv(output: str) -> str:
    """Return what to do about a Python that makes no virtual environment."""
    if "ensurepip" in output or "No module named venv" in output:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        return (
            f"this Python has no venv module: install it (on Debian and Ubuntu: apt-get install python{version}-venv), "
            "or choose another Python with PYTHON=/path/to/python3."
        )
    last = [line for line in output.splitlines() if line.strip()][-1:]
    return f"the virtual environment could not be made ({''.join(last)}). Check the free space, then run it again."


def say(what: str) -> None:
    """Say what is being done."""
    print(what, flush=True)


def fail(what: str) -> int:
    """Say what went wrong and what to do."""
    print(f"plenary: {what}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "run"))
