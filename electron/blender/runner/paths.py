"""Paths as Blender itself takes them."""

import os

import bpy


def absolute(path, library=None):
    """Like `bpy.path.abspath`, but on Linux and macOS with `/` for each backslash, as Blender does on every use.

    What a .blend of Windows has saved is turned when it is opened; what a script sets is not.
    """
    start = os.path.dirname(absolute(library.filepath)) if library else None
    return native(bpy.path.abspath(native(path), start=start))


def native(path):
    return path.replace("\\", "/") if os.sep == "/" else path
