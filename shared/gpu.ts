import { z } from 'zod';
import type { Frozen } from './frozen.ts';

/** A GPU as Cycles knows it. */
const gpuSchema = z.object({
  /** OPTIX, CUDA, HIP, METAL or ONEAPI. */
  kind: z.string(),
  /** Cycles' own, the same in every Blender of this machine. */
  id: z.string(),
  /** Such as `NVIDIA GeForce RTX 4090`. */
  name: z.string(),
  /** It is used: chosen in Blender's preferences, or nothing is chosen there. */
  on: z.boolean(),
});
export type GpuDevice = Frozen<z.infer<typeof gpuSchema>>;

/** The GPUs of this machine, of one kind: the one that Blender's preferences choose, else the best. */
export const gpuListSchema = z.object({
  /** The preferences choose; else all of them are used. */
  chosen: z.boolean(),
  devices: z.array(gpuSchema),
});
export type GpuList = Frozen<z.infer<typeof gpuListSchema>>;

/** One line for each GPU, such as `NVIDIA GeForce RTX 4090 (OptiX)`; `None found` without one. */
export function gpuLines({ devices }: GpuList): readonly string[] {
  return devices.length === 0 ? ['None found'] : devices.map(gpuLine);
}

/** What decides which of them are used, as a sentence. */
export function gpuReason({ chosen, devices }: GpuList): string {
  if (devices.length === 0) {
    return 'A shot for the GPU fails, or renders on the CPU where it says gpu-or-cpu.';
  }
  if (chosen) return "As chosen in Blender's preferences.";
  return devices.length === 1
    ? "It is used, although none is chosen in Blender's preferences."
    : "All of them are used, since none is chosen in Blender's preferences.";
}

/** Such as `NVIDIA GeForce RTX 4090 (OptiX)`. */
export function gpuName({ name, kind }: Pick<GpuDevice, 'name' | 'kind'>): string {
  return `${name} (${KINDS[kind] ?? kind})`;
}

function gpuLine(device: GpuDevice): string {
  return device.on ? gpuName(device) : `${gpuName(device)}, switched off`;
}

/** As Blender's preferences spell them. */
const KINDS: Readonly<Record<string, string>> = {
  OPTIX: 'OptiX',
  METAL: 'Metal',
  ONEAPI: 'oneAPI',
};
