# SPDX-License-Identifier: GPL-3.0-or-later
"""What the last check of the open file found. Not saved with it."""

import bpy

from . import checks

# By the name of a scene, since scenes themselves don't outlive an undo.
_found = {}


def look(scene):
    """Checks anew."""
    _found[scene.name] = checks.look(scene)
    return _found[scene.name]


def last(scene):
    """None: it was not checked yet."""
    return _found.get(scene.name)


def forget():
    _found.clear()


@bpy.app.handlers.persistent
def _on_load(*_):
    forget()


@bpy.app.handlers.persistent
def _on_save(*_):
    """What was checked before is looked at again: a save mends some of it."""
    for scene in bpy.data.scenes:
        if scene.name in _found:
            look(scene)


def register():
    bpy.app.handlers.load_post.append(_on_load)
    bpy.app.handlers.save_post.append(_on_save)


def unregister():
    bpy.app.handlers.load_post.remove(_on_load)
    bpy.app.handlers.save_post.remove(_on_save)
    forget()
