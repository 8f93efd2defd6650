# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulations that are not baked for all frames: right only where one Blender goes through the frames in order."""

import ctypes
import os
import re

import bpy

from ..finding import Finding, leads_to_object, leads_to_tab
from ..paths import absolute
from .modifiers import bake_target, folder_of_bake, point_cache
from .scope import is_animated

_THEN = "frames are rendered in order, by one worker. Bake to use all of them."


def look(scope):
    last = max(scope.frames, default=scope.scene.frame_end)
    for scene in (scope.scene, *sorted(scope.other_scenes, key=lambda each: each.name)):
        yield from _rigid_bodies(scene, last)
    shown = None
    for item in bpy.data.objects:
        for modifier in item.modifiers:
            if not modifier.show_render and not is_animated(item, "show_render"):
                continue
            kind = _unbaked(scope.scene, item, modifier, last)
            if kind is None:
                continue
            shown = shown or _Shown(scope)
            if shown.has(item):
                are = "are" if kind == "The particles" else "is"
                text = f'{kind} "{modifier.name}" of the object "{item.name}" {are} not baked: {_THEN}'
                tab = "MODIFIER" if modifier.type == "NODES" else "PHYSICS"
                yield Finding("WARNING", "simulation-not-baked", modifier.name, text, leads_to_object(item, tab))


def _rigid_bodies(scene, last):
    world = scene.rigidbody_world
    if world is None or not world.enabled or world.collection is None:
        return
    bodies = (item.rigid_body for item in world.collection.all_objects)
    if any(body and body.type == "ACTIVE" and body.enabled for body in bodies) and not _is_baked(world.point_cache, last):
        text = f'The rigid bodies of the scene "{scene.name}" are not baked: {_THEN}'
        yield Finding("WARNING", "simulation-not-baked", scene.name, text, leads_to_tab("SCENE"))


def _unbaked(scene, item, modifier, last):
    """What kind of simulation a modifier is, if it is one that has to be stepped through; else None."""
    if modifier.type in ("CLOTH", "SOFT_BODY"):
        kind = "The cloth" if modifier.type == "CLOTH" else "The soft body"
        return None if _is_baked(modifier.point_cache, last) else kind
    if modifier.type == "PARTICLE_SYSTEM":
        return "The particles" if _moves(modifier.particle_system) and not _is_baked(point_cache(modifier), last) else None
    if modifier.type == "DYNAMIC_PAINT" and modifier.canvas_settings is not None:
        # Surfaces that are pictures exist only once they are baked.
        surfaces = [each for each in modifier.canvas_settings.canvas_surfaces if each.is_active and each.surface_format == "VERTEX"]
        return None if all(_is_baked(each.point_cache, last) for each in surfaces) else "The dynamic paint"
    if modifier.type == "FLUID" and modifier.fluid_type == "DOMAIN":
        return None if _fluid_is_baked(item, modifier.domain_settings, last) else "The fluid"
    if modifier.type == "NODES" and _has_zone(modifier.node_group, set()):
        return None if _zones_are_baked(scene, item, modifier, last) else "The simulation"
    return None


def _moves(system):
    """Hair without dynamics is the same in each frame."""
    return system.use_hair_dynamics if system.settings.type == "HAIR" else system.settings.count > 0


def _is_baked(cache, last):
    """Whether nothing has to be simulated up to a frame."""
    needed = min(last, cache.frame_end)
    if needed <= cache.frame_start:
        return True
    if cache.use_external:
        return cache.is_baked and last <= cache.frame_end
    if not cache.is_baked:
        return False
    # “12 frames in memory (…)”, in whatever language.
    counted = re.search(r"\d+", cache.info)
    return counted is None or int(counted[0]) >= (needed - cache.frame_start) // max(1, cache.frame_step) + 1


def _fluid_is_baked(item, domain, last):
    """Only a domain that replays simulates while frames go by."""
    if domain is None or domain.cache_type != "REPLAY":
        return True
    first, end = domain.cache_frame_start, min(last, domain.cache_frame_end)
    try:
        names = os.listdir(os.path.join(absolute(domain.cache_directory, library=item.library), "data"))
    except OSError:
        names = []
    there = {int(number) for name in names for number in re.findall(r"(?<!\d)(\d{4,})\.\w+$", name)}
    return end <= first or there.issuperset(range(first, end + 1))


def _zones_are_baked(scene, item, modifier, last):
    bakes = [bake for bake in getattr(modifier, "bakes", ()) if bake.node and _is_zone(bake.node)]
    if not bakes:
        return last <= scene.frame_start
    return all(_zone_is_baked(scene, item, modifier, bake, last) for bake in bakes)


def _zone_is_baked(scene, item, modifier, bake, last):
    own = bake.use_custom_simulation_frame_range
    first = bake.frame_start if own else scene.simulation_frame_start if scene.use_custom_simulation_range else scene.frame_start
    if last <= first:
        return True
    if bake_target(modifier, bake) == "PACKED":
        return _packed_frames(bake) >= last - first + 1
    folder = folder_of_bake(item, modifier, bake)
    try:
        names = os.listdir(os.path.join(folder, "meta")) if folder else []
    except OSError:
        names = []
    there = {int(found[1]) for found in (re.match(r"(-?\d+)_\d+\.json$", name) for name in names) if found}
    return bool(there) and min(there) <= first and max(there) >= last


def _packed_frames(bake):
    """How many frames of a bake are packed into the .blend. Blender's Python does not tell.

    So its memory is asked (`NodesModifierBake`, 4.3 to 5.x), once what Python does tell was found at its place.
    """
    if ctypes.sizeof(ctypes.c_void_p) != 8 or bpy.app.version < (4, 3, 0):
        return 0
    at = _PackedBake.from_address(bake.as_pointer())
    told = bake.bake_id, bake.frame_start, bake.frame_end, len(bake.data_blocks), bool(bake.directory)
    if told != (at.id, at.start, at.end, at.blocks, bool(at.directory)) or not at.packed:
        return 0
    return max(0, ctypes.c_int32.from_address(at.packed).value)


class _PackedBake(ctypes.Structure):
    _fields_ = [
        ("id", ctypes.c_int32), ("flag", ctypes.c_uint32), ("mode", ctypes.c_uint8), ("target", ctypes.c_int8),
        ("pad", ctypes.c_char * 6), ("directory", ctypes.c_void_p), ("start", ctypes.c_int32), ("end", ctypes.c_int32),
        ("blocks", ctypes.c_int32), ("active", ctypes.c_int32), ("block_list", ctypes.c_void_p), ("packed", ctypes.c_void_p),
    ]


def _has_zone(tree, seen):
    """Whether a tree or a group in it remembers the frame before."""
    if tree is None or tree in seen:
        return False
    seen.add(tree)
    return any(
        not node.mute and (_is_zone(node) or _has_zone(getattr(node, "node_tree", None), seen)) for node in tree.nodes
    )


def _is_zone(node):
    """The end of a zone that is led somewhere."""
    name = node.bl_idname
    return "Simulation" in name and name.endswith("Output") and any(end.is_linked for end in node.outputs)


class _Shown:
    """The objects that are rendered, and those that others are made from."""

    def __init__(self, scope):
        self._scope = scope
        self._objects, self._hidden, self._users = set(), set(), None
        for scene in (scope.scene, *scope.other_scenes):
            for layer in scene.view_layers:
                if layer.use:
                    self._take_layer(layer.layer_collection)
            self._hidden.update(set(scene.objects) - self._objects)

    def has(self, item):
        if item in self._objects:
            return True
        if item not in self._hidden:
            return item in self._scope.used
        # A hidden object may still give its shape to another one.
        self._users = self._users or bpy.data.user_map()
        kinds = (bpy.types.Object, bpy.types.NodeTree, bpy.types.ParticleSettings)
        return any(isinstance(user, kinds) and user != item for user in self._users.get(item, ()))

    def _take_layer(self, layer):
        if layer.exclude or (layer.collection.hide_render and not is_animated(layer.collection, "hide_render")):
            return
        self._take(layer.collection.objects)
        for child in layer.children:
            self._take_layer(child)

    def _take(self, objects):
        for item in objects:
            if item in self._objects or (item.hide_render and not is_animated(item, "hide_render")):
                continue
            self._objects.add(item)
            if item.instance_type == "COLLECTION" and item.instance_collection is not None:
                self._take_collection(item.instance_collection)

    def _take_collection(self, collection):
        if not collection.hide_render:
            self._take(collection.objects)
            for child in collection.children:
                self._take_collection(child)
