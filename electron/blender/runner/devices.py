"""GPUs and denoisers: what this build of Blender and this machine have."""

import bpy

from .refusal import Refusal

_GPU_KINDS = ("OPTIX", "CUDA", "HIP", "METAL", "ONEAPI")


def use(scene, device):
    """`cpu` or `gpu`, for Cycles. The user's own choice among several GPU kinds comes first."""
    if device == "cpu":
        scene.cycles.device = "CPU"
        return
    preferences = cycles_preferences()
    if preferences is None or not (_has_chosen_gpu(preferences) or _choose_gpu(preferences)):
        raise Refusal(
            "device-not-available",
            "The shot asks for a GPU, but Blender finds none on this machine that Cycles can use.",
        )
    scene.cycles.device = "GPU"


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
        device.use = used.get((device.type, device.id), device.use)


def has_gpu():
    preferences = cycles_preferences()
    return preferences is not None and _has_chosen_gpu(preferences)


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


def _has_chosen_gpu(preferences):
    kind = preferences.compute_device_type
    if kind in ("", "NONE"):
        return False
    return any(device.use and device.type == kind for device in _devices(preferences, kind))


def _choose_gpu(preferences):
    for kind in _GPU_KINDS:
        found = [device for device in _devices(preferences, kind) if device.type == kind]
        if not found:
            continue
        try:
            preferences.compute_device_type = kind
        except TypeError:
            continue
        for device in found:
            device.use = True
        return True
    return False


def _devices(preferences, kind):
    """The GPUs of one kind; none where this build does not know the kind."""
    try:
        return list(preferences.get_devices_for_type(kind) or ())
    except (AttributeError, TypeError, ValueError):
        return []
