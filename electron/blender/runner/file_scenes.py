"""The scenes of a file that holds several, and which of them can't be a shot of their own."""

import bpy

from . import overrides

_MOST = 500


def listing():
    """Name, range and camera of each scene; `part` and `of` say what it is instead of a shot. None: the file has one scene."""
    scenes = bpy.data.scenes[:_MOST]
    if len(scenes) < 2:
        return None
    parts = _parts()
    return [{**_range(scene), **_part(scene, parts)} for scene in scenes]


def _range(scene):
    return {"name": scene.name, "first": scene.frame_start, "last": scene.frame_end}


def _part(scene, parts):
    if scene.library is not None:
        return {"part": "linked", "of": bpy.path.basename(scene.library.filepath)}
    if scene.name in parts:
        part, other = parts[scene.name]
        return {"part": part, "of": other}
    if overrides.usable_camera(scene) is None and overrides.needs_camera(scene):
        return {"part": "no-camera"}
    return {}


def _parts():
    """The scenes that are seen in the pictures of others, by name: as what, and in which one."""
    found = {}
    for scene in bpy.data.scenes:
        for part, other in _seen_in(scene):
            if other is not None and other != scene:
                found.setdefault(other.name, (part, scene.name))
    return found


def _seen_in(scene):
    yield "background", scene.background_set
    if scene.sequence_editor is not None:
        for strip in overrides.strips(scene.sequence_editor, nested=True):
            if strip.type == "SCENE":
                yield "strip", strip.scene
    for _, tree in overrides.compositor_trees([scene]):
        for node in tree.nodes:
            if node.bl_idname == "CompositorNodeRLayers":
                yield "compositor", node.scene
