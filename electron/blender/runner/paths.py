"""Paths as Blender itself takes them."""

import os

import bpy


def absolute(path, library=None):
    """Like `bpy.path.abspath`, but on Linux and macOS with `/` for each backslash, as Blender does on every use.

    Scenes saved on Windows are full of `//textures\\wood.png`.
    """
    start = os.path.dirname(absolute(library.filepath)) if library else None
    return native(bpy.path.abspath(native(path), start=start))


def native(path):
    return path.replace("\\", "/") if os.sep == "/" else path
