"""What a shot file changes of the scene's render settings."""

import os
import tempfile

import bpy

from . import devices
from .refusal import Refusal, listed


# Whether this Blender can write a format that builds leave out, by identifier: its words where it can't. Whatever a
# shot does, the build stays the same.
_tried = {}


def apply(scene, request, formats, is_movie):
    """`formats`: the rows of shared/formats.ts. Tells what the scene then renders on, `cpu` or `gpu`, and a warning about that or None."""
    render = request["render"]
    if request["camera"] is not None:
        _set_camera(scene, request["camera"])
    if request["viewLayers"] is not None:
        _set_view_layers(scene, request["viewLayers"])
    if render["engine"] is not None:
        _set_engine(scene, render["engine"])
    if render["width"] is not None:
        scene.render.resolution_x = render["width"]
    if render["height"] is not None:
        scene.render.resolution_y = render["height"]
    if render["percentage"] is not None:
        scene.render.resolution_percentage = round(render["percentage"])
    if render["samples"] is not None:
        _set_samples(scene, render["samples"])
    elif render.get("samplesTimes") is not None and samples(scene) is not None:
        _set_samples(scene, max(1, round(samples(scene) * render["samplesTimes"])))
    if render["denoise"] is not None and hasattr(scene, "cycles"):
        scene.cycles.use_denoising = render["denoise"]
    # Only Cycles chooses a device; the other engines draw with what the display has.
    device, warning = "cpu", None
    if scene.render.engine == "CYCLES":
        device, warning = devices.use(scene, render["device"], request["gpu"])
    _set_format(scene, "PNG" if is_movie else request["format"], formats)
    if request["colorDepth"] is not None:
        _set_color_depth(scene, request["colorDepth"], formats)
    written = scene.render.image_settings.file_format
    if formats[written].get("mayBeLeftOut"):
        _check_written(scene, written, formats[written]["endings"][0])
    devices.check_denoiser(scene)
    return device, warning


def usable_camera(scene):
    """The scene's camera, or the one that a marker will bind. Blender looks for no other in the background."""
    if scene.camera is not None:
        return scene.camera
    return next((camera for _, camera in bound_cameras(scene)), None)


def bound_cameras(scene):
    """
    The frames at which markers switch to a camera, ascending, each with its camera. As Blender decides
    (BKE_scene_camera_switch_find): one that is not rendered is passed over, and of several at a frame the first counts.
    """
    bound = {}
    for marker in scene.timeline_markers:
        if marker.camera and not marker.camera.hide_render:
            bound.setdefault(marker.frame, marker.camera)
    return sorted(bound.items(), key=lambda item: item[0])


def needs_camera(scene):
    """The sequencer, and a compositor without render layers, make pictures without one."""
    editor = scene.sequence_editor
    if scene.render.use_sequencer and editor is not None:
        if any(strip.type not in ("SOUND", "SCENE") and not strip.mute for strip in strips(editor)):
            return False
    tree = compositor(scene)
    if scene.render.use_compositing and tree is not None:
        return any(node.bl_idname == "CompositorNodeRLayers" for node in tree.nodes)
    return True


def strips(parent, nested=False):
    """Those of the sequencer or of a meta strip; `nested`: all of the sequencer. From 4.4 on sequences are called strips."""
    name = "strips" if hasattr(parent, "strips") else "sequences"
    return getattr(parent, f"{name}_all" if nested else name)


def compositor(scene):
    """The compositor's node tree that is in use, or None. 5.x keeps it as a data-block of its own."""
    if hasattr(scene, "compositing_node_group"):
        return scene.compositing_node_group
    return scene.node_tree if scene.use_nodes else None


def compositor_trees(scenes):
    """The node trees of the scenes' compositors, with the groups in them, each once and with the first scene that uses it."""
    seen = set()
    for scene in scenes:
        waiting = [compositor(scene)]
        while waiting:
            tree = waiting.pop()
            if tree is None or tree in seen:
                continue
            seen.add(tree)
            yield scene, tree
            waiting += [getattr(node, "node_tree", None) for node in tree.nodes]


def samples(scene):
    """Samples a pixel, or None for an engine that does not count them."""
    engine = scene.render.engine
    if engine == "CYCLES" and hasattr(scene, "cycles"):
        return scene.cycles.samples
    if engine.startswith("BLENDER_EEVEE"):
        return scene.eevee.taa_render_samples
    return None


def settings(scene):
    """What the scene renders with, for who wants to see it; None where its engine has no such thing."""
    camera = usable_camera(scene)
    bound = [{"from": frame, "camera": bound.name} for frame, bound in bound_cameras(scene)]
    cycles = scene.render.engine == "CYCLES" and hasattr(scene, "cycles")
    return {
        "scene": scene.name,
        "camera": camera.name if camera else None,
        **({"cameras": bound} if bound else {}),
        "viewLayers": [layer.name for layer in scene.view_layers if layer.use],
        "samples": samples(scene),
        "percentage": scene.render.resolution_percentage,
        "denoise": scene.cycles.use_denoising if cycles else None,
        "colorDepth": int(scene.render.image_settings.color_depth),
    }


def _set_samples(scene, count):
    engine = scene.render.engine
    if engine == "CYCLES" and hasattr(scene, "cycles"):
        scene.cycles.samples = count
    elif engine.startswith("BLENDER_EEVEE"):
        scene.eevee.taa_render_samples = count
    else:
        print(f"Warning: {engine} has no sample count that could be set to {count}")


def _set_camera(scene, name):
    found = scene.objects.get(name)
    if found is None or found.type != "CAMERA":
        cameras = [item.name for item in scene.objects if item.type == "CAMERA"]
        raise Refusal(
            "not-in-scene",
            f'There is no camera named "{name}" in the scene "{scene.name}". It has: {listed(cameras)}.',
        )
    # A marker that binds another camera would take over at its frame; each that is taken away lets the others do so at once.
    for marker in scene.timeline_markers:
        marker.camera = None
    scene.camera = found


def _set_view_layers(scene, names):
    known = scene.view_layers.keys()
    for name in names:
        if name not in known:
            raise Refusal(
                "not-in-scene",
                f'There is no view layer named "{name}" in the scene "{scene.name}". It has: {listed(known)}.',
            )
    scene.render.use_single_layer = False
    for layer in scene.view_layers:
        layer.use = layer.name in names


def _set_engine(scene, wanted):
    """EEVEE is BLENDER_EEVEE_NEXT from 4.2 to 4.5 only."""
    eevee = "BLENDER_EEVEE_NEXT" if (4, 2, 0) <= bpy.app.version < (5, 0, 0) else "BLENDER_EEVEE"
    known = {
        "cycles": "CYCLES",
        "workbench": "BLENDER_WORKBENCH",
        "eevee": eevee,
        "blender_eevee": eevee,
        "blender_eevee_next": eevee,
    }
    try:
        scene.render.engine = known.get(wanted.lower(), wanted)
    except TypeError as error:
        raise Refusal(
            "engine-not-available",
            f'This Blender {bpy.app.version_string} has no render engine "{wanted}".',
            evidence=[str(error)],
        ) from None


def _set_format(scene, wanted, formats):
    settings = scene.render.image_settings
    if wanted is not None:
        if hasattr(settings, "media_type"):
            many = wanted == "OPEN_EXR_MULTILAYER"
            settings.media_type = "MULTI_LAYER_IMAGE" if many else "IMAGE"
        try:
            settings.file_format = wanted
        except TypeError:
            since = formats[wanted].get("since")
            newer = f"; Blender {since} and newer can" if since else ""
            raise Refusal(
                "format-not-supported",
                f"This Blender {bpy.app.version_string} can't write {wanted}{newer}.",
            ) from None
    if settings.file_format not in formats:
        raise Refusal(
            "format-not-supported",
            f'The scene is saved as {settings.file_format}, which Nightshift can\'t check for being whole.',
        )


def _check_written(scene, wanted, ending):
    """A build may list the format and have no encoder for it (Debian's 5.2): then no frame would ever be written."""
    if wanted not in _tried:
        _tried[wanted] = _try(scene, ending)
    if _tried[wanted] is not None:
        raise Refusal(
            "format-not-supported",
            f"This Blender {bpy.app.version_string} lists {wanted}, but was built without what writes it.",
            "Choose another format in the shot file, such as `format: PNG`, or render the shot with a Blender from blender.org.",
            _tried[wanted],
        )


def _try(scene, ending):
    """What Blender says where it does not write a small picture; None: it writes it."""
    with tempfile.TemporaryDirectory(prefix=f"{ending}-") as folder:
        file = os.path.join(folder, f"try.{ending}")
        image = bpy.data.images.new("Nightshift", 8, 8)
        try:
            image.save_render(file, scene=scene)
            said = "Nothing was written."
        except RuntimeError as error:
            said = str(error)
        finally:
            bpy.data.images.remove(image)
        if os.path.exists(file) and os.path.getsize(file) > 0:
            return None
        # Unless it is the folder that takes no file; that is another failure, and may pass.
        with open(file, "wb") as probe:
            probe.write(bytes(4096))
        return said.splitlines()


def _set_color_depth(scene, depth, formats):
    settings = scene.render.image_settings
    try:
        settings.color_depth = str(depth)
    except TypeError as error:
        raise Refusal(
            "format-not-supported",
            f"{settings.file_format} can't be written with a color depth of {depth} bits.",
            f"Take the color_depth line out of the shot file, or choose one that the format has: {' or '.join(map(str, formats[settings.file_format]['depths']))}.",
            [str(error)],
        ) from None
