import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NewerCheckpoint } from '../../electron/engine/journal/journal-format.ts';
import { replay } from '../../electron/engine/journal/replay.ts';
import type { BatchEvent } from '../../shared/events.ts';
import { frameState } from '../../shared/job-state.ts';
import { QUIET_NIGHT } from '../../shared/night.ts';
import { added, CRASH, crashedRun, done, runStarted, started } from './events.ts';

const HEADER = '{"nightshift":"journal","version":1}';
const text = (events: readonly BatchEvent[]) => [HEADER, ...events.map((e) => JSON.stringify(e))];

describe('replay', () => {
  it('knows nothing from an empty journal', () => {
    const replayed = replay([]);
    expect(replayed).toEqual({
      jobs: new Map(),
      run: null,
      outcome: null,
      lastAt: null,
      night: QUIET_NIGHT,
      gone: new Set(),
      unfinished: 0,
      setAside: [],
    });
  });

  it('gives back the frames that were running when the power went, without blame', () => {
    const { jobs, unfinished, outcome, run } = replay(text(crashedRun()));
    const hero = jobs.get('hero');
    expect(hero?.status).toBe('waiting');
    expect(hero?.counts).toMatchObject({ total: 4, done: 2, running: 0, waiting: 2 });
    expect(hero && frameState(hero, 3)).toEqual({ status: 'waiting', tries: 0 });
    expect(unfinished).toBe(1);
    expect(outcome).toBe('interrupted');
    expect(run?.finishedAt).toBeNull();
  });

  it('knows which simulation of a plan is not baked; a plan of older journals has none', () => {
    const simulation = { first: -2, names: ['“Flow” of the object “Water”'], rendered: 'baked' };
    const lines = text(crashedRun());
    const planned = lines.findIndex((line) => line.includes('"job-planned"'));
    const event = JSON.parse(lines[planned] ?? '');
    const newer = JSON.stringify({ ...event, plan: { ...event.plan, simulation } });
    const instead = (line: string) => lines.map((one, at) => (at === planned ? line : one));
    const before = replay(lines).jobs.get('hero');
    const now = replay(instead(newer)).jobs.get('hero');
    expect(before?.plan?.simulation).toBe(undefined);
    expect(now?.plan?.simulation).toEqual(simulation);
    expect({ ...now, plan: before?.plan }).toEqual(before);
    const strange = newer.replace('"baked"', '"guessed"');
    expect(replay(instead(strange)).setAside).toHaveLength(1);
  });

  it('goes on legally with a second run after a crash', () => {
    const second: BatchEvent[] = [
      runStarted(300),
      { type: 'job-reset', job: 'hero', at: 301 },
      { type: 'job-started', job: 'hero', at: 302 },
      started(3),
      done(3),
      started(4),
      done(4),
      { type: 'job-finished', job: 'hero', at: 400, status: 'completed', error: null },
      { type: 'batch-finished', at: 401, outcome: 'completed' },
    ];
    const { jobs, setAside, outcome, run, lastAt } = replay(text([...crashedRun(), ...second]));
    expect(setAside).toEqual([]);
    expect(jobs.get('hero')).toMatchObject({ status: 'completed', renderSeconds: 8 });
    // The two of the first run are from before.
    expect(jobs.get('hero')?.counts).toMatchObject({ done: 4, kept: 2 });
    expect(outcome).toBe('completed');
    expect(run).toMatchObject({ startedAt: 300, finishedAt: 401 });
    expect(lastAt).toBe(401);
  });

  it('keeps a failed frame failed after a crash', () => {
    const failed: BatchEvent = {
      type: 'frame-failed',
      job: 'hero',
      at: 250,
      frame: 3,
      failure: CRASH,
      willRetry: false,
    };
    const hero = replay(text([...crashedRun(), failed])).jobs.get('hero');
    expect(hero && frameState(hero, 3)).toMatchObject({ status: 'failed', failure: CRASH });
  });

  it('sets a bad line in the middle aside, says which, and plays the rest', () => {
    const lines = text(crashedRun());
    lines.splice(4, 0, '{"type":"frame-done","job":"hero","fra\0\0\0');
    const { jobs, setAside } = replay(lines);
    expect(setAside).toMatchObject([{ line: 5, reason: 'It is not readable as JSON.' }]);
    expect(jobs.get('hero')?.counts.done).toBe(2);
  });

  it('sets aside unknown events, illegal moves and shots that were never added', () => {
    const lines = [
      ...text(added()),
      '{"type":"job-danced","job":"hero","at":1}',
      '{"type":"job-finished","job":"hero","at":1,"status":"completed","error":null}',
      '{"type":"job-finished","job":"hero","at":1,"status":"failed","error":null}',
      '{"type":"job-started","job":"ghost","at":1}',
      '[]',
      'null',
    ];
    const { jobs, setAside } = replay(lines);
    expect(setAside.map((row) => row.line)).toEqual([4, 6, 7, 8, 9]);
    expect(setAside[1]?.reason).toContain("can't go from completed to failed");
    expect(jobs.get('hero')?.status).toBe('completed');
    expect(jobs.has('ghost')).toBe(false);
  });

  it('refuses a plan whose frames are not in order', () => {
    const [add, plan] = added('hero', [3, 1]);
    expect(replay(text([add, plan] as BatchEvent[])).setAside).toHaveLength(1);
  });

  it('reads a run of an older version that knew fewer settings', () => {
    const line = JSON.stringify(runStarted()).replace('"backoffMs":1000,', '');
    expect(replay([HEADER, line]).run?.config.backoffMs).toBe(1000);
  });

  it('refuses a journal of a newer Nightshift with one sentence', () => {
    const newer = '{"nightshift":"journal","version":3}';
    expect(() => replay([newer])).toThrow(NewerCheckpoint);
    expect(() => replay([newer])).toThrow(/written by a newer Nightshift/);
  });

  it('survives anything that may stand in a journal', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string(), fc.json(), fc.constantFrom(...text(crashedRun())))),
        (lines) => {
          const { jobs } = replay(lines.filter((line) => !line.includes('"version"')));
          for (const job of jobs.values()) expect(job.counts.running).toBe(0);
        },
      ),
      { numRuns: 300 },
    );
  });
});
