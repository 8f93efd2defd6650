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
    rest = (_fluids, _file_outputs, _handlers)
    if shot.device_warning is not None:
        found.append({"severity": "warning", "cause": "device-not-available", "message": shot.device_warning})
    if shot.graphics_warning is not None:
        found.append({"severity": "warning", "cause": "graphics-not-available", "message": shot.graphics_warning})
    given = scene, sorted(frames), Used(scene), series.Folders()
    said = [check(scene) for check in checks] + [look(*given) for look in files] + [check(scene) for check in rest]
    said.append(_simulation(shot))
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
        if library.packed_file or getattr(library, "is_archive", False):
            continue
        if not os.path.isfile(absolute(library.filepath)) and _is_read(library):
            yield (
                "error", "missing-file",
                f'The linked library "{library.filepath}" is missing: what it holds will not be in the picture.',
            )


def _is_read(library):
    """What was linked and packed (5.x) belongs to an archive within the scene; its library may hold nothing any more."""
    if "is_linked_packed" not in bpy.types.ID.bl_rna.properties:
        return True
    # Not `users_id`, which knows a part of all kinds only: no volumes, for one.
    return any(item.library == library and not item.is_linked_packed for item in bpy.data.user_map())


def _fonts(_scene, _frames, used, _folders):
    for font in bpy.data.fonts:
        if font.filepath in ("", "<builtin>") or font.packed_file or not font.users:
            continue
        path = absolute(font.filepath, library=font.library)
        if not os.path.isfile(path) and used.has(font):
            yield "error", "missing-file", f'The font "{path}" is missing: its text will look different.'


def _fluids(scene):
    """A domain that replays simulates by itself; the others show what was baked."""
    for item in scene.objects:
        for modifier in item.modifiers:
            settings = getattr(modifier, "domain_settings", None)
            if settings is None or settings.cache_type == "REPLAY":
                continue
            folder = absolute(settings.cache_directory)
            if not os.path.isdir(folder):
                yield (
                    "error", "missing-file",
                    f'The fluid cache "{folder}" of the object "{item.name}" is missing: bake the simulation first.',
                )


def _simulation(shot):
    """Why the frames of a shot are rendered one after the other."""
    found = shot.simulation
    if found is None:
        return
    more = len(found.names) - 1
    several = more > 0 or found.names[0].startswith("The rigid bodies")
    them, are = ("them", "are") if several else ("it", "is")
    what = found.names[0] + (f" and {more} more simulation{'s' if more > 1 else ''}" if more else "")
    what += f" {are} not baked"
    if shot.may_bake and found.bakeable:
        text = f"{what}: Nightshift bakes {them} into a folder of its own before the first frame."
    else:
        can = ", and can't be baked into a folder of Nightshift's" if shot.may_bake else ""
        text = (
            f"{what}{can}: the frames are rendered by one worker in order, simulated from frame {found.first} on. "
            f"Bake {them} to use all workers."
        )
    yield "warning", "simulation-not-baked", text


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
