import { performance } from 'node:perf_hooks';
import { onStep, type Step } from '../engine/index.ts';
import { type Output, textTable } from './output.ts';

/** What is said of a step: when it was passed for the first time or, of what comes again and again, for the last. */
const FIRST: Readonly<Record<Step, string | null>> = {
  'code-loaded': 'Nightshift is loaded',
  'folder-read': 'the shots are read',
  'checkpoint-read': 'the checkpoint is read',
  'blender-started': 'Blender is started',
  'blender-up': 'Blender is up',
  'scene-opened': 'the scene is open',
  planned: 'its frames are planned',
  claimed: 'its files are claimed',
  'looked-through': 'the scene is looked through',
  'frame-rendered': 'the first frame is rendered',
  'frame-proved': 'it is proved whole',
  'frame-recorded': 'it is recorded',
  'frame-named': 'it has its name',
  'blender-gone': null,
  'run-ended': 'the run has ended',
};

const LAST: Readonly<Partial<Record<Step, string>>> = {
  'frame-named': 'the last frame has its name',
  'blender-gone': 'the last Blender is gone',
};

/** Takes the times of what this process does from now on. Returns what writes them, at the end, and stops. */
export function takeTimes(output: Pick<Output, 'note'>): () => void {
  const first = new Map<Step, number>();
  const last = new Map<Step, number>();
  const passed = (step: Step, at: number) => {
    if (!first.has(step)) first.set(step, at);
    last.set(step, at);
  };
  const stop = onStep(passed);
  passed('code-loaded', performance.now());
  return () => {
    stop();
    const moments: Moment[] = [
      { at: performance.nodeTiming.bootstrapComplete, what: 'Node is up' },
      { at: performance.now(), what: 'the command ends' },
    ];
    for (const [step, at] of first) {
      const what = FIRST[step];
      if (what !== null) moments.push({ at, what });
    }
    for (const [step, at] of last) {
      const what = LAST[step];
      if (what !== undefined && (FIRST[step] === null || at !== first.get(step)))
        moments.push({ at, what });
    }
    output.note(timeline(moments));
  };
}

interface Moment {
  /** ms since the process was started. */
  readonly at: number;
  readonly what: string;
}

/** One moment a line, in their order, with what lies between it and the one before. */
function timeline(moments: readonly Moment[]): string {
  const inOrder = [...moments].sort((a, b) => a.at - b.at);
  const rows = inOrder.map(({ at, what }, index) => {
    const before = inOrder[index - 1]?.at ?? 0;
    return [padded(at), padded(at - before), what];
  });
  return textTable(['     ms', '      +', 'since the start of the command'], rows);
}

function padded(ms: number): string {
  return ms.toFixed(0).padStart(7);
}
