"""The preflight of an open scene: what would spoil the night, told before it starts."""

import os

import bpy

from . import devices, overrides
from .paths import absolute
from .refusal import listed

_MOST = 200


def inspect(shot):
    """A list of findings: severity, cause, message. At most 200 are told."""
    scene = shot.scene
    found = []
    checks = (
        _version, _camera, _denoiser, _libraries, _images, _fonts, _caches, _simulations,
        _sounds_and_clips, _file_outputs, _handlers,
    )
    if shot.device_warning is not None:
        found.append({"severity": "warning", "cause": "device-not-available", "message": shot.device_warning})
    for check in checks:
        found += [{"severity": s, "cause": c, "message": m} for s, c, m in check(scene)]
    if len(found) > _MOST:
        more = len(found) - _MOST
        last = {"severity": "warning", "cause": "missing-file", "message": f"There are {more} more findings."}
        found = found[:_MOST] + [last]
    return found


def _version(_scene):
    saved = tuple(bpy.data.version)
    if saved[:2] > tuple(bpy.app.version)[:2]:
        yield (
            "warning", "newer-blender-needed",
            f"The scene was saved by Blender {saved[0]}.{saved[1]}, which is newer than this "
            f"{bpy.app.version_string}: parts of it may be missing.",
        )


def _camera(scene):
    if overrides.usable_camera(scene) is None and overrides.needs_camera(scene):
        yield "error", "no-camera", f'The scene "{scene.name}" has no camera.'


def _denoiser(scene):
    if devices.wants_denoising(scene) and not devices.can_denoise(scene):
        yield (
            "error", "denoiser-not-available",
            f'The scene "{scene.name}" asks for denoising, but this Blender was built without a denoiser.',
        )


def _libraries(_scene):
    for library in bpy.data.libraries:
        if not os.path.isfile(absolute(library.filepath)):
            yield (
                "error", "missing-file",
                f'The linked library "{library.filepath}" is missing: what it holds will not be in the picture.',
            )


def _images(_scene):
    users = None
    for image in bpy.data.images:
        if image.source not in ("FILE", "SEQUENCE", "MOVIE", "TILED") or not image.users:
            continue
        if image.packed_file or len(getattr(image, "packed_files", ())) or not image.filepath:
            continue
        path = absolute(image.filepath, library=image.library)
        if _there(image, path):
            continue
        users = _image_users() if users is None else users
        names = users.get(image.name_full)
        used = f", used by {listed(sorted(names), 4)}," if names else ""
        yield "error", "missing-file", f'The image "{path}"{used} is missing: its surface will be pink.'


def _there(image, path):
    if image.source == "TILED":
        tiles = [str(tile.number) for tile in image.tiles]
        u_v = [f"u{(tile.number - 1001) % 10 + 1}_v{(tile.number - 1001) // 10 + 1}" for tile in image.tiles]
        paths = [path.replace("<UDIM>", a).replace("<UVTILE>", b) for a, b in zip(tiles, u_v)]
        return all(os.path.isfile(one) for one in paths)
    return os.path.isfile(path)


def _image_users():
    """Image name to the names of the materials, worlds and node groups that show it."""
    users = {}
    owners = [*bpy.data.materials, *bpy.data.worlds, *bpy.data.lights, *bpy.data.node_groups]
    for owner in owners:
        tree = owner if isinstance(owner, bpy.types.NodeTree) else owner.node_tree
        for node in tree.nodes if tree else ():
            image = getattr(node, "image", None)
            if image is not None:
                users.setdefault(image.name_full, set()).add(owner.name)
    return users


def _fonts(_scene):
    for font in bpy.data.fonts:
        if font.filepath in ("", "<builtin>") or font.packed_file or not font.users:
            continue
        path = absolute(font.filepath, library=font.library)
        if not os.path.isfile(path):
            yield "error", "missing-file", f'The font "{path}" is missing: its text will look different.'


def _caches(_scene):
    """Alembic and USD files, volumes."""
    for cache in bpy.data.cache_files:
        path = absolute(cache.filepath, library=cache.library)
        if not cache.is_sequence and not os.path.isfile(path):
            yield "error", "missing-file", f'The cache file "{path}" is missing: what it moves will stand still.'
    for volume in bpy.data.volumes:
        path = absolute(volume.filepath, library=volume.library)
        missing = not volume.packed_file and not volume.is_sequence and not os.path.isfile(path)
        if volume.filepath and missing:
            yield "error", "missing-file", f'The volume "{path}" is missing.'


def _simulations(scene):
    """Frames are rendered in any order, so a simulation must be baked to look the same in each of them."""
    for item in scene.objects:
        for modifier in item.modifiers:
            settings = getattr(modifier, "domain_settings", None)
            if settings is not None:
                folder = absolute(settings.cache_directory)
                if not os.path.isdir(folder):
                    yield (
                        "error", "missing-file",
                        f'The fluid cache "{folder}" of the object "{item.name}" is missing: bake the simulation first.',
                    )
                continue
            cache = getattr(modifier, "point_cache", None)
            if cache is None and modifier.type == "PARTICLE_SYSTEM":
                cache = modifier.particle_system.point_cache
            if cache is not None and not cache.is_baked and _moves(modifier):
                yield _unbaked(f'"{modifier.name}" of the object "{item.name}"')
    world = scene.rigidbody_world
    if world is not None and world.enabled and not world.point_cache.is_baked:
        yield _unbaked(f'Rigid bodies of the scene "{scene.name}"')


def _moves(modifier):
    if modifier.type != "PARTICLE_SYSTEM":
        return modifier.show_render
    settings = modifier.particle_system.settings
    # Hair without dynamics is the same in each frame.
    return settings.type != "HAIR" or modifier.particle_system.use_hair_dynamics


def _unbaked(what):
    return (
        "warning", "missing-file",
        f"The simulation {what} is not baked: frames that are rendered apart from each other may not fit together.",
    )


def _sounds_and_clips(_scene):
    for sound in bpy.data.sounds:
        path = absolute(sound.filepath, library=sound.library)
        if not sound.packed_file and sound.users and not os.path.isfile(path):
            yield "warning", "missing-file", f'The sound "{path}" is missing.'
    for clip in bpy.data.movieclips:
        path = absolute(clip.filepath, library=clip.library)
        if clip.users and not os.path.isfile(path):
            yield "error", "missing-file", f'The movie clip "{path}" is missing.'


def _file_outputs(scene):
    tree = overrides.compositor(scene)
    if tree is None or not scene.render.use_compositing:
        return
    for node in tree.nodes:
        if node.bl_idname == "CompositorNodeOutputFile" and not node.mute:
            yield (
                "warning", "output-not-writable",
                f'The compositor node "{node.name}" writes files of its own, which Nightshift can\'t check.',
            )


def _handlers(_scene):
    """With auto-execution off, Python that drives the scene does not run."""
    if getattr(bpy.app, "autoexec_fail", False):
        what = bpy.app.autoexec_fail_message
        yield (
            "warning", "not-trusted",
            f"The scene carries Python that was not run ({what}), because this folder is not trusted.",
        )
