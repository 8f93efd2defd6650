/** Why something failed, from a fixed list. `REMEDIES` says what each one means for retries. */
export const CAUSES = [
  'crashed',
  'out-of-memory',
  'timed-out',
  'stalled',
  'no-camera',
  'missing-file',
  'unreadable-scene',
  'newer-blender-needed',
  'other-blender',
  'disk-full',
  'output-not-writable',
  'denoiser-not-available',
  'device-not-available',
  'engine-not-available',
  'graphics-not-available',
  'script-error',
  'frame-incomplete',
  'nothing-rendered',
  'blender-not-found',
  'unreadable-shot',
  'not-in-scene',
  'not-trusted',
  'duplicate-output',
  'format-not-supported',
  'render-error',
  'needs-another-shot',
  'simulation-not-baked',
] as const;

export type Cause = (typeof CAUSES)[number];

/** A failure as a fact. The same shape for a frame, a shot and a batch; the first cause wins. */
export interface Failure {
  readonly cause: Cause;
  /** One sentence for the artist: what happened. Ends with a full stop. */
  readonly message: string;
  /** One sentence: what to do now. Ends with a full stop. */
  readonly nextStep: string;
  /** The log lines that show it, at most 20, oldest first. */
  readonly evidence: readonly string[];
  /** Of `out-of-memory`: the GPU's own memory, which fewer workers would not make larger. */
  readonly ofGpu?: true | undefined;
}

/**
 * What trying again can do for a cause.
 * `never`: the same input fails the same way. `again`: may heal by itself.
 * `fewer-workers`: again, with less running beside it. `wait`: nothing is lost while the batch pauses.
 */
export type Remedy = 'never' | 'again' | 'fewer-workers' | 'wait';

export const REMEDIES: Readonly<Record<Cause, Remedy>> = {
  crashed: 'again',
  'out-of-memory': 'fewer-workers',
  'timed-out': 'again',
  stalled: 'again',
  'no-camera': 'never',
  'missing-file': 'never',
  'unreadable-scene': 'never',
  'newer-blender-needed': 'never',
  // The artist decides whether its frames may be mixed.
  'other-blender': 'never',
  'disk-full': 'wait',
  'output-not-writable': 'never',
  'denoiser-not-available': 'never',
  'device-not-available': 'never',
  'engine-not-available': 'never',
  'graphics-not-available': 'never',
  'script-error': 'never',
  'frame-incomplete': 'again',
  'nothing-rendered': 'again',
  // A network drive or an update may take it away for a moment.
  'blender-not-found': 'again',
  'unreadable-shot': 'never',
  'not-in-scene': 'never',
  'not-trusted': 'never',
  'duplicate-output': 'never',
  'format-not-supported': 'never',
  'render-error': 'again',
  // It goes on by itself when that one is done.
  'needs-another-shot': 'never',
  // Only ever a warning.
  'simulation-not-baked': 'never',
};

/** The name of a cause as people read it in a table. */
export const CAUSE_LABELS: Readonly<Record<Cause, string>> = {
  crashed: 'Blender crashed',
  'out-of-memory': 'out of memory',
  'timed-out': 'timed out',
  stalled: 'stalled',
  'no-camera': 'no camera',
  'missing-file': 'missing file',
  'unreadable-scene': 'unreadable scene',
  'newer-blender-needed': 'newer Blender needed',
  'other-blender': 'begun by another Blender',
  'disk-full': 'disk full',
  'output-not-writable': 'output not writable',
  'denoiser-not-available': 'denoiser not available',
  'device-not-available': 'device not available',
  'engine-not-available': 'engine not available',
  'graphics-not-available': 'no graphics library',
  'script-error': 'script error',
  'frame-incomplete': 'frame incomplete',
  'nothing-rendered': 'nothing rendered',
  'blender-not-found': 'Blender not found',
  'unreadable-shot': 'unreadable shot file',
  'not-in-scene': 'not in the scene',
  'not-trusted': 'folder not trusted',
  'duplicate-output': 'duplicate output',
  'format-not-supported': 'format not supported',
  'render-error': 'Blender reported an error',
  'needs-another-shot': 'needs another shot',
  'simulation-not-baked': 'simulation not baked',
};
