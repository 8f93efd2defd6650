# SPDX-License-Identifier: GPL-3.0-or-later
"""Paths as Blender takes them, and files that stand one for each frame."""

import os
import re
import sys
import unicodedata

import bpy


def absolute(path, library=None):
    """As `bpy.path.abspath`, relative to the .blend that it was saved in. A `\\` of Windows is a `/` elsewhere."""
    start = os.path.dirname(absolute(library.filepath)) if library else None
    return _native(bpy.path.abspath(_native(path), start=start))


def name_of(path):
    return os.path.basename(path.rstrip("/\\")) or path


def _native(path):
    return path.replace("\\", "/") if os.sep == "/" else path


class Series:
    """A path whose last number counts: `plate_0001.png`."""

    def __init__(self, path, at_end=False):
        """at_end: the number counts only right before the ending, as for volumes and caches."""
        folder, name = os.path.split(path)
        stem, ending = os.path.splitext(name)
        found = re.search(r"(\d+)(\D*)$", stem)
        if found is not None and at_end and found[2]:
            found = None
        self.first = None if found is None else int(found[1])
        self._width = 0 if found is None else len(found[1])
        self._before = path if found is None else os.path.join(folder, stem[: found.start()])
        self._after = "" if found is None else found[2] + ending

    @property
    def name(self):
        """With `#` for the number."""
        return os.path.basename(f"{self._before}{'#' * self._width}{self._after}")

    def file(self, number):
        return f"{self._before}{max(0, number):0{self._width}d}{self._after}" if self._width else self._before


class Shelf:
    """Which files are there. Each folder is read once: a sequence may have thousands of files."""

    def __init__(self):
        self._folders = {}

    def holds(self, path):
        folder, name = os.path.split(path)
        if folder not in self._folders:
            self._folders[folder] = _names_in(folder)
        names = self._folders[folder]
        return os.path.isfile(path) if names is None else _key(name) in names

    def missing(self, frames, file_of):
        """The frames whose file is not there, and these files. `file_of`: None where a frame shows none."""
        late, files = [], {}
        for frame in frames:
            file = file_of(frame)
            if file is not None and not self.holds(file):
                late.append(frame)
                files[file] = True
        return late, list(files)


def _names_in(folder):
    """None where it can't be listed, though its files might be read."""
    try:
        return {_key(name) for name in os.listdir(folder)}
    except (FileNotFoundError, NotADirectoryError):
        return set()
    except OSError:
        return None


def _key(name):
    """Windows and macOS tell neither case nor the spelling of accents apart."""
    return name if sys.platform == "linux" else unicodedata.normalize("NFC", name).casefold()
