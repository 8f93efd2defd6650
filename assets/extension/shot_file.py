# SPDX-License-Identifier: GPL-3.0-or-later
"""The shot file beside the .blend: made, or edited where it is there already. Knows nothing of Blender."""

import os
import re
import tempfile
import unicodedata

from . import yaml_lines

_HEAD = "# Written by Nightshift for Blender. Other keys and comments that you add here stay.\n"
# Names that Windows keeps for devices.
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])(\.|$)", re.IGNORECASE)
# Signs that some system takes for something else, controls, and those that turn the direction of writing.
_UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]')
_MOST_BYTES = 180


class Refused(Exception):
    """Nothing was written. The text is a sentence for the artist."""


def tidy_name(name):
    """The nearest name that a shot file can have on every system."""
    name = _UNSAFE.sub("_", unicodedata.normalize("NFC", name)).strip()
    name = re.sub(r"^\.+", "_", name)
    while len(name.encode()) > _MOST_BYTES:
        name = name[:-1]
    name = name.rstrip(". ") or "shot"
    # Nightshift reads the settings of all shots from a file of this name.
    if _RESERVED.match(name) or name.lower() == "defaults":
        return f"_{name}"
    return name


def place(folder, name):
    """The path of a shot's file: the one that is there, whichever ending it has, or the one to be made."""
    paths = [os.path.join(folder, name + ending) for ending in (".yaml", ".yml")]
    return next((path for path in paths if os.path.lexists(path)), paths[0])


def write(path, blend, keys, written):
    """Makes the file say these keys, and leaves all else in it alone.

    blend: name of the .blend beside it. keys: a path of keys to its value as text or a number; None: the shot says
    nothing of it. written: what was written here last time by the joined path, such as `render.samples`; what the file
    still says like that is taken out when the shot says nothing of it any more.
    Returns what was written now, and the paths of keys that the file says by itself. Raises `Refused`.
    """
    texts = {path_: yaml_lines.scalar(value) for path_, value in keys.items() if value is not None}
    old = _read(path)
    try:
        said, kept = _edited(old, path, blend, keys, texts, written)
    except yaml_lines.CannotEdit as why:
        raise Refused(
            f"{os.path.basename(path)}, {why}. So nothing of it was changed: write it as plain keys below each other, "
            "or give the shot another name."
        ) from None
    if said != old:
        try:
            _replace(path, said)
        except OSError as error:
            raise Refused(f"{path} can't be written: {error.strerror}.") from None
    return {".".join(path_): text for path_, text in texts.items()}, kept


def _edited(old, path, blend, keys, texts, written):
    lines = yaml_lines.YamlLines(_HEAD if old is None else old)
    if old is not None:
        _check_ours(lines, path, blend)
    kept = []
    for key in keys:
        now = lines.get(key)
        if key in texts:
            lines.set(key, texts[key])
        elif now is not None and yaml_lines.plain(now) == yaml_lines.plain(written.get(".".join(key), "")):
            lines.remove(key)
        elif now is not None:
            kept.append(".".join(key))
    said = lines.text()
    # An edit that says anything else is none.
    again = yaml_lines.YamlLines(said)
    for key, text in texts.items():
        if yaml_lines.plain(again.get(key) or "") != yaml_lines.plain(text):
            raise Refused(f"{os.path.basename(path)} can't be edited safely, so nothing of it was changed.")
    return said, kept


def _check_ours(lines, path, blend):
    """Refuses a file that is something else than the shot file of this .blend."""
    name, keys = os.path.basename(path), lines.keys()
    if keys and not {"blend", "script", "extends"}.intersection(keys):
        raise Refused(f"{name} is there already and is no shot file. Give the shot another name.")
    if "abstract" in keys and lines.get(("abstract",)).lower() == "true":
        raise Refused(f"{name} is only there to be extended and renders nothing (abstract). Give the shot another name.")
    other = lines.get(("blend",))
    if other is None:
        return
    other = os.path.join(os.path.dirname(path), yaml_lines.plain(other))
    own = os.path.join(os.path.dirname(path), blend)
    if os.path.normcase(os.path.realpath(other)) != os.path.normcase(os.path.realpath(own)):
        raise Refused(f"{name} is the shot file of another scene, {os.path.basename(other)}. Give the shot another name.")


def _read(path):
    try:
        with open(path, encoding="utf-8", newline="") as file:
            return file.read()
    except FileNotFoundError:
        if os.path.islink(path):
            raise Refused(f"{path} is a link that leads nowhere.") from None
        return None
    except UnicodeDecodeError:
        raise Refused(f"{os.path.basename(path)} is no text in UTF-8, so nothing of it was changed.") from None


def _replace(path, text):
    """In one step: whoever reads it meanwhile finds the old file or the new one."""
    path = os.path.realpath(path)
    handle, beside = tempfile.mkstemp(prefix=".nightshift-", dir=os.path.dirname(path))
    try:
        with open(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(beside, _mode_for(path))
        os.replace(beside, path)
    except BaseException:
        os.unlink(beside)
        raise


def _mode_for(path):
    try:
        return os.stat(path).st_mode & 0o777
    except FileNotFoundError:
        umask = os.umask(0)
        os.umask(umask)
        return 0o666 & ~umask
