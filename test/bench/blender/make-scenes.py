"""Makes the scenes of the benchmark: the same ones for the same seed, sized to take known times on this machine.

blender -b --factory-startup --python make-scenes.py -- ORDER.json ANSWER.json

The order: {"seed", "scenes": [{"file", "seconds", "threads", "frames", "width", "height"}]}; seconds are what one
frame shall take with so many threads. The answer: for each scene the samples and the seconds they were measured to take.
"""

import json
import math
import os
import random
import statistics
import sys
import time

import bpy

THINGS = 40
ROUNDS = 3


def main():
    order_file, answer_file = sys.argv[sys.argv.index("--") + 1 :]
    with open(order_file, encoding="utf-8") as file:
        order = json.load(file)
    sizes = {}
    answer = []
    for number, wanted in enumerate(order["scenes"]):
        scene = build(random.Random(order["seed"] * 1000 + number), wanted)
        # What is built alike takes alike: each size is tried once.
        key = tuple(wanted.get(name) for name in ("heavy", "seconds", "threads", "width", "height"))
        if key not in sizes:
            sizes[key] = sized(scene, wanted, os.path.dirname(answer_file))
        scene.cycles.samples = sizes[key]["samples"]
        bpy.ops.wm.save_as_mainfile(filepath=wanted["file"], compress=False)
        if wanted.get("heavy"):
            scene.render.use_persistent_data = True
            copy = wanted["file"].removesuffix(".blend") + "-persistent.blend"
            bpy.ops.wm.save_as_mainfile(filepath=copy, compress=False, copy=True)
        answer.append(sizes[key])
    with open(answer_file, "w", encoding="utf-8") as file:
        json.dump(answer, file)


def build(chance, wanted):
    """A ground, a sun and some dozen things of several materials that turn while the camera goes by."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.device = "CPU"
    scene.cycles.use_denoising = False
    scene.cycles.use_adaptive_sampling = False
    scene.cycles.max_bounces = 4
    scene.render.resolution_x, scene.render.resolution_y = wanted["width"], wanted["height"]
    scene.render.resolution_percentage = 100
    scene.render.image_settings.file_format = "PNG"
    scene.frame_start, scene.frame_end = 1, wanted["frames"]
    bpy.ops.mesh.primitive_plane_add(size=40)
    bpy.context.object.data.materials.append(material(chance, "Ground"))
    if wanted.get("heavy"):
        add_spheres(chance, 7 if wanted["seconds"] is not None else 3)
    else:
        for number in range(THINGS if wanted["seconds"] is not None else 1):
            add_thing(chance, number, wanted["frames"])
    sun = bpy.data.objects.new("Sun", bpy.data.lights.new("Sun", "SUN"))
    sun.data.energy = 3
    sun.rotation_euler = (0.8, 0.2, chance.uniform(0, math.tau))
    scene.collection.objects.link(sun)
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    camera.rotation_euler = (1.15, 0, 0)
    scene.collection.objects.link(camera)
    scene.camera = camera
    moved(camera, "location", (-1, -13, 5.5), (1, -13, 5.5), wanted["frames"])
    return scene


def add_spheres(chance, subdivisions):
    """Six of 20 * 4 ** (subdivisions - 1) faces each, displaced by clouds; nothing of them moves."""
    clouds = bpy.data.textures.new("Clouds", "CLOUDS")
    for number in range(6):
        place = (4 * (number % 3) - 4, 4 * (number // 3) - 2, 1.2)
        bpy.ops.mesh.primitive_ico_sphere_add(subdivisions=subdivisions, radius=1.2, location=place)
        displace = bpy.context.object.modifiers.new("Displace", "DISPLACE")
        displace.texture, displace.strength = clouds, 0.4
        bpy.context.object.data.materials.append(material(chance, f"Sphere {number}"))


def add_thing(chance, number, frames):
    place = (chance.uniform(-6, 6), chance.uniform(-5, 7), chance.uniform(0.4, 1.6))
    shapes = (
        lambda: bpy.ops.mesh.primitive_ico_sphere_add(subdivisions=4, radius=0.6, location=place),
        lambda: bpy.ops.mesh.primitive_torus_add(major_radius=0.5, minor_radius=0.2, location=place),
        lambda: bpy.ops.mesh.primitive_monkey_add(size=1.1, location=place),
        lambda: bpy.ops.mesh.primitive_cube_add(size=0.9, location=place),
    )
    shapes[number % len(shapes)]()
    thing = bpy.context.object
    thing.data.materials.append(material(chance, f"Material {number}"))
    turn = tuple(chance.uniform(-3, 3) for _ in range(3))
    moved(thing, "rotation_euler", (0, 0, 0), turn, frames)


def material(chance, name):
    made = bpy.data.materials.new(name)
    made.use_nodes = True
    surface = made.node_tree.nodes["Principled BSDF"]
    surface.inputs["Base Color"].default_value = (*(chance.uniform(0.1, 0.9) for _ in range(3)), 1)
    surface.inputs["Roughness"].default_value = chance.uniform(0.05, 0.9)
    surface.inputs["Metallic"].default_value = float(chance.random() < 0.3)
    return made


def moved(thing, name, start, end, frames):
    setattr(thing, name, start)
    thing.keyframe_insert(name, frame=1)
    setattr(thing, name, end)
    thing.keyframe_insert(name, frame=max(2, frames))


def sized(scene, wanted, folder):
    """Two sample counts tell what a sample costs and what a frame costs without any."""
    few, many = 4 if wanted.get("heavy") else 1, 9
    if wanted["seconds"] is None:
        return {"samples": few, "seconds": None}
    frame_seconds(scene, few, wanted["threads"], folder)
    if wanted.get("heavy"):
        return {"samples": few, "seconds": frame_seconds(scene, few, wanted["threads"], folder)}
    least, more = (tried(scene, count, wanted["threads"], folder) for count in (few, many))
    each = max(1e-4, (more - least) / (many - few))
    # What takes long is measured on what takes about a second, since a small difference says too little.
    long = few + round(min(1.0, wanted["seconds"]) / each)
    each = max(1e-4, (tried(scene, long, wanted["threads"], folder) - least) / (long - few))
    samples = max(few, round(few + (wanted["seconds"] - least) / each))
    return {"samples": samples, "seconds": frame_seconds(scene, samples, wanted["threads"], folder)}


def tried(scene, samples, threads, folder):
    return statistics.median(frame_seconds(scene, samples, threads, folder) for _ in range(ROUNDS))


def frame_seconds(scene, samples, threads, folder):
    scene.cycles.samples = samples
    scene.render.threads_mode, scene.render.threads = "FIXED", threads
    scene.render.filepath = os.path.join(folder, "tried.png")
    began = time.monotonic()
    bpy.ops.render.render(write_still=True)
    seconds = time.monotonic() - began
    scene.render.threads_mode = "AUTO"
    return seconds


main()
