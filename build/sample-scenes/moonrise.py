"""The moon coming up behind a ridge of firs, twice: in the sky and in the lake. Everything glows by itself, so nothing is noisy."""

import math
import random

import bpy
import kit

FRAMES = 4
FAR = 400.0


def build():
    kit.new_scene(FRAMES, samples=24, exposure=0.0)
    kit.sky([(0.0, "#0a1024"), (0.485, "#0a1024"), (0.5, "#7d8fb4"), (0.53, "#4f6494"), (0.6, "#22356a"), (0.75, "#0d1738")], 1.0)
    random.seed(21)
    moon()
    stars()
    ridges()
    lake()
    path = {1: (0, -20, 5.0), FRAMES: (1.2, -19, 5.4)}
    kit.camera("Cam_Shore", path, (4, FAR, 42), 40)
    kit.bloom(0.75, -0.45, 8)


def moon():
    """A disc with soft seas; brighter than anything else, a little warm near the horizon."""
    disc = kit.ramp_glow("Moon", [(0.0, "#ffffff"), (1.0, "#ffffff")], 1.25)
    tree = disc.node_tree
    where = tree.nodes.new("ShaderNodeTexCoord")
    noise = tree.nodes.new("ShaderNodeTexNoise")
    noise.inputs["Scale"].default_value, noise.inputs["Detail"].default_value = 0.062, 6.0
    noise.inputs["Roughness"].default_value = 0.55
    seas = kit.colour_ramp(tree, [(0.40, "#a58c6c"), (0.49, "#d6bd95"), (0.56, "#f5dfb6"), (0.8, "#ffefcf")], "LINEAR")
    tree.links.new(where.outputs["Object"], noise.inputs["Vector"])
    tree.links.new(noise.outputs[0], seas.inputs["Fac"])
    tree.links.new(seas.outputs["Color"], tree.nodes["Principled BSDF"].inputs["Emission Color"])
    made = kit.lathe("Moon", [(0, 0), (34, 0)], disc, 128)
    made.rotation_euler = (math.radians(90), math.radians(24), 0)
    for frame in range(1, FRAMES + 1):
        made.location = (26 + 3.5 * frame, FAR, 27 + 10.5 * frame)
        made.keyframe_insert("location", frame=frame)


def stars():
    bright = kit.ramp_glow("Star", [(0, "#cfdcff"), (1, "#cfdcff")], 1.6)
    data = kit.lathe("Star", [(0, 0), (0.2, 0)], bright, 6).data
    bpy.data.objects.remove(bpy.data.objects["Star"])
    for _ in range(170):
        at = (random.uniform(-220, 240), FAR + 30, random.uniform(50, 190))
        kit.place(data, at, turn=(90, 0, 0), scale=random.choice((0.9, 1.0, 1.1, 1.9)))


def ridges():
    for depth, base, swing, colour, seed, trees in (
        (330, 22, 17, "#6f83ad", 1.0, 0),
        (250, 13, 12, "#465a88", 2.6, 0),
        (180, 7.5, 7, "#293b66", 4.4, 90),
        (120, 3.4, 3.4, "#131f40", 0.3, 120),
    ):
        haze = kit.ramp_glow(f"Ridge {depth}", [(0.5, mist(colour)), (0.62, colour), (1.0, colour)], 0.9, scale=0.02)
        tops = [(x * depth / 110, depth, height(x, seed, base, swing)) for x in range(-130, 131)]
        strip = [(x, y, -1) for x, y, _ in tops] + tops
        faces = [(i, i + 1, len(tops) + i + 1, len(tops) + i) for i in range(len(tops) - 1)]
        kit.mesh(f"Ridge {depth}", strip, faces, haze)
        forest(depth, colour, seed, base, swing, trees)


def mist(colour):
    """Lighter towards the water, where the fog lies."""
    parts = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(p + (t - p) * 0.42):02x}" for p, t in zip(parts, (0x86, 0x98, 0xbe)))


def height(x, seed, base, swing):
    wave = math.sin(x * 0.041 + seed) + 0.45 * math.sin(x * 0.1 + 3 * seed) + 0.16 * math.sin(x * 0.31 + seed) + 0.05 * math.sin(x * 1.3)
    return max(base * 0.25, base + swing * 0.62 * wave)


def forest(depth, colour, seed, base, swing, count):
    flat = kit.ramp_glow(f"Firs {depth}", [(0.0, colour), (1.0, colour)], 0.86)
    outline = [(0.0, 1.0)]
    for level in range(6):
        z, r = 0.86 - level * 0.15, 0.05 + level * 0.034
        outline += [(r, z), (r * 0.55, z + 0.02)]
    outline += [(0.02, 0.0)]
    points = [(x, 0, z) for x, z in outline] + [(-x, 0, z) for x, z in reversed(outline[1:])]
    tree = kit.mesh("Fir", points, [range(len(points))], flat)
    for _ in range(count):
        x = random.uniform(-95, 95)
        size = random.uniform(5.0, 10.0) * (0.8 if depth > 150 else 1.0)
        at = (x * depth / 110, depth - 0.5, height(x, seed, base, swing) - 0.9)
        kit.place(tree.data, at, scale=(size * random.uniform(0.85, 1.15), 1, size))
    bpy.data.objects.remove(tree)


def lake():
    water = kit.material("Lake", "#02040a", 0.03, IOR=1.9)
    tree = water.node_tree
    where = tree.nodes.new("ShaderNodeTexCoord")
    stretch = tree.nodes.new("ShaderNodeMapping")
    stretch.inputs["Scale"].default_value = (0.05, 0.32, 1)
    noise = tree.nodes.new("ShaderNodeTexNoise")
    noise.inputs["Scale"].default_value, noise.inputs["Detail"].default_value = 1.0, 2.0
    bump = tree.nodes.new("ShaderNodeBump")
    bump.inputs["Strength"].default_value, bump.inputs["Distance"].default_value = 0.28, 0.5
    tree.links.new(where.outputs["Object"], stretch.inputs["Vector"])
    tree.links.new(stretch.outputs[0], noise.inputs["Vector"])
    tree.links.new(noise.outputs[0], bump.inputs["Height"])
    tree.links.new(bump.outputs[0], tree.nodes["Principled BSDF"].inputs["Normal"])
    kit.mesh("Lake", [(-600, -60, 0), (600, -60, 0), (600, 118, 0), (-600, 118, 0)], [(0, 1, 2, 3)], water)
