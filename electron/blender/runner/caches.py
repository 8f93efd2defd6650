"""Caches that are missing: meshes and curves that move, volumes, and what was baked."""

import os

import bpy

from . import series
from .paths import absolute

_MISSING = "error", "missing-file"
_STILL = "what it moves will stand still"


def missing(scene, frames, used, folders):
    said = [*_cache_files(frames, folders), *_volumes(frames, folders)]
    yield from ((*_MISSING, message) for owner, message in said if used.has(owner))
    for item in scene.objects:
        for modifier in item.modifiers:
            message = _of_modifier(item, modifier) if modifier.show_render else None
            if message is not None:
                yield *_MISSING, message


def _cache_files(frames, folders):
    """Alembic and USD files; a sequence has one for each frame (BKE_cachefile_filepath_get)."""
    for cache in bpy.data.cache_files:
        path = absolute(cache.filepath, library=cache.library)
        paths = [path, *(absolute(layer.filepath, library=cache.library) for layer in getattr(cache, "layers", ()))]
        if not cache.is_sequence or (cache.override_frame and cache.animation_data):
            # Of an animated number only the file that was chosen is known.
            gone = (one for one in paths if not os.path.isfile(one))
            yield from ((cache, f'The cache file "{one}" is missing: {_STILL}.') for one in gone)
            continue
        for one in paths:
            def file_of(frame, one=one, cache=cache):
                return series.numbered_end(one, int(cache.frame) if cache.override_frame else frame)
            late, files = series.missing(frames, file_of, folders)
            if late:
                of = f'the cache file sequence "{series.pattern(one)}"'
                yield cache, series.told(files, of, late, "what it moves will be wrong or not there")


def _volumes(frames, folders):
    for volume in bpy.data.volumes:
        if not volume.filepath or volume.packed_file:
            continue
        path = absolute(volume.filepath, library=volume.library)
        if not volume.is_sequence:
            if not os.path.isfile(path):
                yield volume, f'The volume "{path}" is missing.'
            continue

        def file_of(frame, path=path, volume=volume):
            number = series.volume_number(volume, frame)
            return None if number is None else series.numbered_end(path, number)

        late, files = series.missing(frames, file_of, folders)
        if late:
            of = f'the volume sequence "{series.pattern(path)}"'
            yield volume, series.told(files, of, late, "it will not be in the picture")


def _of_modifier(item, modifier):
    """What is said of a file or folder that a modifier reads; None: it is there, or it reads none."""
    where = f'"{modifier.name}" of the object "{item.name}"'
    if modifier.type == "MESH_CACHE":
        path = absolute(modifier.filepath, library=item.library)
        return None if os.path.isfile(path) else f'The mesh cache "{path}" of {where} is missing: {_STILL}.'
    for folder, what in folders_of(item, modifier):
        if not os.path.isdir(folder):
            return f'The {what} "{folder}" of {where} is missing: bake it again.'
    return None


def folders_of(item, modifier):
    """Folders with what was baked, and what that is. Only where it is certain that they are read."""
    if modifier.type == "OCEAN" and modifier.is_cached:
        yield absolute(modifier.filepath, library=item.library), "baked ocean"
    for bake in getattr(modifier, "bakes", ()):
        target = getattr(bake, "bake_target", "DISK")
        target = modifier.bake_target if target == "INHERIT" else target
        chosen = bake.directory if bake.use_custom_path else modifier.bake_directory
        if target != "DISK" or not chosen or bake.node is None or "Simulation" not in bake.node.bl_idname:
            continue
        folder = absolute(chosen, library=item.library)
        yield folder if bake.use_custom_path else os.path.join(folder, str(bake.bake_id)), "baked simulation"
    cache = point_cache(modifier)
    if cache is None:
        return
    if cache.use_external:
        yield absolute(cache.filepath, library=item.library), "simulation cache"
    elif cache.use_disk_cache and cache.is_baked and bpy.data.filepath:
        folder, name = os.path.split(absolute(item.library.filepath) if item.library else bpy.data.filepath)
        yield os.path.join(folder, f"blendcache_{os.path.splitext(name)[0]}"), "simulation cache"


def point_cache(modifier):
    """The cache of cloth, particles and the like; None for what has none."""
    cache = getattr(modifier, "point_cache", None)
    if cache is None and modifier.type == "PARTICLE_SYSTEM":
        cache = modifier.particle_system.point_cache
    return cache
