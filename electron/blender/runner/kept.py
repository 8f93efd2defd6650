"""A scene that Blender keeps from one frame to the next (its Persistent Data), and where that comes out wrong.

What is measured on which Blender stands in docs/blender.md.
"""

import bpy

from . import guard, overrides


def prepare(scene, keep, saved):
    """Before a frame: `off` builds its scene anew, `begin` does and keeps it, `go-on` takes what the frame before has left;
    None: as is saved in the scene. `saved`: its own setting, by which view layers of one frame share what they have."""
    render = scene.render
    if keep is None:
        return
    if keep != "go-on" and render.use_persistent_data:
        # Switching it off is what lets go of everything.
        render.use_persistent_data = False
    if (keep != "off" or saved) and not render.use_persistent_data:
        render.use_persistent_data = True


def obstacle(scene, simulation):
    """Why this scene is not kept, as the end of a sentence; None: nothing is known that stands in the way."""
    if scene.render.engine != "CYCLES":
        return "only Cycles can keep one"
    if simulation is not None:
        return "a simulation is not baked"
    return next((what for what, is_there in _KNOWN if is_there(scene)), None)


def _has_hair(scene):
    """Hair is made anew with other thicknesses (4.3, 5.2); what is emitted is made by the same code."""
    return any(len(item.particle_systems) for item in bpy.data.objects)


def _has_loose_sequence(_scene):
    """A sequence or movie that is not refreshed shows the picture of the first frame for ever (4.3, 5.2)."""
    return any(
        getattr(node, "image_user", None) is not None
        and getattr(node, "image", None) is not None
        and node.image.source in ("SEQUENCE", "MOVIE")
        and not node.image_user.use_auto_refresh
        for _, tree in guard.shader_trees()
        for node in tree.nodes
    )


def _is_diced(scene):
    """Adaptive subdivision is diced for the camera of the first frame (4.3)."""
    if any(modifier.type == "SUBSURF" and getattr(modifier, "use_adaptive_subdivision", False) for modifier in _modifiers()):
        return True
    if getattr(scene.cycles, "feature_set", "EXPERIMENTAL") != "EXPERIMENTAL":
        return False
    return any(getattr(getattr(item, "cycles", None), "use_adaptive_subdivision", False) for item in bpy.data.objects)


def _has_volume_files(_scene):
    return any(item.type == "VOLUME" for item in bpy.data.objects) or any(one.type == "FLUID" for one in _modifiers())


def _shows_other_scenes(scene):
    """What is kept belongs to one scene, and can be let go for that one alone."""
    if scene.sequence_editor is not None:
        if any(strip.type == "SCENE" for strip in overrides.strips(scene.sequence_editor, nested=True)):
            return True
    return any(
        node.bl_idname == "CompositorNodeRLayers" and node.scene not in (None, scene)
        for _, tree in overrides.compositor_trees([scene])
        for node in tree.nodes
    )


def _writes_more(scene):
    """Only the frame itself can be compared."""
    return any(True for _ in guard.writers(scene))


_KNOWN = (
    ("particles or hair", _has_hair),
    ("an image sequence without Auto Refresh", _has_loose_sequence),
    ("adaptive subdivision", _is_diced),
    ("volumes from files, or fluids", _has_volume_files),
    ("Alembic or USD files", lambda _: len(bpy.data.cache_files) > 0),
    ("Grease Pencil", lambda _: any(item.type in ("GPENCIL", "GREASEPENCIL") for item in bpy.data.objects)),
    ("Freestyle", lambda scene: scene.render.use_freestyle),
    ("scripts of Open Shading Language", lambda scene: getattr(scene.cycles, "shading_system", False)),
    ("it shows other scenes", _shows_other_scenes),
    ("its compositor writes files of its own", _writes_more),
)


def _modifiers():
    return (modifier for item in bpy.data.objects for modifier in item.modifiers)
