# SPDX-License-Identifier: GPL-3.0-or-later
"""Files and folders of modifiers that are missing: mesh caches, baked oceans, fluids and simulations."""

import os

import bpy

from ..finding import Finding, leads_to_object
from ..paths import absolute, name_of


def look(scope):
    for item in scope.scene.objects:
        for modifier in item.modifiers:
            if not modifier.show_render:
                continue
            for path, text in _gone(item, modifier):
                yield Finding("ERROR", "missing-file", name_of(path), text, leads_to_object(item, _tab(modifier)))


def _gone(item, modifier):
    """The path that is missing, and the sentence about it."""
    where = f'"{modifier.name}" of the object "{item.name}"'
    if modifier.type == "MESH_CACHE":
        path = absolute(modifier.filepath, library=item.library)
        if not os.path.isfile(path):
            yield path, f'The mesh cache "{name_of(path)}" of {where} is missing: what it moves will stand still.'
        return
    for folder, what in _folders(item, modifier):
        if not os.path.isdir(folder):
            yield folder, f'The {what} "{name_of(folder)}" of {where} is missing: bake it again.'
            return


def _folders(item, modifier):
    """Folders with what was baked, where it is certain that they are read."""
    if modifier.type == "OCEAN" and modifier.is_cached:
        yield absolute(modifier.filepath, library=item.library), "baked ocean"
    domain = getattr(modifier, "domain_settings", None)
    # A domain that replays simulates by itself.
    if domain is not None and domain.cache_type != "REPLAY":
        yield absolute(domain.cache_directory, library=item.library), "fluid cache"
    for bake in getattr(modifier, "bakes", ()):
        folder = folder_of_bake(item, modifier, bake)
        if folder and bake.node is not None and "Simulation" in bake.node.bl_idname:
            yield folder, "baked simulation"
    cache = point_cache(modifier)
    if cache is None:
        return
    if cache.use_external:
        yield absolute(cache.filepath, library=item.library), "simulation cache"
    elif cache.use_disk_cache and cache.is_baked and bpy.data.filepath:
        folder, name = os.path.split(absolute(item.library.filepath) if item.library else bpy.data.filepath)
        yield os.path.join(folder, f"blendcache_{os.path.splitext(name)[0]}"), "simulation cache"


def folder_of_bake(item, modifier, bake):
    """Where a bake of geometry nodes lies on disk; None: it is packed, or no place is said."""
    if bake_target(modifier, bake) != "DISK":
        return None
    chosen = bake.directory if bake.use_custom_path else modifier.bake_directory
    if not chosen:
        return None
    folder = absolute(chosen, library=item.library)
    return folder if bake.use_custom_path else os.path.join(folder, str(bake.bake_id))


def bake_target(modifier, bake):
    target = getattr(bake, "bake_target", "DISK")
    return modifier.bake_target if target == "INHERIT" else target


def point_cache(modifier):
    """The cache of cloth, particles and the like; None for what has none."""
    cache = getattr(modifier, "point_cache", None)
    if cache is None and modifier.type == "PARTICLE_SYSTEM":
        cache = modifier.particle_system.point_cache
    return cache


def _tab(modifier):
    return "PHYSICS" if modifier.type in ("CLOTH", "SOFT_BODY", "FLUID", "DYNAMIC_PAINT", "PARTICLE_SYSTEM") else "MODIFIER"
