"""Grows a dahlia on the stage and opens it over the scene's frames. Nightshift hands over `params`:

petals   how many; each one is turned on by `angle` degrees, the golden angle unless told
colours  from the heart to the rim, as `#rrggbb`
opening  [first, last]: how far it is open, 0 a bud and 1 full bloom
"""

import math
from itertools import pairwise

import bpy

COUNT = int(params.get("petals", 160))  # noqa: F821
ANGLE = math.radians(params.get("angle", 137.508))  # noqa: F821
COLOURS = params.get("colours", ["#ffd9a0", "#e8584a", "#6a1b4d"])  # noqa: F821
OPENING = params.get("opening", [0.2, 1.0])  # noqa: F821


def linear(hex_colour):
    parts = [int(hex_colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts] + [1.0]


def colour_at(t):
    stops = [linear(colour) for colour in COLOURS]
    spans = list(pairwise(stops)) or [(stops[0], stops[0])]
    place = min(t * len(spans), len(spans) - 1e-6)
    near, far = spans[int(place)]
    part = place % 1
    return [a + (b - a) * part for a, b in zip(near, far)]


def petal_mesh(length_steps=9, width_steps=6):
    """One cupped, pointed petal along +X, one metre long."""
    vertices, faces = [], []
    for i in range(length_steps + 1):
        x = i / length_steps
        half = 0.27 * math.sin(math.pi * min(1.0, x * 0.93 + 0.07)) ** 0.75 + 0.004
        for j in range(width_steps + 1):
            side = 2 * j / width_steps - 1
            vertices.append((x, side * half, 0.16 * side * side * half / 0.27 + 0.2 * x * x - 0.1 * x))
    row = width_steps + 1
    for i in range(length_steps):
        for j in range(width_steps):
            a = i * row + j
            faces.append((a, a + row, a + row + 1, a + 1))
    data = bpy.data.meshes.new("Petal")
    data.from_pydata(vertices, [], faces)
    data.polygons.foreach_set("use_smooth", [True] * len(data.polygons))
    return data


def petal_material():
    """Takes each petal's own colour, a little deeper at its foot."""
    made = bpy.data.materials.new("Petal")
    made.use_nodes = True
    tree = made.node_tree
    bsdf = tree.nodes["Principled BSDF"]
    bsdf.inputs["Roughness"].default_value = 0.5
    info = tree.nodes.new("ShaderNodeObjectInfo")
    tree.links.new(info.outputs["Color"], bsdf.inputs["Base Color"])
    tree.links.new(info.outputs["Color"], bsdf.inputs["Emission Color"])
    bsdf.inputs["Emission Strength"].default_value = 0.06
    made.cycles.emission_sampling = "NONE"
    return made


def heart(material):
    """A dark cone under the petals, so that no light falls through."""
    rim = [(0.27 * math.cos(a), 0.27 * math.sin(a), 0.27) for a in (math.tau * i / 24 for i in range(24))]
    data = bpy.data.meshes.new("Heart")
    data.from_pydata([*rim, (0, 0, 0.72)], [], [(i, (i + 1) % 24, 24) for i in range(24)])
    data.materials.append(material)
    made = bpy.data.objects.new("Heart", data)
    made.color = linear(COLOURS[-1])
    return made


def grow(scene):
    data = petal_mesh()
    data.materials.append(petal_material())
    scene.collection.objects.link(heart(data.materials[0]))
    for i in range(COUNT):
        t = (i + 0.5) / COUNT
        # A copy each: Cycles is slow where instances of one mesh overlap.
        petal = bpy.data.objects.new(f"Petal {i:03}", data.copy())
        petal.location = (0.35 * math.sqrt(t) * math.cos(i * ANGLE), 0.35 * math.sqrt(t) * math.sin(i * ANGLE), 0.68 - 0.42 * t)
        petal.scale = (0.25 + 0.8 * t**0.6,) * 3
        petal.color = colour_at(t)
        petal.rotation_euler[2] = i * ANGLE
        scene.collection.objects.link(petal)
        for frame, opening in ((scene.frame_start, OPENING[0]), (scene.frame_end, OPENING[1])):
            bud, bloom = 86 - 16 * t, 84 - 86 * t**0.8
            petal.rotation_euler[1] = -math.radians(bud + (bloom - bud) * opening)
            petal.keyframe_insert("rotation_euler", index=1, frame=frame)


grow(bpy.context.scene)
