import type { App } from '../../e2e/app.ts';

/*
 * A hold on the truth of the open batch inside of the main process, so that events come in exactly as many a second
 * as wanted: from a real engine they would come as its disk allows. What runs inside stands on nothing but its
 * arguments. The product knows nothing of it: V8 is asked for the objects that have the store's methods.
 */

/** Call before a folder is opened: the store of the batch that is opened next is the one that is driven. */
export async function holdNextStore(app: App): Promise<void> {
  await app.main.evaluate(findStore);
}

/** What comes at which pace. */
export interface Pace {
  /** State changes a second: starts and ends of frames and shots. */
  readonly events: number;
  readonly seconds: number;
  /** Shots at work at once. */
  readonly workers: number;
}

/**
 * Lets events happen evenly: each is written to the journal, changes the state and is told, as from a worker of the
 * pool. Resolves with how many it were when all have happened.
 */
export function letHappen(app: App, pace: Pace): Promise<number> {
  return app.main.evaluate(storm, pace);
}

/** Finishes all frames of all shots, as fast as it goes, without writing a journal. Resolves with their number. */
export function finishAll(app: App): Promise<number> {
  return app.main.evaluate(finishEverything);
}

interface Inside {
  store?: {
    readonly jobs: readonly InsideJob[];
    persist: unknown;
    record: (event: object) => void;
    promise: (event: object) => Promise<void>;
    fulfil: (event: object) => void;
    tell: (signal: object) => void;
  };
}

interface InsideJob {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly outputPath: string;
  readonly shotConfig: { readonly frames: readonly number[] } | null;
}

async function findStore(): Promise<void> {
  const { Session } = process.getBuiltinModule('node:inspector');
  const session = new Session();
  session.connect();
  const post = <T>(method: string, params: object) =>
    new Promise<T>((resolve, reject) => {
      session.post(method, params, (error, value) => (error ? reject(error) : resolve(value as T)));
    });
  const { result } = await post<{ result: { objectId: string } }>('Runtime.evaluate', {
    expression: 'Object.prototype',
  });
  const { objects } = await post<{ objects: { objectId: string } }>('Runtime.queryObjects', {
    prototypeObjectId: result.objectId,
  });
  const hold = `function () {
    const own = (object, name) => Object.prototype.hasOwnProperty.call(object, name);
    const store = this.find((object) => own(object, 'fulfil') && own(object, 'promise'));
    const { subscribe } = store;
    globalThis.bench = {};
    store.subscribe = function (listener) {
      globalThis.bench.store = this;
      return subscribe.call(this, listener);
    };
  }`;
  await post('Runtime.callFunctionOn', { objectId: objects.objectId, functionDeclaration: hold });
  session.disconnect();
}

async function storm(
  _electron: unknown,
  { events, seconds, workers }: { events: number; seconds: number; workers: number },
): Promise<number> {
  const { store } = (globalThis as unknown as { bench: Inside }).bench;
  if (!store) throw new Error('No batch was opened since.');
  const record = (frame: number) => ({
    file: `frame_${String(frame).padStart(4, '0')}.png`,
    bytes: 1_843_200 + frame,
    mtimeMs: Date.now() - 40.25,
    sha256: frame.toString(16).padStart(32, '8d4e'),
    seconds: 11.25 + (frame % 7) / 8,
    memoryMb: 812,
    at: Date.now(),
  });
  // The workers of the batch have the first shots, and an earlier round has begun others.
  const jobs = store.jobs.slice(workers).filter(({ status }) => status === 'waiting');
  let next = 0;
  let happened = 0;
  function* work(worker: number): Generator<() => void> {
    for (let job = jobs[next++]; job; job = jobs[next++]) {
      const about = () => ({ job: job.id, at: Date.now() });
      const frames = job.shotConfig?.frames ?? [];
      const plan = {
        frames,
        directory: job.outputPath,
        pattern: `${job.name}_####`,
        extension: '.png',
        format: 'PNG',
        ...{ width: 1920, height: 1080, engine: 'CYCLES', fps: 24, movie: null, inputs: [] },
      };
      yield () => store?.record({ type: 'job-started', ...about() });
      yield () => store?.record({ type: 'job-planned', ...about(), plan });
      for (const frame of frames) {
        yield () => {
          store?.record({ type: 'frame-started', ...about(), frame, worker });
          const state = { status: 'rendering', job: job.id, frame, since: Date.now(), threads: 1 };
          store?.tell({ type: 'worker', worker, state });
        };
        yield () => {
          const done = { type: 'frame-done', ...about(), frame, record: record(frame) };
          void store?.promise(done).then(() => store?.fulfil(done));
        };
      }
      yield () =>
        store?.record({ type: 'job-finished', ...about(), status: 'completed', error: null });
    }
  }
  const at = Array.from({ length: workers }, (_, index) => work(100 + index));
  const began = performance.now();
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const elapsed = performance.now() - began;
      const due = Math.floor((Math.min(elapsed, seconds * 1000) / 1000) * events);
      for (; happened < due; happened += 1) at[happened % workers]?.next().value?.();
      if (elapsed < seconds * 1000) return;
      clearInterval(timer);
      resolve();
    }, 20);
  });
  // A batch that has broken off writes nothing: what was measured would be somebody else's ease.
  if (!store.persist) throw new Error('The batch has broken off meanwhile.');
  for (let worker = 100; worker < 100 + workers; worker += 1) {
    store.tell({ type: 'worker', worker, state: { status: 'gone' } });
  }
  return happened;
}

async function finishEverything(): Promise<number> {
  const { store } = (globalThis as unknown as { bench: Inside }).bench;
  if (!store) throw new Error('No batch was opened since.');
  let finished = 0;
  let breath = performance.now();
  for (const job of store.jobs) {
    const about = { job: job.id, at: Date.now() };
    const frames = job.shotConfig?.frames ?? [];
    const plan = {
      frames,
      directory: job.outputPath,
      pattern: `${job.name}_####`,
      extension: '.png',
      format: 'PNG',
      ...{ width: 1920, height: 1080, engine: 'CYCLES', fps: 24, movie: null, inputs: [] },
    };
    store.record({ type: 'job-started', ...about });
    store.record({ type: 'job-planned', ...about, plan });
    for (const frame of frames) {
      const record = {
        file: `${job.name}_${String(frame).padStart(4, '0')}.png`,
        bytes: 1_843_200 + (finished % 100_003),
        mtimeMs: Date.now() - 40.25,
        // As unlike each other as real ones.
        sha256: (finished * 2654435761).toString(16).padStart(16, job.id).padEnd(32, job.id),
        seconds: 11.25 + (finished % 997) / 128,
        memoryMb: 812 + (finished % 13),
        at: Date.now(),
      };
      store.fulfil({ type: 'frame-done', ...about, frame, record });
      finished += 1;
    }
    store.record({ type: 'job-finished', ...about, status: 'completed', error: null });
    if (performance.now() - breath < 15) continue;
    await new Promise((resolve) => setTimeout(resolve, 1));
    breath = performance.now();
  }
  return finished;
}
