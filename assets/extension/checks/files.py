# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of data-blocks that are missing: libraries, images, fonts, sounds, clips, caches and volumes."""

import os

import bpy

from ..finding import Action, Finding
from ..frames import written
from ..paths import name_of
from ..runner import series
from ..runner.overrides import compositor
from ..runner.paths import absolute
from ..runner.simulations import curves

FIND = Action("Find…", "file.find_missing_files")


def look(scope):
    for kind in (_libraries, _images, _fonts, _sounds, _clips, _cache_files, _volumes):
        yield from kind(scope)


def missing(path, text, severity="ERROR"):
    """A finding about one file."""
    return Finding(severity, "missing-file", name_of(path), text, FIND)


def missing_series(subject, of, late, files, then):
    """A finding about files of a sequence. of: whose, in the sentence. late: the frames that miss one."""
    at = f"frame {late[0]}" if len(late) == 1 else f"the frames {written(late)}"
    some, are = (f'"{os.path.basename(files[0])}"', "is") if len(files) == 1 else (f"{len(files)} files", "are")
    return Finding("ERROR", "missing-file", subject, f"{some} of {of} {are} missing for {at}: {then}.", FIND)


def _libraries(_scope):
    for library in bpy.data.libraries:
        # Packed as a file, or (from 5.0 on) what is used of it is packed.
        if library.packed_file or getattr(library, "is_archive", False):
            continue
        path = absolute(library.filepath)
        if not os.path.isfile(path) and _is_read(library):
            yield missing(path, f'The linked library "{name_of(path)}" is missing: what it holds will not be in the picture.')


def _is_read(library):
    """From 5.0 on what was linked and packed belongs to an archive in the file, and its library may hold nothing any more."""
    if "is_linked_packed" not in bpy.types.ID.bl_rna.properties:
        return True
    return any(item.library == library and not item.is_linked_packed for item in bpy.data.user_map())


def _images(scope):
    shown = None
    for image in bpy.data.images:
        if image.source not in ("FILE", "SEQUENCE", "MOVIE", "TILED") or not image.users or not image.filepath:
            continue
        if image.packed_file or len(getattr(image, "packed_files", ())):
            continue
        path = absolute(image.filepath, library=image.library)
        if image.source in ("FILE", "MOVIE") and os.path.isfile(path):
            continue
        if not scope.used.has(image):
            continue
        shown = _shown(scope) if shown is None else shown
        users = shown.get(image, [])
        names = sorted({name for name, _ in users})
        by = f", used by {_listed(names)}," if names else ""
        found = _image(scope, image, path, by, [user for _, user in users])
        if found is not None:
            yield found


def _listed(names):
    shown = ", ".join(f'"{name}"' for name in names[:3])
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown


def _image(scope, image, path, by, users):
    name = name_of(path)
    gone = missing(path, f'The image "{name}"{by} is missing: its surface renders pink.')
    if image.source == "TILED":
        tiles = [tile.number for tile in image.tiles]
        lost = [number for number in sorted(tiles) if not os.path.isfile(_tile(path, number))]
        if lost and len(lost) < len(tiles):
            tile, are = (f"tile {lost[0]}", "is") if len(lost) == 1 else (f"tiles {written(lost)}", "are")
            return missing(path, f'The {tile} of the image "{name}"{by} {are} missing: the surface renders pink there.')
        return gone if lost else None
    # Where something else decides which picture a frame shows, only the one that was chosen can be asked for.
    if image.source == "SEQUENCE" and users and None not in users:
        return _sequence(scope, path, by, users)
    return None if os.path.isfile(path) else gone


def _tile(path, number):
    u_v = f"u{(number - 1001) % 10 + 1}_v{(number - 1001) // 10 + 1}"
    return path.replace("<UDIM>", str(number)).replace("<UVTILE>", u_v)


def _sequence(scope, path, by, users):
    late, files = set(), {}
    for user in users:
        def file_of(frame, user=user):
            number = series.image_number(user, frame)
            return None if number is None else series.numbered(path, number)
        some, gone = series.missing(scope.frames, file_of, scope.folders)
        late.update(some)
        files.update(dict.fromkeys(gone))
    if not late:
        return None
    name = _pattern(path)
    return missing_series(name, f'the image sequence "{name}"{by}', sorted(late), sorted(files), "what shows it renders pink or empty")


def _pattern(path):
    """The name of a sequence, with `#` for the number."""
    return name_of(series.pattern(path))


def _shown(scope):
    """Image to who shows it: a name, and the settings that say which picture a frame shows; None: they are animated."""
    found = {}
    for owner, tree in _trees(scope.scene):
        for node in tree.nodes if tree else ():
            image = getattr(node, "image", None)
            if isinstance(image, bpy.types.Image):
                found.setdefault(image, []).append((owner.name, _user_of(tree, node)))
    for texture in bpy.data.textures:
        image = getattr(texture, "image", None)
        if image is not None:
            found.setdefault(image, []).append((texture.name, None if texture.animation_data else texture.image_user))
    return found


def _trees(scene):
    for owners in (bpy.data.materials, bpy.data.worlds, bpy.data.lights, bpy.data.linestyles, bpy.data.textures):
        yield from ((owner, owner.node_tree) for owner in owners)
    yield from ((group, group) for group in bpy.data.node_groups)
    tree = compositor(scene)
    if tree is not None and tree not in set(bpy.data.node_groups):
        yield scene, tree


def _user_of(tree, node):
    user = getattr(node, "image_user", None) or (node if hasattr(node, "frame_duration") else None)
    if user is None or tree.animation_data is None:
        return user
    own = f'nodes["{bpy.utils.escape_identifier(node.name)}"]'
    moves = any(own in curve.data_path and "frame_" in curve.data_path for curve in curves(tree))
    return None if moves or tree.animation_data.nla_tracks else user


def _fonts(scope):
    for font in bpy.data.fonts:
        if font.filepath in ("", "<builtin>") or font.packed_file or not scope.used.has(font):
            continue
        path = absolute(font.filepath, library=font.library)
        if not os.path.isfile(path):
            yield missing(path, f'The font "{name_of(path)}" is missing: its text will look different.')


def _sounds(scope):
    for sound in bpy.data.sounds:
        path = absolute(sound.filepath, library=sound.library)
        if not sound.packed_file and scope.used.has(sound) and not os.path.isfile(path):
            yield missing(path, f'The sound "{name_of(path)}" is missing.', "WARNING")


def _clips(scope):
    for clip in bpy.data.movieclips:
        if not scope.used.has(clip):
            continue
        path = absolute(clip.filepath, library=clip.library)
        if clip.source != "SEQUENCE":
            if not os.path.isfile(path):
                yield missing(path, f'The movie clip "{name_of(path)}" is missing.')
            continue
        first = series.number_of(path)
        if first is None:
            continue

        def file_of(frame, clip=clip, path=path, first=first):
            at = frame - clip.frame_start
            return series.numbered(path, first + at + clip.frame_offset) if 0 <= at < clip.frame_duration else None

        late, files = series.missing(scope.frames, file_of, scope.folders)
        if late:
            name = _pattern(path)
            yield missing_series(name, f'the movie clip "{name}"', late, files, "what shows it will be empty")


def _cache_files(scope):
    """Alembic and USD: a sequence has one file for each frame (BKE_cachefile_filepath_get)."""
    for cache in bpy.data.cache_files:
        if not scope.used.has(cache):
            continue
        own = absolute(cache.filepath, library=cache.library)
        for path in (own, *(absolute(layer.filepath, library=cache.library) for layer in getattr(cache, "layers", ()))):
            if not cache.is_sequence or (cache.override_frame and cache.animation_data):
                if not os.path.isfile(path):
                    yield missing(path, f'The cache file "{name_of(path)}" is missing: what it moves will stand still.')
                continue

            def file_of(frame, cache=cache, path=path):
                return series.numbered_end(path, int(cache.frame) if cache.override_frame else frame)

            late, files = series.missing(scope.frames, file_of, scope.folders)
            if late:
                name = _pattern(path)
                yield missing_series(name, f'the cache files "{name}"', late, files, "what they move will be wrong or not there")


def _volumes(scope):
    for volume in bpy.data.volumes:
        if not volume.filepath or volume.packed_file or not scope.used.has(volume):
            continue
        path = absolute(volume.filepath, library=volume.library)
        if not volume.is_sequence:
            if not os.path.isfile(path):
                yield missing(path, f'The volume "{name_of(path)}" is missing.')
            continue

        def file_of(frame, volume=volume, path=path):
            number = series.volume_number(volume, frame)
            return None if number is None else series.numbered_end(path, number)

        late, files = series.missing(scope.frames, file_of, scope.folders)
        if late:
            name = _pattern(path)
            yield missing_series(name, f'the volumes "{name}"', late, files, "they will not be in the picture")
