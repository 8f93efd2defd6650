import { CAUSE_FACTS, type Cause } from '../../shared/failure.ts';

/** What the Blender was doing when it went wrong; `frame` while one was rendered. */
export interface Doing {
  readonly what:
    | 'start'
    | 'open'
    | 'run-up'
    | 'bake'
    | 'render'
    | 'encode'
    | 'movie'
    | 'inspect'
    | 'devices';
  readonly frame: number | null;
}

/** What to do now. A Blender that ends before it has seen a shot can't be helped by looking at the shot. */
export function nextStep(cause: Cause, doing: Doing, ofGpu = false): string {
  if (ofGpu) return SMALLER_FOR_GPU;
  return doing.what === 'start' && cause === 'crashed'
    ? START_BY_HAND
    : CAUSE_FACTS[cause].nextStep;
}

const SMALLER_FOR_GPU =
  'Make textures, subdivision and resolution smaller, close other programs that use the GPU, or set render: device: to gpu-or-cpu or cpu in the shot file.';

const START_BY_HAND =
  'Start Blender by hand on this machine; if that fails as well, install it anew or choose another one with --blender PATH.';

/** What is known besides. `detail`: Blender's words, a path or an exit code; `killed`: from outside. */
export interface Known {
  readonly detail?: string;
  readonly seconds?: number;
  readonly killed?: boolean;
  /** It was the GPU's memory. */
  readonly ofGpu?: boolean;
}

/** What happened, as one sentence for an artist. */
export function sentence(cause: Cause, doing: Doing, known: Known): string {
  const when = whenText(doing);
  const words = known.detail
    ? `: ${known.detail.replace(/^Error:\s*/i, '').replace(/\.*$/, '')}`
    : '';
  switch (cause) {
    case 'crashed':
      return `Blender crashed ${when}${known.detail ? ` (${known.detail})` : ''}.`;
    case 'out-of-memory':
      if (known.ofGpu) return `The GPU ran out of memory ${when}.`;
      return known.killed
        ? `Blender was killed ${when}, as the system does when memory runs out.`
        : `Blender ran out of memory ${when}.`;
    case 'timed-out':
      return `Blender was stopped ${when}, because it took longer than ${duration(known.seconds)}.`;
    case 'stalled':
      return `Blender was stopped ${when}, because it gave no sign of life for ${duration(known.seconds)}.`;
    case 'no-camera':
      return 'The scene has no camera, so there is nothing to see.';
    case 'denoiser-not-available':
      return 'The scene asks for denoising, but this Blender was built without a denoiser.';
    case 'graphics-not-available':
      return `Blender ended ${when}, because this machine has no graphics libraries that work, which EEVEE, Workbench and a compositor on the GPU need.`;
    case 'disk-full':
      return `The disk is full: Blender could not write ${when}.`;
    case 'nothing-rendered':
      return `Blender said that it was done, but wrote no file ${when}.`;
    case 'blender-not-found':
      return `Blender could not be started${words}.`;
    case 'unreadable-scene':
      return `Blender can't read the scene${words}.`;
    case 'newer-blender-needed':
      return `The scene was saved by a newer Blender than this one${words}.`;
    default:
      return `Blender stopped with an error ${when}${words}.`;
  }
}

/** Such as `while frame 3 was being rendered`. */
export function whenText({ what, frame }: Doing): string {
  return WHEN[what](frame);
}

const WHEN: Readonly<Record<Doing['what'], (frame: number | null) => string>> = {
  start: () => 'while it was starting',
  open: () => 'while the scene was being opened',
  'run-up': (frame) => `while the simulation was run up to frame ${frame ?? '?'}`,
  bake: () => 'while the simulation was being baked',
  render: (frame) => `while frame ${frame ?? '?'} was being rendered`,
  encode: () => 'while the movie was being encoded',
  movie: () => 'while the movie was being made',
  inspect: () => 'while the scene was being checked',
  devices: () => 'while it was looking for GPUs',
};

function duration(seconds = 0): string {
  if (seconds < 120) return `${Number(seconds.toFixed(1))} seconds`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} minutes`;
  return `${Number((seconds / 3600).toFixed(1))} hours`;
}
