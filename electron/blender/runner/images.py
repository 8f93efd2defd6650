"""Images that are missing, or parts of them: tiles, and the pictures of sequences for frames that are rendered."""

import os

import bpy

from . import overrides, series
from .paths import absolute
from .refusal import listed


def missing(scene, frames, used, folders):
    showing = None
    for image in bpy.data.images:
        if image.source not in ("FILE", "SEQUENCE", "MOVIE", "TILED") or not image.users:
            continue
        if image.packed_file or len(getattr(image, "packed_files", ())) or not image.filepath:
            continue
        path = absolute(image.filepath, library=image.library)
        if image.source in ("FILE", "MOVIE") and os.path.isfile(path):
            continue
        showing = _showing(scene) if showing is None else showing
        shown = showing.get(image, ())
        names = sorted({name for name, _ in shown})
        by = f", used by {listed(names, 4)}," if names else ""
        said = _said(image, path, by, [user for _, user in shown], frames, folders)
        if said is not None and used.has(image):
            yield "error", "missing-file", said


def is_tile_pattern(path):
    return "<UDIM>" in path or "<UVTILE>" in path


def tile_paths():
    """The files of all tiled images."""
    for image in bpy.data.images:
        if image.source == "TILED" and image.filepath and not len(image.packed_files):
            path = absolute(image.filepath, library=image.library)
            yield from (file for _, file in tile_files(image, path))


def tile_files(image, path):
    """Number and file of each tile of a tiled image."""
    for number in sorted(tile.number for tile in image.tiles):
        u_v = f"u{(number - 1001) % 10 + 1}_v{(number - 1001) // 10 + 1}"
        yield number, path.replace("<UDIM>", str(number)).replace("<UVTILE>", u_v)


def _said(image, path, by, users, frames, folders):
    """What is to be said of an image; None: it is there."""
    if image.source == "TILED":
        return _said_of_tiles(image, path, by)
    # Where something else decides which picture a frame shows, only the one that was chosen can be asked for.
    if image.source == "SEQUENCE" and users and None not in users:
        return _said_of_sequence(path, by, users, frames, folders)
    if os.path.isfile(path):
        return None
    return f'The image "{path}"{by} is missing: its surface renders pink.'


def _said_of_tiles(image, path, by):
    tiles = list(tile_files(image, path))
    gone = [number for number, file in tiles if not os.path.isfile(file)]
    if not gone:
        return None
    if len(gone) == len(tiles):
        return f'The image "{path}"{by} is missing: its surface renders pink.'
    which = f"tile {gone[0]}" if len(gone) == 1 else f"tiles {series.spans(gone)}"
    are = "is" if len(gone) == 1 else "are"
    return f'The {which} of the image "{path}"{by} {are} missing: the surface renders pink there.'


def _said_of_sequence(path, by, users, frames, folders):
    late, files = set(), {}
    for user in users:
        def file_of(frame, user=user):
            number = series.image_number(user, frame)
            return None if number is None else series.numbered(path, number)
        some, gone = series.missing(frames, file_of, folders)
        late.update(some)
        files.update(dict.fromkeys(gone))
    if not late:
        return None
    of = f'the image sequence "{series.pattern(path)}"{by}'
    return series.told(sorted(files), of, sorted(late), "what shows it renders pink or empty")


def _showing(scene):
    """Image to who shows it: the name, and the settings that say which picture a frame shows."""
    found = {}
    for owner, tree in _trees(scene):
        for node in tree.nodes if tree else ():
            image = getattr(node, "image", None)
            if isinstance(image, bpy.types.Image):
                found.setdefault(image, []).append((owner.name, _settings(tree, node)))
    for texture in bpy.data.textures:
        image = getattr(texture, "image", None)
        if image is not None:
            user = None if texture.animation_data else texture.image_user
            found.setdefault(image, []).append((texture.name, user))
    return found


def _trees(scene):
    owners = (bpy.data.materials, bpy.data.worlds, bpy.data.lights, bpy.data.linestyles, bpy.data.textures)
    for owner in (owner for each in owners for owner in each):
        yield owner, owner.node_tree
    yield from ((group, group) for group in bpy.data.node_groups)
    compositor = overrides.compositor(scene)
    if compositor is not None and compositor not in set(bpy.data.node_groups):
        yield scene, compositor


def _settings(tree, node):
    """None where they are animated, or come from somewhere else."""
    user = getattr(node, "image_user", None) or (node if hasattr(node, "frame_duration") else None)
    moved = tree.animation_data
    if user is None or moved is None:
        return user
    curves = [*moved.drivers, *getattr(moved.action, "fcurves", ())]
    unknown = moved.action is not None and not hasattr(moved.action, "fcurves")
    own = f'nodes["{bpy.utils.escape_identifier(node.name)}"]'
    animated = any(own in curve.data_path and "frame_" in curve.data_path for curve in curves)
    return None if unknown or animated or moved.nla_tracks else user
