# SPDX-License-Identifier: GPL-3.0-or-later
"""What is looked at: a scene, its frames, and all that its pictures are made from."""

import functools

import bpy

from .. import frames, shot
from ..paths import Shelf

# Chosen for painting: no picture shows them.
_TOOLS = tuple(getattr(bpy.types, name) for name in ("Brush", "Palette", "PaintCurve") if hasattr(bpy.types, name))


class Scope:
    def __init__(self, scene):
        self.scene = scene
        self.settings = scene.nightshift
        self.shelf = Shelf()
        self.bad_frames = None
        try:
            self.frames = shot.frames_of(scene)
        except frames.BadFrames as why:
            self.bad_frames = str(why)
            self.frames = list(range(scene.frame_start, scene.frame_end + 1, scene.frame_step))

    @functools.cached_property
    def used(self):
        """Everything that is reached from the scene."""
        uses = {}
        for item, owners in bpy.data.user_map().items():
            for owner in owners:
                uses.setdefault(owner, []).append(item)
        reached, waiting = {self.scene}, [self.scene]
        while waiting:
            owner = waiting.pop()
            for item in uses.get(owner, ()):
                if item not in reached and not isinstance(item, _TOOLS) and not _is_only_drawn(owner, item):
                    reached.add(item)
                    waiting.append(item)
        return reached

    @functools.cached_property
    def other_scenes(self):
        """Those whose pictures the compositor or the sequencer of this one takes."""
        found = set()
        for node in self.compositor_nodes():
            if node.bl_idname == "CompositorNodeRLayers" and node.scene is not None and not node.mute:
                found.add(node.scene)
        for strip in self.strips(nested=True):
            if strip.type == "SCENE" and not strip.mute and strip.scene is not None:
                found.add(strip.scene)
        return found - {self.scene}

    @property
    def camera(self):
        """What the shot, the scene or a marker names. Blender looks for no other when nobody watches."""
        if self.settings.camera is not None or self.scene.camera is not None:
            return self.settings.camera or self.scene.camera
        return next((marker.camera for marker in self.scene.timeline_markers if marker.camera), None)

    @property
    def needs_camera(self):
        """The sequencer, and a compositor without Render Layers, make pictures without one."""
        if any(strip.type not in ("SOUND", "SCENE") and not strip.mute for strip in self.strips()):
            return False
        nodes = self.compositor_nodes()
        return not nodes or any(node.bl_idname == "CompositorNodeRLayers" for node in nodes)

    def compositor_nodes(self):
        """Those of the tree that takes part in the render; empty: none does."""
        tree = compositor(self.scene) if self.scene.render.use_compositing else None
        return [] if tree is None else list(tree.nodes)

    def strips(self, nested=False):
        """Those of the sequencer where it takes part in the render. `nested`: in meta strips, too."""
        editor = self.scene.sequence_editor if self.scene.render.use_sequencer else None
        return [] if editor is None else list(strips_in(editor, nested))


def compositor(scene):
    """The compositor's tree that is in use, or None. From 5.0 on it is a data-block of its own."""
    if hasattr(scene, "compositing_node_group"):
        return scene.compositing_node_group
    return scene.node_tree if scene.use_nodes else None


def strips_in(parent, nested=False):
    """Strips of the sequencer or of a meta strip. Up to 4.3 they were called sequences."""
    name = "strips" if hasattr(parent, "strips") else "sequences"
    return getattr(parent, f"{name}_all" if nested else name)


def curves_of(data):
    """F-curves and drivers of a data-block."""
    animation = getattr(data, "animation_data", None)
    if animation is None:
        return
    yield from animation.drivers
    action = animation.action
    if action is None:
        return
    if hasattr(action, "fcurves"):
        yield from action.fcurves
        return
    # From 5.0 on.
    for layer in action.layers:
        for strip in layer.strips:
            for bag in strip.channelbags:
                yield from bag.fcurves


def is_animated(data, name):
    return any(name in curve.data_path for curve in curves_of(data))


def _is_only_drawn(owner, item):
    """Backgrounds of cameras, and empties that are images, are seen in the viewport alone."""
    behind = isinstance(owner, bpy.types.Camera) or getattr(owner, "type", None) == "EMPTY"
    return behind and isinstance(item, (bpy.types.Image, bpy.types.MovieClip))
