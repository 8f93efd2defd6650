import cliProgress, {
  type GenericFormatter,
  type MultiBar as Multi,
  type SingleBar,
} from 'cli-progress';
import stringWidth from 'fast-string-width';
import type { BatchProgress } from '../../shared/batch.ts';
import type { BatchSignal } from '../../shared/events.ts';
import type { BatchJob } from '../../shared/job.ts';
import { printable } from '../../shared/safe-text.ts';
import { leftText } from './estimate.ts';
import { type Line, lineOf, type RunView, waitingTold } from './job-lines.ts';
import type { Output } from './output.ts';

// It is CommonJS of a kind whose names Node can't import.
const { Format, MultiBar } = cliProgress;

/** For a terminal: a bar for the batch and one for each shot that is being rendered. */
export function progressBars(output: Output): RunView {
  const bars = new Bars();
  const say = (text: string) => (bars.shown ? bars.say(text) : output.line(text));
  const waiting = waitingTold();
  return {
    onSignal: (signal, progress) => {
      const why = waiting(signal);
      if (why !== null) say(`Waiting for a node: ${why}.`);
      const line = lineOf(signal);
      // The bars themselves show that a frame is done and a shot has started.
      if (line && worthALine(signal)) say(output.paint(STYLES[line.level], line.text));
      bars.show(signal, progress);
    },
    say,
    onResult: () => {},
    stop: () => bars.stop(),
  };
}

class Bars {
  readonly #multi: Multi = new MultiBar({
    stream: process.stdout,
    format: formatted,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 24,
    fps: 8,
    hideCursor: true,
    clearOnComplete: true,
    // Sentences are long; the bars are cut to the window by `formatted`.
    linewrap: true,
    // Lines that are said push the bars down, so all of them have to be drawn again.
    forceRedraw: true,
  });
  readonly #jobs = new Map<string, SingleBar>();
  #batch: SingleBar | null = null;

  get shown(): boolean {
    return this.#batch !== null;
  }

  say(text: string): void {
    // Where it wraps, the rest of its last row still shows a bar.
    this.#multi.log(`${text}\u001B[0K\n`);
  }

  show(signal: BatchSignal, progress: () => BatchProgress): void {
    if (signal.type === 'samples') {
      const text = `frame ${signal.frame}, sample ${signal.done} of ${signal.total}`;
      this.#jobs.get(signal.job)?.update({ text });
    }
    if (signal.type !== 'event') return;
    if (signal.event.type === 'batch-started') this.#batch ??= this.#created('All shots');
    if (signal.job) this.#showJob(signal.job);
    this.#showBatch(progress());
  }

  stop(): void {
    if (!this.#batch) return;
    this.#batch = null;
    this.#multi.update();
    this.#multi.stop();
  }

  #showJob(job: BatchJob): void {
    const bar = this.#jobs.get(job.id);
    if (job.status !== 'running') {
      if (bar) this.#multi.remove(bar);
      this.#jobs.delete(job.id);
      return;
    }
    const shown = bar ?? this.#created(printable(job.name));
    this.#jobs.set(job.id, shown);
    const { done, total } = job.counts;
    shown.setTotal(Math.max(1, total));
    const frames = job.plan ? `${done} of ${total}` : 'opening';
    shown.update(done, { frames, ...(bar ? {} : { text: '' }) });
  }

  #showBatch(progress: BatchProgress): void {
    const { done, total } = progress.frames;
    this.#batch?.setTotal(Math.max(1, total));
    this.#batch?.update(done, {
      frames: `${done} of ${total}`,
      text: leftText(progress, Date.now()),
    });
  }

  #created(name: string): SingleBar {
    return this.#multi.create(1, 0, { name, frames: '', text: '' });
  }
}

const STYLES: Readonly<Record<Line['level'], 'green' | 'red' | 'yellow' | 'dim'>> = {
  frame: 'dim',
  warn: 'yellow',
  good: 'green',
  bad: 'red',
  info: 'dim',
};

function worthALine(signal: BatchSignal): boolean {
  if (signal.type !== 'event') return false;
  return signal.event.type !== 'frame-done' && signal.event.type !== 'job-started';
}

const NAME_WIDTH = 24;

const formatted: GenericFormatter = (options, params, payload) => {
  const { name, frames, text } = payload as Record<'name' | 'frames' | 'text', string>;
  const bar = Format.BarFormat(params.progress, options);
  const line = `${padded(name)} ${bar} ${frames}${text ? ` · ${text}` : ''}`;
  return cut(line, (process.stdout.columns || 80) - 1);
};

/** Exactly as wide as the column of names. */
function padded(name: string): string {
  const shown = cut(name, NAME_WIDTH);
  return shown + ' '.repeat(NAME_WIDTH - stringWidth(shown));
}

function cut(text: string, width: number): string {
  let shown = text;
  while (stringWidth(shown) > width) shown = `${[...shown].slice(0, -2).join('')}…`;
  return shown;
}
