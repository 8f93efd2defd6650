"""Opens a shot: the .blend, then the script, then the overrides; and tells what will come of it."""

import json
import os
import re
import sys
import traceback

import bpy

from . import file_scenes, graphics, guard, images, kept, overrides, simulations, stereo
from .memory import peak_mb
from .paths import BadTemplate, absolute, filled, has_templates
from .refusal import Refusal, listed

# The rows of shared/formats.ts, by Blender's own identifiers.
with open(os.path.join(os.path.dirname(__file__), "formats.json"), encoding="utf-8") as rows:
    FORMATS = json.load(rows)


class Shot:
    """What is open now."""

    def __init__(self, scene_name, movie_extension, movie_settings, device, device_warning, graphics_warning):
        self._scene_name = scene_name
        # `cpu` or `gpu`; and why it is not what the shot or the scene asks for.
        self.device = device
        self.device_warning = device_warning
        self.graphics_warning = graphics_warning
        self.movie_extension = movie_extension
        # Whether its own setting is to keep what was built, which holds within each frame.
        self.keeps = self.scene.render.use_persistent_data
        # What has to be gone through in order; None where every frame stands for itself.
        self.simulation = None
        # Whether that may be baked into a folder of ours first.
        self.may_bake = False
        # The image settings as saved, to be put back while the movie is encoded.
        self.movie_settings = movie_settings

    @property
    def scene(self):
        """Looked up each time: a handler may have replaced the data that we saw last."""
        return bpy.data.scenes[self._scene_name]


def open_shot(request):
    _load(request["blend"])
    if request["script"]:
        _run_script(request["script"], request["params"], request["blend"])
    scene = _chosen_scene(request["scene"])
    extension, settings = _movie(scene, request["format"])
    device, warning = overrides.apply(scene, request, FORMATS, extension is not None)
    if request.get("framesOnly"):
        guard.leave_out_writers(scene)
    guard.refuse_programs()
    guard.refuse_caches()
    _check_camera(scene)
    stereo.check(scene)
    shot = Shot(scene.name, extension, settings, device, warning, graphics.spare_compositor(scene))
    shot.simulation = simulations.find(scene, request.get("frames"))
    shot.may_bake = request.get("simulations") == "bake"
    if shot.simulation is not None and request.get("simulationCache"):
        shot.simulation.read_from(scene, request["simulationCache"])
    return shot


def facts(shot):
    scene = shot.scene
    render = scene.render
    width, height = stereo.picture_size(scene)
    camera = overrides.usable_camera(scene)
    scenes = file_scenes.listing()
    return {
        "scene": scene.name,
        **({"scenes": scenes} if scenes else {}),
        "frameStart": scene.frame_start,
        "frameEnd": scene.frame_end,
        "frameStep": scene.frame_step,
        "width": width,
        "height": height,
        "engine": render.engine,
        "device": shot.device,
        "format": render.image_settings.file_format,
        "extension": render.file_extension,
        "fps": render.fps / render.fps_base,
        "samples": overrides.samples(scene),
        "camera": camera.name if camera else None,
        "savedOutput": _saved_output(scene),
        "otherOutputs": sorted({*guard.other_outputs(scene), *simulations.disk_caches()}),
        "otherFiles": guard.other_files(scene),
        "movie": {"extension": shot.movie_extension} if shot.movie_extension else None,
        "inputs": sorted({os.path.abspath(path) for path in (*_paths(), *images.tile_paths())}),
        "settings": overrides.settings(scene),
        "simulation": _simulation(shot),
        "builtAnew": kept.obstacle(scene, shot.simulation),
        "memoryMb": peak_mb(),
    }


def _simulation(shot):
    found = shot.simulation
    if found is None:
        return None
    return {"first": found.first, "names": found.names[:20], "more": max(0, len(found.names) - 20), "bakeable": found.bakeable}


def _paths():
    """Of a sequence Blender tells one file, of a tiled image its pattern."""
    return (path for path in bpy.utils.blend_paths(absolute=True) if not images.is_tile_pattern(path))


def _load(blend):
    if not blend:
        # An empty scene for the script to fill; the user's preferences stay as they are.
        bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
        return
    if not os.path.isfile(blend):
        raise Refusal("missing-file", f'The scene "{blend}" does not exist.')
    if os.path.getsize(blend) == 0:
        # As after a save that a full disk cut off. Blender speaks of its format.
        raise Refusal("unreadable-scene", f'The scene "{blend}" is empty: its file has no bytes in it.')
    try:
        with simulations.caches_aside():
            bpy.ops.wm.open_mainfile(filepath=blend, load_ui=False, use_scripts=guard.TRUSTED)
    except RuntimeError as error:
        newer = _newer_version(blend)
        if newer is None:
            raise _unreadable(blend, str(error)) or error from None
        raise Refusal(
            "newer-blender-needed",
            f'The scene "{blend}" was saved by Blender {newer}, which this {bpy.app.version_string} can\'t read.',
            evidence=str(error).splitlines(),
        ) from None


# What Blender says of a file that it took for one of its own.
_DAMAGED = re.compile(r"Missing DNA|Failed to read blend file|incomplete|insufficient", re.IGNORECASE)
# The file as it is, compressed by Blender, or compressed by an old one.
_BEGINS = (b"BLENDER", b"\x28\xb5\x2f\xfd", b"\x1f\x8b")


def _unreadable(blend, said):
    """What is wrong with the bytes of a file; None: something else kept Blender from reading it."""
    with open(blend, "rb") as file:
        is_blend = file.read(7).startswith(_BEGINS)
    if not is_blend:
        return Refusal(
            "unreadable-scene",
            f'The file "{blend}" is not a Blender file: something else is in it.',
            "Restore it from a backup such as the .blend1 beside it, or correct the path in the shot file.",
            said.splitlines(),
        )
    if _DAMAGED.search(said) is None:
        return None
    return Refusal(
        "unreadable-scene",
        f'The file "{blend}" is damaged: a part of it is missing or wrong.',
        "Copy it here again, or restore it from a backup such as the .blend1 beside it.",
        said.splitlines(),
    )


def _newer_version(blend):
    """The version in an uncompressed file's header, such as `5.0`, if it is newer than this Blender."""
    with open(blend, "rb") as file:
        header = file.read(17)
    # Up to 4.x: BLENDER, pointer size, byte order, v403. From 5.0 on: BLENDER17-01v0500.
    found = re.match(rb"BLENDER(?:[-_][vV](\d{3})|\d\d-\d\dv(\d{4}))", header)
    if found is None:
        return None
    major, minor = divmod(int(found[1] or found[2]), 100)
    return f"{major}.{minor}" if (major, minor) > bpy.app.version[:2] else None


def _run_script(script, params, blend):
    """Runs the shot's own Python. It finds `params` as a name, `PARAMS` as well, and `--key value` after `--`."""
    if not guard.TRUSTED:
        raise Refusal(
            "not-trusted", f'The script "{script}" was not run, because this folder is not trusted.'
        )
    try:
        with open(script, "rb") as file:
            source = file.read()
    except OSError as error:
        raise Refusal("missing-file", f'The script "{script}" cannot be read: {error.strerror}.') from None
    folder = os.path.dirname(script)
    sys.path.insert(0, folder)
    os.chdir(folder)
    sys.argv[:] = _script_arguments(script, params, blend)
    namespace = {"__name__": "__main__", "__file__": script, "params": params, "PARAMS": params}
    try:
        exec(compile(source, script, "exec"), namespace)
    except MemoryError:
        raise
    except SystemExit as end:
        if end.code not in (None, 0):
            raise _script_error(script, end) from None
    except BaseException as error:  # noqa: BLE001 - any error of the script is the script's error
        raise _script_error(script, error) from None


def _script_arguments(script, params, blend):
    words = [sys.argv[0], "-b", *([blend] if blend else []), "--python", script, "--"]
    for key, value in params.items():
        words += [f"--{key}", value if isinstance(value, str) else json.dumps(value)]
    return words


def _script_error(script, error):
    """Names the last line of the script itself that led to the error, which may have come from deeper."""
    trace = traceback.TracebackException.from_exception(error)
    lines = [frame.lineno for frame in trace.stack if frame.filename == script]
    if isinstance(error, SyntaxError) and error.filename == script:
        lines.append(error.lineno)
    place = f"line {lines[-1]} of " if lines else ""
    kind = type(error).__name__
    what = " ".join(str(error).split())[:500]
    frames = [frame for frame in trace.stack if not frame.filename.startswith(os.path.dirname(__file__))]
    trace.stack[:] = frames
    text = "".join(trace.format()).splitlines()
    for line in text:
        print(line, file=sys.stderr)
    return Refusal(
        "script-error",
        f'The script stopped at {place}"{os.path.basename(script)}": {kind}{": " if what else ""}{what}.',
        evidence=text,
    )


def _chosen_scene(name):
    if name is None:
        return bpy.context.scene
    scene = bpy.data.scenes.get(name)
    if scene is None:
        raise Refusal(
            "not-in-scene",
            f'There is no scene named "{name}". The file has: {listed(bpy.data.scenes.keys())}.',
        )
    if bpy.context.window is not None:
        bpy.context.window.scene = scene
    return scene


def _movie(scene, wanted_format):
    """The movie's extension and saved image settings, where the scene's output is a movie that the shot keeps."""
    render = scene.render
    if wanted_format is not None or not render.is_movie_format:
        return None, None
    kept = render.filepath, render.use_file_extension
    render.filepath, render.use_file_extension = os.path.join(os.sep, "movie"), True
    extension = os.path.splitext(render.frame_path(frame=1))[1]
    render.filepath, render.use_file_extension = kept
    settings = render.image_settings
    names = ("media_type", "file_format", "color_mode", "color_depth")
    return extension, {name: getattr(settings, name) for name in names if hasattr(settings, name)}


def _check_camera(scene):
    if overrides.usable_camera(scene) is None and overrides.needs_camera(scene):
        raise Refusal("no-camera", f'The scene "{scene.name}" has no camera, so there is nothing to see.')


def _saved_output(scene):
    """The saved path split into an absolute folder and a name with `#`, as Blender would resolve both; or what is wrong with it."""
    raw = scene.render.filepath
    try:
        path = filled(scene, raw)
    except BadTemplate as wrong:
        # Frames that go elsewhere don't mind.
        return {"directory": os.path.abspath(absolute("//")), "pattern": "####", "problem": str(wrong)}
    saved = _split(path, raw)
    cameras = overrides.bound_cameras(scene) if "{camera_name" in raw and has_templates() else []
    if len({camera for _, camera in cameras}) < 2:
        return saved
    kept, told = scene.camera, []
    for frame, scene.camera in cameras:
        told.append((frame, _split(filled(scene, raw), raw)))
    scene.camera = kept
    if len({each["directory"] for _, each in told}) > 1:
        wrong = f'"{raw}" (each camera has a folder of its own there, and Nightshift puts the frames of a shot into one)'
        return {**saved, "problem": wrong}
    # Before the first marker its camera is there already.
    patterns = [{"from": frame, "pattern": each["pattern"]} for frame, each in told]
    return {**told[0][1], "patterns": patterns}


def _split(path, raw):
    is_folder = path.endswith(("/", os.sep)) or not raw
    # Without a saved .blend, `//` means nothing: Blender then uses the working directory.
    path = os.path.abspath(path)
    directory, name = (path, "") if is_folder else os.path.split(path)
    stem, suffix = os.path.splitext(name)
    if any(suffix.lower() == f".{ending}" for row in FORMATS.values() for ending in row["endings"]):
        name = stem
    return {"directory": directory, "pattern": name if "#" in name else f"{name}####"}
