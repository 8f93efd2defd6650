"""Paper lanterns over a still pond at dusk; the camera drifts in."""

import math
import random

import bpy
import kit

FRAMES = 5


def build():
    kit.new_scene(FRAMES, samples=12, exposure=0.1)
    kit.sky([(0.0, "#0a1026"), (0.49, "#c9785e"), (0.53, "#8a5468"), (0.62, "#35406e"), (0.85, "#141c40")], 0.55)
    random.seed(11)
    water()
    hills()
    lanterns()
    reeds()
    kit.light("Sky light", (-8, -4, 9), (0, 8, 0), 10, 260, "#7f9cff")
    path = {1: (0.5, -6.4, 0.95), FRAMES: (-0.5, -4.4, 1.1)}
    kit.camera("Cam_Drift", path, {1: (0, 6, 1.3), FRAMES: (0.1, 6, 1.35)}, 34, fstop=1.1, focus=8.5)
    kit.bloom(0.6, -0.6, 7)


def water():
    surface = kit.material("Water", "#060b18", 0.04, IOR=1.6)
    tree = surface.node_tree
    where = tree.nodes.new("ShaderNodeTexCoord")
    stretch = tree.nodes.new("ShaderNodeMapping")
    stretch.inputs["Scale"].default_value = (0.8, 2.4, 1)
    noise = tree.nodes.new("ShaderNodeTexNoise")
    noise.inputs["Scale"].default_value, noise.inputs["Detail"].default_value = 1.1, 2.0
    bump = tree.nodes.new("ShaderNodeBump")
    bump.inputs["Strength"].default_value, bump.inputs["Distance"].default_value = 0.35, 0.06
    tree.links.new(where.outputs["Object"], stretch.inputs["Vector"])
    tree.links.new(stretch.outputs[0], noise.inputs["Vector"])
    tree.links.new(noise.outputs[0], bump.inputs["Height"])
    tree.links.new(bump.outputs[0], tree.nodes["Principled BSDF"].inputs["Normal"])
    kit.mesh("Pond", [(-80, -20, 0), (80, -20, 0), (80, 90, 0), (-80, 90, 0)], [(0, 1, 2, 3)], surface)


def hills():
    for depth, height, colour in ((60, 9.5, "#5a4468"), (44, 5.6, "#2c2a52"), (32, 2.9, "#151a38")):
        haze = kit.ramp_glow(f"Hill {depth}", [(0.5, colour), (1.0, colour)], 0.5)
        phase = random.uniform(0, 6)
        tops = []
        for i in range(121):
            x = -60 + i
            wave = math.sin(x * 0.09 + phase) + 0.5 * math.sin(x * 0.23 + 2 * phase) + 0.16 * math.sin(x * 0.9)
            tops.append((x, depth, height * (0.62 + 0.24 * wave)))
        strip = [(x, y, -0.5) for x, y, _ in tops] + tops
        faces = [(i, i + 1, 122 + i, 121 + i) for i in range(120)]
        kit.mesh(f"Hill {depth}", strip, faces, haze)


def lanterns():
    paper = kit.ramp_glow(
        "Paper", [(0.0, "#ff9a3c"), (0.45, "#ffc274"), (0.75, "#ff8a35"), (1.0, "#b83a18")], 1.25, scale=2.4, base="#8a4a20"
    )
    rose = kit.ramp_glow(
        "Rose paper", [(0.0, "#ff7a52"), (0.45, "#ffa47e"), (0.75, "#f0603f"), (1.0, "#8e2420")], 1.0, scale=2.4, base="#7a3020"
    )
    wood = kit.material("Frame", "#1a0e0a", 0.6)
    ribs = 9
    profile = []
    for i in range(ribs * 4 + 1):
        t = i / (ribs * 4)
        body = 0.2 + 0.2 * math.sin(math.pi * t) ** 0.7
        profile.append((body * (1 - 0.07 * abs(math.cos(math.pi * t * ribs))), 0.62 * (t - 0.5)))
    round_data = [kit.lathe(f"Lantern {i}", profile, m, 32, at=(0, -50, 0)).data for i, m in enumerate((paper, rose))]
    cap = kit.lathe("Cap", [(0, 0.06), (0.14, 0.06), (0.2, 0.03), (0.2, -0.03), (0, -0.03)], wood, 24, False, (0, -50, 0)).data
    for y, z, sag, count, shift in ((3.2, 3.35, 0.95, 5, 0.0), (8.5, 3.75, 1.0, 8, 0.5), (15, 4.1, 1.1, 11, 0.2)):
        half = count * 0.78
        rope = []
        for i in range(count + 2):
            x = -half + 2 * half * (i + 0.5 * shift) / (count + 1)
            drop = z - sag * (1 - (x / half) ** 2)
            rope.append((x, y, drop + 0.05))
            hang(round_data[(i * 5 + count) % 3 == 0], cap, (x, y, drop - 0.42), random.uniform(0.88, 1.12))
        kit.tube("Rope", rope, wood, 0.012)
    floating(paper, rose, wood)


def hang(data, cap, at, size):
    turn = (random.uniform(-3, 3), random.uniform(-3, 3), random.uniform(0, 90))
    kit.place(data, at, turn=turn, scale=size)
    for side in (0.31, -0.31):
        kit.place(cap, (at[0], at[1], at[2] + side * size), scale=size * (1 if side > 0 else 0.9))


def floating(paper, rose, wood):
    shade = [(0.17, 0.0), (0.2, 0.02), (0.235, 0.42), (0.225, 0.42)]
    shades = [kit.lathe(f"Float {i}", shade, m, 6, False, (0, -50, 0)).data for i, m in enumerate((paper, rose))]
    raft = kit.box("Raft", (0.55, 0.55, 0.05), wood, (0, -50, 0)).data
    spots = [(-1.7, 0.4), (1.55, 1.7), (-0.55, 3.4), (2.7, 4.4), (-3.3, 4.0), (0.7, 6.2), (-2.0, 7.4), (3.9, 8.4),
             (-4.9, 9.6), (1.7, 11), (-0.9, 13), (5.6, 14), (-6.4, 16), (3, 19), (-2.4, 21), (0.6, 26)]
    for i, (x, y) in enumerate(spots):
        turn = (0, 0, random.uniform(0, 90))
        kit.place(raft, (x, y, 0.02), turn=turn)
        lantern = kit.place(shades[i % 3 == 1], (x, y, 0.05), turn=turn)
        lantern.keyframe_insert("location", frame=1)
        lantern.location.x += 0.12 * math.sin(i)
        lantern.keyframe_insert("location", frame=FRAMES)


def reeds():
    dark = kit.material("Reed", "#0b1020", 0.8)
    for side in (-1, 1):
        for _ in range(26):
            x = side * random.uniform(2.1, 4.3)
            y = random.uniform(-2.6, 0.5)
            lean, tall = random.uniform(-0.35, 0.2) * side, random.uniform(0.7, 1.9)
            kit.tube("Reed", [(x, y, -0.1, 1), (x, y, tall * 0.5, 0.9), (x + lean * 0.6, y, tall * 0.85, 0.6), (x + lean, y, tall, 0.1)], dark, 0.016)
    for thing in [o for o in bpy.data.objects if o.location.y == -50]:
        bpy.data.objects.remove(thing)
