# SPDX-License-Identifier: GPL-3.0-or-later
"""Where Nightshift's window is on this computer, and how a folder gets there. Knows nothing of Blender.

A start with a folder opens it. Where Nightshift runs already, the second start hands the folder over and ends at once.
"""

import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile

_NOT_FOUND = "Nightshift was not found on this computer. Say where it is in the preferences of this extension."
# Within this time a start that goes wrong has mostly ended; one that goes well runs on, or has handed the folder over.
_SECONDS = 1.5
# Reading the shots of a folder and writing down that it is for tonight takes a moment; on a slow server a long one.
_QUEUE_SECONDS = 60


class NotStarted(Exception):
    """The text is a sentence for the artist."""


def command(chosen, system=sys.platform, environment=os.environ, home=os.path.expanduser("~")):
    """The program and its arguments that start Nightshift. chosen: a program or a folder; empty: the usual places.

    Raises `NotStarted`.
    """
    if chosen:
        found = _command_of(chosen, system, is_chosen=True)
        if found is None:
            raise NotStarted(f"There is no Nightshift at {chosen}. Correct the place in the preferences of this extension.")
        return found
    for path in places(system, environment, home):
        found = _command_of(path, system, is_chosen=False)
        if found is not None:
            return found
    raise NotStarted(_NOT_FOUND)


def places(system, environment, home):
    """Where its installers put it, and what the PATH calls `nightshift`. Not Downloads: what lies there nobody chose."""
    named = shutil.which("nightshift", path=environment.get("PATH", ""))
    if named is not None:
        yield _behind(os.path.realpath(named), system)
    if system == "win32":
        for name in ("LOCALAPPDATA", "ProgramFiles"):
            if environment.get(name):
                parts = ("Programs",) if name == "LOCALAPPDATA" else ()
                yield os.path.join(environment[name], *parts, "Nightshift", "Nightshift.exe")
    elif system == "darwin":
        for folder in ("/Applications", os.path.join(home, "Applications")):
            yield os.path.join(folder, "Nightshift.app")
    else:
        yield "/opt/Nightshift/nightshift"
        for folder in (os.path.join(home, "Applications"), os.path.join(home, ".local", "bin"), "/opt"):
            yield from sorted(glob.glob(os.path.join(glob.escape(folder), "[Nn]ightshift*.AppImage")), reverse=True)


def _behind(named, system):
    """What the command line of that name belongs to: a clone, or the app that it is a part of."""
    folder = os.path.dirname(named)
    if named.endswith(".mjs"):
        return os.path.dirname(folder)
    if folder.lower().replace("\\", "/").endswith("/resources/bin"):
        home = os.path.dirname(os.path.dirname(folder))
        return os.path.dirname(home) if system == "darwin" else home
    return named


def send(folder, chosen):
    """Hands a folder to the Nightshift that runs, or starts one with it. Raises `NotStarted`."""
    _start([*command(chosen), folder], _SECONDS)


def add_to_tonight(folder, chosen):
    """Puts a folder behind what is rendered tonight; a Nightshift that runs shows it at once. Raises `NotStarted`."""
    arguments = [*without_window(command(chosen)), "queue", "add", folder]
    if not _start(arguments, _QUEUE_SECONDS):
        raise NotStarted(f"Nightshift has not answered for {_QUEUE_SECONDS} s. Look into it, whether the folder is in Tonight.")


def without_window(window, system=sys.platform):
    """What starts Nightshift's command line. window: what `command` gives, which starts its window."""
    if len(window) > 1:
        return [window[0], os.path.join(os.path.dirname(window[1]), "nightshift.cjs")]
    # As the `nightshift` command of an installed one does it, without a shell that would read the folder's name.
    headless = [] if system == "win32" else ["--no-zygote", "--ozone-platform=headless"]
    return [*window, "--cli", "--no-sandbox", *headless, "--disable-gpu", "--in-process-gpu", "--log-level=3", "--"]


def _start(arguments, seconds):
    """Starts a program apart from Blender. Returns whether it has ended well within that time; raises `NotStarted` if badly."""
    environment = {name: value for name, value in os.environ.items() if name != "ELECTRON_RUN_AS_NODE"}
    apart = {"creationflags": subprocess.DETACHED_PROCESS} if sys.platform == "win32" else {"start_new_session": True}
    with tempfile.TemporaryFile() as words:
        try:
            started = subprocess.Popen(
                arguments, env=environment, cwd=os.path.expanduser("~"),
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=words, **apart,
            )
        except OSError as error:
            raise NotStarted(f"{arguments[0]} can't be started: {error.strerror}.") from None
        try:
            code = started.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        if code == 0:
            return True
        words.seek(0)
        last = words.read().decode(errors="replace").strip().splitlines()[-1:]
        why = last[0][:300].rstrip(".") if last else f"exit code {code}"
        raise NotStarted(f"Nightshift ended at once: {why}.")


def _command_of(path, system, is_chosen):
    if _is_clone(path):
        node = shutil.which("node")
        if node is None and is_chosen:
            raise NotStarted(f"{path} is a clone of Nightshift, and Node.js, which starts it, is not on the PATH.")
        return None if node is None else [node, os.path.join(path, "build", "start.mjs")]
    if system == "darwin" and path.rstrip("/").endswith(".app"):
        path = os.path.join(path, "Contents", "MacOS", "Nightshift")
    elif os.path.isdir(path):
        # An unpacked archive.
        path = os.path.join(path, "Nightshift.exe" if system == "win32" else "nightshift")
    if not os.path.isfile(path) or not os.access(path, os.X_OK):
        return None
    return [path] if is_chosen or _is_window(path) else None


def _is_window(path):
    """Not the command line, which may have the same name: the window is an Electron, with its app beside it."""
    folder = os.path.dirname(path)
    places = (os.path.join(folder, "resources"), os.path.join(os.path.dirname(folder), "Resources"))
    return path.endswith(".AppImage") or any(os.path.isfile(os.path.join(place, "app.asar")) for place in places)


def _is_clone(path):
    try:
        with open(os.path.join(path, "package.json"), encoding="utf-8") as file:
            named = json.load(file).get("name")
    except (OSError, ValueError, AttributeError):
        return False
    return named == "nightshift" and os.path.isfile(os.path.join(path, "build", "start.mjs"))
