import type { Cause } from '../../shared/failure.ts';
import type { Doing } from './diagnose.ts';

/** What an artist can do about each cause. One sentence each. */
export const NEXT_STEPS: Readonly<Record<Cause, string>> = {
  crashed:
    'Open the shot in Blender and render this frame there; if it crashes as well, hide objects until it does not, or try another Blender version.',
  'out-of-memory':
    'Render with fewer workers at once, or make textures, subdivision and resolution smaller.',
  'timed-out': 'Give the shot a longer timeout or frame_timeout, or make the frame lighter.',
  stalled:
    'Look at what the log says last: Blender waited and did not compute, as for a network drive, a GPU or a program that it had started; if that may take so long, give the shot a frame_timeout that it fits into.',
  'no-camera':
    'Add a camera to the scene and make it active, or name one with camera: in the shot file.',
  'missing-file': 'Put the file back, or correct its path.',
  'unreadable-scene':
    'Open the file in Blender and save it again, or restore it from a backup such as the .blend1 beside it.',
  'newer-blender-needed':
    'Install the Blender version that the scene was saved with, and choose it in the settings or with --blender.',
  'other-blender':
    'Install the Blender that rendered the other frames, or decide whether they are rendered again or mixed.',
  'disk-full': 'Make room on the disk; nothing that was finished is lost.',
  'output-not-writable':
    'Check that the output folder exists and that you may write there, or choose another one.',
  'denoiser-not-available':
    'Switch denoising off with render: denoise: false in the shot file, or use a Blender from blender.org, which has the denoiser.',
  'device-not-available':
    "Choose the GPU in Blender's Preferences under System, or set render: device: to gpu-or-cpu or cpu in the shot file.",
  'engine-not-available':
    'Set render: engine to cycles, eevee or workbench in the shot file, or install the add-on that brings the engine.',
  'graphics-not-available':
    "Install the machine's graphics libraries (libegl1 and libgl1-mesa-dri on Debian and Ubuntu, mesa-libEGL and mesa-dri-drivers on Fedora), or set render: engine to cycles in the shot file.",
  'script-error': 'Correct the script at that line, then retry the shot.',
  'frame-incomplete': 'Retry the frame; if it happens again, check the disk that the frames go to.',
  'nothing-rendered':
    'Retry the frame; if it happens again, render it in Blender and look at its messages.',
  'blender-not-found':
    'Get Blender from https://www.blender.org/download, or say where it is with --blender PATH or the variable NIGHTSHIFT_BLENDER.',
  'unreadable-shot': 'Correct the shot file.',
  'not-in-scene': 'Correct the name in the shot file, or add it to the scene.',
  'not-trusted':
    'Trust the folder if you know where its files come from: in the window, or with --trust.',
  'duplicate-output': 'Give one of the two shots another output: path or name.',
  'format-not-supported':
    'Set output: format to PNG, OPEN_EXR, OPEN_EXR_MULTILAYER, JPEG, TIFF or WEBP in the shot file; AVIF only with Blender 5 or newer.',
  'needs-another-shot': 'Retry the shot that it needs; this one then goes on by itself.',
  'simulation-not-baked':
    'Bake the simulation in Blender and save, so that all workers can render the shot.',
  'render-error':
    'Read the log lines below; rendering the same frame in Blender shows the same message.',
};

/** What to do now. A Blender that ends before it has seen a shot can't be helped by looking at the shot. */
export function nextStep(cause: Cause, doing: Doing, ofGpu = false): string {
  if (ofGpu) return SMALLER_FOR_GPU;
  return doing.what === 'start' && cause === 'crashed' ? START_BY_HAND : NEXT_STEPS[cause];
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
  const when = WHEN[doing.what](doing.frame);
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

const WHEN: Readonly<Record<Doing['what'], (frame: number | null) => string>> = {
  start: () => 'while it was starting',
  open: () => 'while the scene was being opened',
  'run-up': (frame) => `while the simulation was run up to frame ${frame ?? '?'}`,
  bake: () => 'while the simulation was being baked',
  render: (frame) => `while frame ${frame ?? '?'} was being rendered`,
  encode: () => 'while the movie was being encoded',
  inspect: () => 'while the scene was being checked',
  devices: () => 'while it was looking for GPUs',
};

function duration(seconds = 0): string {
  if (seconds < 120) return `${Number(seconds.toFixed(1))} seconds`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} minutes`;
  return `${Number((seconds / 3600).toFixed(1))} hours`;
}
