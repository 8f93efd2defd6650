# SPDX-License-Identifier: GPL-3.0-or-later
"""A scene and what the panel sets, as the keys of a shot file."""

import os

import bpy

from . import frames, shot_file


def is_unsaved():
    """Whether the open file has changes. In the background Blender does not tell: it says so of every file."""
    return bpy.data.is_dirty and not bpy.app.background


def name_of(scene):
    """The name of the shot; empty where it has none and the file was never saved."""
    return scene.nightshift.name.strip() or os.path.splitext(os.path.basename(bpy.data.filepath))[0]


def file_of(scene):
    """The path of its shot file, there or not. The .blend has to be saved."""
    return shot_file.place(os.path.dirname(bpy.data.filepath), name_of(scene))


def frames_of(scene):
    """The frames that are rendered, ascending. Raises `frames.BadFrames`."""
    text = scene.nightshift.frames.strip()
    if text:
        return frames.parsed(text)
    return list(range(scene.frame_start, scene.frame_end + 1, scene.frame_step))


def keys_of(scene):
    """Paths of keys to their values; None: the shot says nothing of it. Raises `frames.BadFrames`."""
    shot = scene.nightshift
    path = None
    if shot.output != "NIGHTSHIFT":
        path = "scene" if shot.output == "SCENE" else _relative(shot.folder)
    return {
        ("blend",): os.path.basename(bpy.data.filepath),
        # Which one is open is saved as well; a name holds whatever is clicked later.
        ("scene",): scene.name if len(bpy.data.scenes) > 1 else None,
        ("camera",): shot.camera.name if shot.camera else None,
        ("frames",): _frames(shot.frames),
        ("render", "percentage"): shot.percentage if shot.use_percentage else None,
        ("render", "samples"): shot.samples if shot.use_samples else None,
        ("render", "device"): None if shot.device == "SAVED" else shot.device.lower().replace("_", "-"),
        ("output", "path"): path,
        ("output", "name"): shot.file_name.strip() or None,
        ("output", "format"): None if shot.image_format == "SAVED" else shot.image_format,
        ("simulations",): "bake" if shot.simulations == "BAKE" else None,
    }


def _frames(text):
    if not text.strip():
        return None
    found = frames.written(frames.parsed(text))
    return int(found) if found.removeprefix("-").isdecimal() else found


def _relative(folder):
    """As a shot file says it: from the .blend's folder on, with `/`. None: no folder is chosen."""
    if not folder.strip():
        return None
    path = os.path.abspath(bpy.path.abspath(folder))
    try:
        path = os.path.relpath(path, os.path.dirname(bpy.data.filepath))
    except ValueError:
        # Another drive.
        pass
    path = path.replace(os.sep, "/")
    # A word of the shot file's own.
    return "./scene" if path == "scene" else path
