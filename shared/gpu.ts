/** A GPU as Cycles knows it. */
export interface GpuDevice {
  /** OPTIX, CUDA, HIP, METAL or ONEAPI. */
  readonly kind: string;
  /** Cycles' own, the same in every Blender of this machine. */
  readonly id: string;
  /** Such as `NVIDIA GeForce RTX 4090`. */
  readonly name: string;
  /** It is used: chosen in Blender's preferences, or nothing is chosen there. */
  readonly on: boolean;
}

/** The GPUs of this machine, of one kind: the one that Blender's preferences choose, else the best. */
export interface GpuList {
  /** The preferences choose; else all of them are used. */
  readonly chosen: boolean;
  readonly devices: readonly GpuDevice[];
}
