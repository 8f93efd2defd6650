import { problemOf, tryShots } from '../../engine/index.ts';
import type { BatchSession } from './batch-session.ts';
import { worthALook } from './scene-checks.ts';

type Tried = Pick<BatchSession, 'processor' | 'trying' | 'found'>;

/**
 * Tries a few frames of a batch that rests, so that the window can say how long it will take. One batch at a time,
 * and only until something else is wanted of the machine.
 */
export class Estimating {
  #abort = new AbortController();
  #session: Pick<BatchSession, 'trying'> | null = null;
  #last: Promise<unknown> = Promise.resolve();

  /**
   * Gives up what it was at before. Resolves when it has ended.
   * @param first waited for: a second Blender would make the frames look slow
   */
  start(session: Tried, first: Promise<unknown>): Promise<unknown> {
    const before = this.stop();
    const { signal } = this.#abort;
    this.#session = session;
    session.trying({ shot: null, tried: 0, of: 0 });
    const aborted = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    this.#last = Promise.all([before, Promise.race([first, aborted])])
      .then(() => (signal.aborted ? undefined : tryAll(session, signal)))
      .catch((error: unknown) => console.error(error))
      .finally(() => {
        if (!signal.aborted) this.#end();
      });
    return this.#last;
  }

  /** Resolves when its Blender has gone. Safe to call at any time. */
  async stop(): Promise<void> {
    this.#abort.abort();
    this.#abort = new AbortController();
    this.#end();
    await this.#last;
  }

  #end(): void {
    this.#session?.trying(null);
    this.#session = null;
  }
}

/** What can't be tried stands in the table with its reason, as what preflight finds. */
async function tryAll(session: Tried, signal: AbortSignal): Promise<void> {
  const { processor } = session;
  const { batch, jobs, config, here } = processor;
  const measures = await tryShots(worthALook(jobs, batch.problems, config.trusted), {
    config,
    here,
    signal,
    onNext: ({ name }, tried, of) => session.trying({ shot: name, tried, of }),
    onTried: (job, measured) => {
      if (!measured.ok) session.found([problemOf(job, measured.failure)]);
    },
  });
  if (!signal.aborted) processor.outlook.learn(measures);
}
