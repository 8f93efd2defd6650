import { z } from 'zod';
import { FORMATS, OUTPUT_FORMATS } from './formats.ts';
import type { Frozen } from './frozen.ts';

/**
 * What trying again can do for a cause.
 * `never`: the same input fails the same way. `again`: may heal by itself.
 * `fewer-workers`: again, with less running beside it. `wait`: nothing is lost while the batch pauses.
 * `elsewhere`: at once in another place, and no try is counted. `later`: somebody else keeps it for a while: tried for
 * minutes, and the rest goes on.
 */
export type Remedy = 'never' | 'again' | 'fewer-workers' | 'wait' | 'elsewhere' | 'later';

interface CauseFacts {
  /** Its name as people read it in a table. */
  readonly label: string;
  readonly remedy: Remedy;
  /** What an artist can do, one sentence. A failure that knows more of its circumstances says something else. */
  readonly nextStep: string;
  /** What a frame or an opening did, as the past of a sentence; not there: `failed (<label>)`. */
  readonly past?: string;
}

const EVERYWHERE = OUTPUT_FORMATS.filter((format) => !('since' in FORMATS[format]))
  .join(', ')
  .replace(/, (\w+)$/, ' or $1');
const NEWER = OUTPUT_FORMATS.map((format) => {
  const row = FORMATS[format];
  return 'since' in row ? `; ${format} only with Blender ${row.since} or newer` : '';
}).join('');

/** Why something failed, from a fixed list: a row each. To add a cause: a row here, and where it is found out. */
export const CAUSE_FACTS = {
  crashed: {
    label: 'Blender crashed',
    remedy: 'again',
    nextStep:
      'Open the shot in Blender and render this frame there; if it crashes as well, hide objects until it does not, or try another Blender version.',
    past: 'crashed',
  },
  'out-of-memory': {
    label: 'out of memory',
    remedy: 'fewer-workers',
    nextStep:
      'Render with fewer workers at once, or make textures, subdivision and resolution smaller.',
    past: 'ran out of memory',
  },
  'timed-out': {
    label: 'timed out',
    remedy: 'again',
    nextStep: 'Give the shot a longer timeout or frame_timeout, or make the frame lighter.',
    past: 'took too long',
  },
  stalled: {
    label: 'stalled',
    remedy: 'again',
    nextStep:
      'Look at what the log says last: Blender waited and did not compute, as for a network drive, a GPU or a program that it had started; if that may take so long, give the shot a frame_timeout that it fits into.',
    past: 'stalled',
  },
  'no-camera': {
    label: 'no camera',
    remedy: 'never',
    nextStep:
      'Add a camera to the scene and make it active, or name one with camera: in the shot file.',
  },
  'missing-file': {
    label: 'missing file',
    remedy: 'never',
    nextStep: 'Put the file back, or correct its path.',
  },
  'unreadable-scene': {
    label: 'unreadable scene',
    remedy: 'never',
    nextStep:
      'Open the file in Blender and save it again, or restore it from a backup such as the .blend1 beside it.',
  },
  'newer-blender-needed': {
    label: 'newer Blender needed',
    remedy: 'never',
    nextStep:
      'Install the Blender version that the scene was saved with, and choose it in the settings or with --blender.',
  },
  'other-blender': {
    label: 'begun by another Blender',
    // The artist decides whether its frames may be mixed.
    remedy: 'never',
    nextStep:
      'Install the Blender that rendered the other frames, or decide whether they are rendered again or mixed.',
  },
  'disk-full': {
    label: 'disk full',
    remedy: 'wait',
    nextStep: 'Make room on the disk; nothing that was finished is lost.',
  },
  'output-not-writable': {
    label: 'output not writable',
    remedy: 'never',
    nextStep: 'Choose another output folder, or allow writing to this one, then retry.',
  },
  'file-in-use': {
    label: 'file in use',
    remedy: 'later',
    nextStep:
      'Close what has the file open, such as a preview, a player, a virus scanner or a synchronised folder, then retry.',
    past: 'found its file in use',
  },
  'denoiser-not-available': {
    label: 'denoiser not available',
    remedy: 'never',
    nextStep:
      'Switch denoising off with render: denoise: false in the shot file, or use a Blender from blender.org, which has the denoiser.',
  },
  'device-not-available': {
    label: 'device not available',
    remedy: 'never',
    nextStep:
      "Choose the GPU in Blender's Preferences under System, or set render: device: to gpu-or-cpu or cpu in the shot file.",
  },
  'engine-not-available': {
    label: 'engine not available',
    remedy: 'never',
    nextStep:
      'Set render: engine to cycles, eevee or workbench in the shot file, or install the add-on that brings the engine.',
  },
  'graphics-not-available': {
    label: 'no graphics library',
    remedy: 'never',
    nextStep:
      "Install the machine's graphics libraries (libegl1 and libgl1-mesa-dri on Debian and Ubuntu, mesa-libEGL and mesa-dri-drivers on Fedora), or set render: engine to cycles in the shot file.",
  },
  'script-error': {
    label: 'script error',
    remedy: 'never',
    nextStep: 'Correct the script at that line, then retry the shot.',
  },
  'frame-incomplete': {
    label: 'frame incomplete',
    remedy: 'again',
    nextStep: 'Retry; if it stays, render this frame in Blender and look at its output settings.',
    past: 'left an incomplete file',
  },
  'nothing-rendered': {
    label: 'nothing rendered',
    remedy: 'again',
    nextStep:
      'Retry the frame; if it happens again, render it in Blender and look at its messages.',
    past: 'left no file',
  },
  'blender-not-found': {
    label: 'Blender not found',
    // A network drive or an update may take it away for a moment.
    remedy: 'again',
    nextStep:
      'Get Blender from https://www.blender.org/download, or say where it is (settings, --blender PATH or the variable NIGHTSHIFT_BLENDER).',
  },
  'unreadable-shot': {
    label: 'unreadable shot file',
    remedy: 'never',
    nextStep: 'Correct the shot file, then retry when the batch has ended.',
  },
  'not-in-scene': {
    label: 'not in the scene',
    remedy: 'never',
    nextStep: 'Correct the name in the shot file, or add it to the scene.',
  },
  'not-trusted': {
    label: 'folder not trusted',
    remedy: 'never',
    nextStep:
      'Trust the folder if you know where its files come from: in the window, or with --trust.',
  },
  'duplicate-output': {
    label: 'duplicate output',
    remedy: 'never',
    nextStep: 'Give one of the two shots another output: path or name.',
  },
  'format-not-supported': {
    label: 'format not supported',
    remedy: 'never',
    nextStep: `Set output: format to ${EVERYWHERE} in the shot file${NEWER}.`,
  },
  'render-error': {
    label: 'Blender reported an error',
    remedy: 'again',
    nextStep:
      'Read the log lines below; rendering the same frame in Blender shows the same message.',
  },
  'needs-another-shot': {
    label: 'needs another shot',
    // It goes on by itself when that one is done.
    remedy: 'never',
    nextStep: 'Retry the shot that it needs; this one then goes on by itself.',
  },
  'taken-away': {
    label: 'place taken away',
    remedy: 'elsewhere',
    nextStep: 'Nothing is to be done: the frame goes to another place.',
    past: 'lost its place',
  },
  'node-lost': {
    label: 'node lost',
    remedy: 'elsewhere',
    nextStep: 'Nothing is to be done here; whoever runs the cluster can say what the node has.',
    past: 'lost its node',
  },
  'no-node': {
    label: 'no node',
    // The artist, or whoever runs the cluster, has to change something first.
    remedy: 'never',
    nextStep:
      'Look at what nightshift seats says of the nodes, correct what was asked for, then retry.',
  },
  'simulation-not-baked': {
    label: 'simulation not baked',
    // Only ever a warning.
    remedy: 'never',
    nextStep: 'Bake the simulation in Blender and save, so that all workers can render the shot.',
  },
} as const satisfies Readonly<Record<string, CauseFacts>>;

export type Cause = keyof typeof CAUSE_FACTS;
export const CAUSES = Object.keys(CAUSE_FACTS) as readonly Cause[];

/** Why a place on a cluster was lost, which is no fault of what was rendered there. */
export const LOST_PLACES = ['taken-away', 'node-lost'] as const satisfies readonly Cause[];
export type LostPlace = (typeof LOST_PLACES)[number];

/** `crashed`, `took too long`, `failed (no camera)`. */
export function pastOf(cause: Cause): string {
  const facts: CauseFacts = CAUSE_FACTS[cause];
  return facts.past ?? `failed (${facts.label})`;
}

/** A failure as a fact. The same shape for a frame, a shot and a batch; the first cause wins. */
export const failureSchema = z.object({
  // A cause of another version still is a failure.
  cause: z.enum(CAUSES).catch('render-error'),
  /** One sentence for the artist: what happened. Ends with a full stop. */
  message: z.string(),
  /** One sentence: what to do now. Ends with a full stop. */
  nextStep: z.string(),
  /** The log lines that show it, at most 20, oldest first. */
  evidence: z.array(z.string()),
  /** Of `out-of-memory`: the GPU's own memory, which fewer workers would not make larger. */
  ofGpu: z.literal(true).optional(),
  /** The computer of a cluster where it happened. */
  node: z.string().optional(),
});
export type Failure = Frozen<z.infer<typeof failureSchema>>;

/** A failure without more evidence than its message. */
export function failure(
  cause: Cause,
  message: string,
  nextStep: string = CAUSE_FACTS[cause].nextStep,
): Failure {
  return { cause, message, nextStep, evidence: [] };
}
