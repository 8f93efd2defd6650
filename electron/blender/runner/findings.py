"""The preflight of an open scene: what would spoil the night, told before it starts."""

import os
import traceback

import bpy

from . import caches, devices, graphics, guard, images, overrides, series, strips
from .paths import absolute
from .used import Used

_MOST = 200


def inspect(shot, frames):
    """A list of findings for the frames that are rendered: severity, cause, message. At most 200 are told."""
    scene = shot.scene
    found = []
    checks = (_version, _camera, graphics.findings, _denoiser, _libraries)
    files = (images.missing, _fonts, caches.missing, _sounds_and_clips, strips.missing)
    rest = (_simulations, _file_outputs, _handlers)
    if shot.device_warning is not None:
        found.append({"severity": "warning", "cause": "device-not-available", "message": shot.device_warning})
    if shot.graphics_warning is not None:
        found.append({"severity": "warning", "cause": "graphics-not-available", "message": shot.graphics_warning})
    given = scene, sorted(frames), Used(scene), series.Folders()
    said = [check(scene) for check in checks] + [look(*given) for look in files] + [check(scene) for check in rest]
    for check in said:
        found += [{"severity": s, "cause": c, "message": m} for s, c, m in _as_far(check)]
    if len(found) > _MOST:
        more = len(found) - _MOST
        last = {"severity": "warning", "cause": "missing-file", "message": f"There are {more} more findings."}
        found = found[:_MOST] + [last]
    return found


def _as_far(check):
    """What one look finds until it fails: data that another Blender calls by other names is no reason not to look on."""
    try:
        yield from check
    except (AttributeError, TypeError, ValueError):
        traceback.print_exc()


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
        # Packed as a file, or (from 5.0 on) what is used of it is packed: nothing is read from the disk.
        if library.packed_file or getattr(library, "is_archive", False) or not _is_read(library):
            continue
        if not os.path.isfile(absolute(library.filepath)):
            yield (
                "error", "missing-file",
                f'The linked library "{library.filepath}" is missing: what it holds will not be in the picture.',
            )


def _is_read(library):
    """What was linked and packed (5.x) belongs to an archive within the scene; its library may hold nothing any more."""
    return any(not getattr(item, "is_linked_packed", False) for item in library.users_id)


def _fonts(_scene, _frames, used, _folders):
    for font in bpy.data.fonts:
        if font.filepath in ("", "<builtin>") or font.packed_file or not font.users:
            continue
        path = absolute(font.filepath, library=font.library)
        if not os.path.isfile(path) and used.has(font):
            yield "error", "missing-file", f'The font "{path}" is missing: its text will look different.'


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
            cache = caches.point_cache(modifier)
            baked = cache is None or cache.is_baked or cache.use_external
            if not baked and _moves(modifier):
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


def _sounds_and_clips(_scene, frames, used, folders):
    for sound in bpy.data.sounds:
        path = absolute(sound.filepath, library=sound.library)
        if not sound.packed_file and sound.users and not os.path.isfile(path) and used.has(sound):
            yield "warning", "missing-file", f'The sound "{path}" is missing.'
    for clip in bpy.data.movieclips:
        path = absolute(clip.filepath, library=clip.library)
        if not clip.users or not used.has(clip):
            continue
        if clip.source == "SEQUENCE":
            yield from _clip_sequence(clip, path, frames, folders)
        elif not os.path.isfile(path):
            yield "error", "missing-file", f'The movie clip "{path}" is missing.'


def _clip_sequence(clip, path, frames, folders):
    """The number in its path is that of its first picture (get_sequence_filepath)."""
    first = series.number_of(path)
    if first is None:
        return

    def file_of(frame):
        at = frame - clip.frame_start
        return series.numbered(path, first + at + clip.frame_offset) if 0 <= at < clip.frame_duration else None

    late, files = series.missing(frames, file_of, folders)
    if late:
        of = f'the movie clip "{series.pattern(path)}"'
        yield "error", "missing-file", series.told(files, of, late, "what shows it will be empty")


def _file_outputs(scene):
    if not scene.render.use_compositing:
        return
    for each, node in guard.writers(scene):
        wrong = guard.unfilled(each, node)
        yield (
            "warning", "output-not-writable",
            f'The compositor node "{node.name}" writes files of its own, which Nightshift can\'t check.'
            if wrong is None
            else f'The compositor node "{node.name}" will not write its files: Blender can\'t fill in the path {wrong}.',
        )


def _handlers(_scene):
    """With auto-execution off, Python that drives the scene does not run."""
    if getattr(bpy.app, "autoexec_fail", False):
        what = bpy.app.autoexec_fail_message
        yield (
            "warning", "not-trusted",
            f"The scene carries Python that was not run ({what}), because this folder is not trusted.",
        )
