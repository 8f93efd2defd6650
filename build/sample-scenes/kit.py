"""Small helpers that the sample scenes are built with. Colours are sRGB hex, lengths metres, angles degrees."""

import math

import bpy
from mathutils import Matrix, Vector


def linear(hex_colour):
    """`#rrggbb` as scene-linear RGBA."""
    parts = [int(hex_colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return (*(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts), 1.0)


def new_scene(frames, samples, look="AgX - Medium High Contrast", exposure=0.0):
    """An empty file with the settings that all samples share; no denoiser, so little noise to begin with."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    scene.frame_start, scene.frame_end = 1, frames
    scene.render.engine = "CYCLES"
    scene.render.resolution_x, scene.render.resolution_y = 480, 270
    scene.render.resolution_percentage = 100
    scene.render.filepath = "//renders/"
    scene.render.image_settings.file_format = "PNG"
    scene.render.use_persistent_data = True
    scene.view_settings.view_transform = "AgX"
    scene.view_settings.look = look
    scene.view_settings.exposure = exposure
    cycles = scene.cycles
    cycles.samples, cycles.use_denoising = samples, False
    # Blue noise at a fixed count, under a wide filter: the little noise that is left looks like fine film grain.
    cycles.use_adaptive_sampling, cycles.sampling_pattern = False, "BLUE_NOISE"
    cycles.sample_clamp_direct, cycles.sample_clamp_indirect = 20.0, 2.0
    cycles.max_bounces, cycles.diffuse_bounces, cycles.glossy_bounces = 4, 2, 2
    cycles.caustics_reflective = cycles.caustics_refractive = False
    cycles.filter_width = 2.0
    return scene


def material(name, colour, rough=0.5, metal=0.0, glow=None, strength=0.0, **inputs):
    """A Principled material; `inputs` sets further sockets by name, `_` for a space."""
    made = bpy.data.materials.new(name)
    made.use_nodes = True
    bsdf = made.node_tree.nodes["Principled BSDF"]
    bsdf.inputs["Base Color"].default_value = linear(colour)
    bsdf.inputs["Roughness"].default_value = rough
    bsdf.inputs["Metallic"].default_value = metal
    if glow:
        bsdf.inputs["Emission Color"].default_value = linear(glow)
        bsdf.inputs["Emission Strength"].default_value = strength
    for key, value in inputs.items():
        bsdf.inputs[key.replace("_", " ")].default_value = value
    return made


def ramp_glow(name, stops, strength, axis="Z", base="#000000", coordinates="Object", scale=1.0, lights=False):
    """A material that glows in a gradient along an axis; stops are (position 0..1, colour).

    Unless it `lights` its surroundings it is only seen, straight or mirrored: without noise and fast.
    """
    made = material(name, base, 0.9)
    if not lights:
        made.cycles.emission_sampling = "NONE"
    tree = made.node_tree
    bsdf = tree.nodes["Principled BSDF"]
    where = gradient(tree, stops, axis, coordinates, scale)
    tree.links.new(where, bsdf.inputs["Emission Color"])
    bsdf.inputs["Emission Strength"].default_value = strength
    bsdf.inputs["Specular IOR Level"].default_value = 0.0
    return made


def gradient(tree, stops, axis="Z", coordinates="Object", scale=1.0):
    """Output socket of a colour ramp over one axis; 0..1 is -1/scale..1/scale."""
    source = tree.nodes.new("ShaderNodeTexCoord")
    split = tree.nodes.new("ShaderNodeSeparateXYZ")
    to_unit = tree.nodes.new("ShaderNodeMapRange")
    to_unit.inputs["From Min"].default_value = -1 / scale
    to_unit.inputs["From Max"].default_value = 1 / scale
    ramp = colour_ramp(tree, stops)
    tree.links.new(source.outputs[coordinates], split.inputs[0])
    tree.links.new(split.outputs[axis], to_unit.inputs["Value"])
    tree.links.new(to_unit.outputs["Result"], ramp.inputs["Fac"])
    return ramp.outputs["Color"]


def colour_ramp(tree, stops, interpolation="EASE"):
    ramp = tree.nodes.new("ShaderNodeValToRGB")
    ramp.color_ramp.interpolation = interpolation
    elements = ramp.color_ramp.elements
    while len(elements) < len(stops):
        elements.new(0.5)
    for element, (position, colour) in zip(elements, stops):
        element.position, element.color = position, linear(colour)
    return ramp


def sky(stops, strength=1.0, seen=None):
    """A world gradient from below (0) over the horizon (0.5) to the zenith (1); `seen`: other strength for the camera."""
    world = bpy.data.worlds.new("Sky")
    bpy.context.scene.world = world
    world.use_nodes = True
    # A smooth gradient is found well enough by the rays that bounce off.
    world.cycles.sampling_method = "NONE"
    tree = world.node_tree
    background = tree.nodes["Background"]
    tree.links.new(gradient(tree, stops, "Z", "Generated"), background.inputs["Color"])
    background.inputs["Strength"].default_value = strength
    if seen is not None:
        rays = tree.nodes.new("ShaderNodeLightPath")
        pick = tree.nodes.new("ShaderNodeMapRange")
        pick.inputs["To Min"].default_value, pick.inputs["To Max"].default_value = strength, seen
        tree.links.new(rays.outputs["Is Camera Ray"], pick.inputs["Value"])
        tree.links.new(pick.outputs["Result"], background.inputs["Strength"])
    return world


def turn_sky(world, axis):
    """Lets the world's gradient run along another axis, so that one side is warm and one cool."""
    tree = world.node_tree
    split = next(n for n in tree.nodes if n.bl_idname == "ShaderNodeSeparateXYZ")
    target = split.outputs["Z"].links[0].to_socket
    tree.links.new(split.outputs[axis], target)


def mesh(name, vertices, faces, surface, smooth=False, at=(0, 0, 0)):
    data = bpy.data.meshes.new(name)
    data.from_pydata([tuple(v) for v in vertices], [], [tuple(f) for f in faces])
    data.polygons.foreach_set("use_smooth", [smooth] * len(data.polygons))
    data.materials.append(surface)
    data.update()
    return place(data, at, name)


def place(data, at=(0, 0, 0), name=None, turn=(0, 0, 0), scale=1.0):
    """One more object over the same data."""
    made = bpy.data.objects.new(name or data.name, data)
    made.location = at
    made.rotation_euler = [math.radians(a) for a in turn]
    made.scale = (scale,) * 3 if isinstance(scale, (int, float)) else scale
    bpy.context.scene.collection.objects.link(made)
    return made


def shine(thing):
    """Seen by the camera and in mirrors, but no light for its surroundings: that is a lamp's work."""
    thing.visible_diffuse = False
    return thing


def lathe(name, profile, surface, segments=48, smooth=True, at=(0, 0, 0)):
    """Turns a profile of (radius, height) points round Z."""
    vertices = [
        (r * math.cos(a), r * math.sin(a), z)
        for r, z in profile
        for a in (2 * math.pi * i / segments for i in range(segments))
    ]
    faces = [
        (row * segments + i, row * segments + (i + 1) % segments,
         (row + 1) * segments + (i + 1) % segments, (row + 1) * segments + i)
        for row in range(len(profile) - 1)
        for i in range(segments)
    ]
    return mesh(name, vertices, faces, surface, smooth, at)


def box(name, size, surface, at=(0, 0, 0), bevel=0.0):
    x, y, z = (s / 2 for s in size)
    corners = [(a, b, c) for a in (-x, x) for b in (-y, y) for c in (-z, z)]
    faces = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    made = mesh(name, corners, faces, surface, at=at)
    if bevel:
        soften(made, bevel)
    return made


def soften(thing, width, segments=3):
    bevel = thing.modifiers.new("Bevel", "BEVEL")
    bevel.width, bevel.segments, bevel.limit_method = width, segments, "ANGLE"


def tube(name, points, surface, radius=0.02, closed=False):
    """A round tube through (x, y, z) or (x, y, z, radius factor) points."""
    curve = bpy.data.curves.new(name, "CURVE")
    curve.dimensions, curve.bevel_depth, curve.bevel_resolution = "3D", radius, 4
    curve.use_fill_caps = True
    spline = curve.splines.new("NURBS")
    spline.points.add(len(points) - 1)
    for point, (x, y, z, *factor) in zip(spline.points, points):
        point.co = (x, y, z, 1)
        point.radius = factor[0] if factor else 1.0
    spline.use_endpoint_u, spline.order_u, spline.resolution_u = True, 4, 8
    spline.use_cyclic_u = closed
    curve.materials.append(surface)
    return place(curve)


def aim(thing, target):
    toward = Vector(target) - thing.location
    thing.rotation_euler = toward.to_track_quat("-Z", "Y").to_euler()


def light(name, at, target, size, watts, colour):
    data = bpy.data.lights.new(name, "AREA")
    data.shape, data.size, data.energy = "DISK", size, watts
    data.color = linear(colour)[:3]
    made = place(data, at)
    made.visible_camera = False
    aim(made, target)
    return made


def sun(name, direction, strength, colour, angle=1.0):
    data = bpy.data.lights.new(name, "SUN")
    data.energy, data.angle, data.color = strength, math.radians(angle), linear(colour)[:3]
    made = place(data)
    made.rotation_euler = Vector(direction).to_track_quat("-Z", "Y").to_euler()
    return made


def camera(name, path, target, lens, fstop=None, focus=None):
    """A camera that moves along path {frame: place}, always looking at the target (a place, or {frame: place})."""
    data = bpy.data.cameras.new(name)
    data.lens = lens
    made = place(data)
    for frame, at in path.items():
        made.location = at
        aim(made, target[frame] if isinstance(target, dict) else target)
        made.keyframe_insert("location", frame=frame)
        made.keyframe_insert("rotation_euler", frame=frame)
    if fstop:
        data.dof.use_dof, data.dof.aperture_fstop = True, fstop
        data.dof.focus_distance = focus
    bpy.context.scene.camera = made
    steady(made)
    return made


def steady(thing):
    """Constant speed between the keys."""
    action = thing.animation_data.action
    for curve in action.fcurves:
        for key in curve.keyframe_points:
            key.interpolation = "LINEAR"


def spin(thing, degrees, frames, axis=2):
    """Turns once through `degrees` while frames 1..frames pass."""
    thing.rotation_mode = "XYZ"
    start = thing.rotation_euler[axis]
    thing.keyframe_insert("rotation_euler", index=axis, frame=1)
    thing.rotation_euler[axis] = start + math.radians(degrees)
    thing.keyframe_insert("rotation_euler", index=axis, frame=frames)
    steady(thing)


def orbit(target, radius, height, degrees):
    """A place on a circle round the target, `degrees` from the -Y side."""
    offset = Matrix.Rotation(math.radians(degrees), 3, "Z") @ Vector((0, -radius, 0))
    return Vector(target) + offset + Vector((0, 0, height))


def bloom(threshold=1.0, mix=-0.6, size=7):
    """A soft glow round what is bright."""
    scene = bpy.context.scene
    scene.use_nodes = True
    tree = scene.node_tree
    tree.nodes.clear()
    layers = tree.nodes.new("CompositorNodeRLayers")
    glare = tree.nodes.new("CompositorNodeGlare")
    glare.glare_type, glare.quality = "BLOOM", "MEDIUM"
    glare.threshold, glare.mix, glare.size = threshold, mix, size
    out = tree.nodes.new("CompositorNodeComposite")
    tree.links.new(layers.outputs["Image"], glare.inputs["Image"])
    tree.links.new(glare.outputs["Image"], out.inputs["Image"])


def save(path):
    """Saves compressed, without a thumbnail and without a path of this machine."""
    bpy.context.preferences.filepaths.file_preview_type = "NONE"
    bpy.context.preferences.filepaths.save_version = 0
    for screen in bpy.data.screens:
        for space in (space for area in screen.areas for space in area.spaces):
            if space.type == "FILE_BROWSER" and space.params:
                space.params.directory = b"//"
    bpy.ops.outliner.orphans_purge(do_recursive=True)
    bpy.ops.wm.save_as_mainfile(filepath=str(path), compress=True, relative_remap=True)
