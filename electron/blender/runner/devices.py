"""GPUs and denoisers: what this build of Blender and this machine have, and which of it a shot renders on."""

import bpy

from .refusal import Refusal

# Best first, as Cycles renders fastest on them.
_GPU_KINDS = ("OPTIX", "CUDA", "HIP", "METAL", "ONEAPI")

_NONE_FOUND = "Blender finds no GPU on this machine that Cycles can use"


def listing():
    """The GPUs of one kind: the one that the preferences choose, else the best there is.

    `on`: it is used. Without a choice in the preferences (`chosen` false) all of them are.
    """
    preferences = cycles_preferences()
    kind, chosen = (None, False) if preferences is None else _kind(preferences)
    found = [] if kind is None else _gpus(preferences, kind)
    return {
        "chosen": chosen,
        "devices": [
            {"kind": kind, "id": device.id, "name": device.name, "on": device.use or not chosen}
            for device in found
        ],
    }


def use(scene, wanted, gpu):
    """Makes a Cycles scene render where it should; tells where that is, and a warning or None.

    wanted: `cpu`, `gpu`, `gpu-or-cpu`, or None for what the scene was saved with.
    gpu: `kind` and `id` of the one GPU that this Blender may use; None: all that are on.
    """
    if wanted == "cpu":
        scene.cycles.device = "CPU"
    if wanted is None and scene.cycles.device != "GPU" or wanted == "cpu":
        return "cpu", None
    preferences = cycles_preferences()
    kind, chosen = (None, False) if preferences is None else _kind(preferences)
    if gpu is not None:
        _enable_only(preferences, gpu)
    elif kind is None and wanted == "gpu":
        raise Refusal("device-not-available", f"The shot asks for a GPU, but {_NONE_FOUND}.")
    elif kind is None:
        # Blender would do the same, and not say a word.
        scene.cycles.device = "CPU"
        return "cpu", f"The shot is rendered on the CPU, because {_NONE_FOUND}."
    elif not chosen:
        _enable(preferences, kind, {device.id for device in _gpus(preferences, kind)})
    scene.cycles.device = "GPU"
    return "gpu", None


def choice():
    """Which devices the preferences name, to be put back after a shot that chose others."""
    preferences = cycles_preferences()
    if preferences is None:
        return None
    return preferences.compute_device_type, {(d.type, d.id): d.use for d in preferences.devices}


def restore(chosen):
    if chosen is None or chosen == choice():
        return
    kind, used = chosen
    preferences = cycles_preferences()
    try:
        preferences.compute_device_type = kind
    except TypeError:
        # A kind that this build does not know was never chosen.
        pass
    for device in preferences.devices:
        # One that was found since is as Cycles adds it: GPUs on, the CPU off.
        device.use = used.get((device.type, device.id), device.type != "CPU")


def has_gpu():
    preferences = cycles_preferences()
    return preferences is not None and _kind(preferences)[1]


def cycles_preferences():
    addon = bpy.context.preferences.addons.get("cycles")
    return addon.preferences if addon else None


def can_denoise(scene):
    """False where Cycles would end a frame with `Failed to denoise`, and no file."""
    try:
        import _cycles
    except ImportError:
        return True
    if getattr(_cycles, "with_openimagedenoise", True):
        return True
    return scene.cycles.denoiser == "OPTIX" and has_gpu()


def wants_denoising(scene):
    if scene.render.engine != "CYCLES" or not scene.cycles.use_denoising:
        return False
    layers = [layer for layer in scene.view_layers if layer.use]
    return any(getattr(layer.cycles, "use_denoising", True) for layer in layers)


def check_denoiser(scene):
    if wants_denoising(scene) and not can_denoise(scene):
        raise Refusal(
            "denoiser-not-available",
            f"The scene asks for denoising, but this Blender {bpy.app.version_string} was built without a denoiser.",
        )


def _kind(preferences):
    """The kind of GPU to use, or None; and whether the preferences choose it."""
    kind = preferences.compute_device_type
    if kind not in ("", "NONE") and any(device.use for device in _gpus(preferences, kind)):
        return kind, True
    known = [kind for kind, *_ in preferences.get_device_types(bpy.context)]
    return next((k for k in _GPU_KINDS if k in known and _gpus(preferences, k)), None), False


def _enable_only(preferences, gpu):
    there = [] if preferences is None else _gpus(preferences, gpu["kind"])
    if not any(device.id == gpu["id"] for device in there):
        raise Refusal("device-not-available", f'The GPU "{gpu["name"]}" is not there any more.')
    _enable(preferences, gpu["kind"], {gpu["id"]})


def _enable(preferences, kind, ids):
    """Exactly these, in this process alone: nobody saves these preferences."""
    preferences.compute_device_type = kind
    for device in preferences.devices:
        device.use = device.type == kind and device.id in ids


def _gpus(preferences, kind):
    """The GPUs of one kind; Cycles looks for them only when asked. None where this build does not know the kind."""
    try:
        found = list(preferences.get_devices_for_type(kind) or ())
    except (AttributeError, TypeError, ValueError):
        return []
    return [device for device in found if device.type == kind]
