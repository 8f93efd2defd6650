import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frameFile } from '../../shared/frame-file.ts';
import { CHUNK_FRAMES, FrameDraft, FrameList } from '../../shared/frame-list.ts';
import { countsOf, type FrameState } from '../../shared/frame-state.ts';
import { DONE, done, FAILED, jobWith, KEPT, RUNNING, record, WAITING } from '../app/jobs.ts';

const STATUSES = ['waiting', 'running', 'done', 'failed'] as const;
const anyState = fc.constantFrom(WAITING, RUNNING, DONE, KEPT, FAILED, done(7));
/** Long runs of one state, some of them longer than a chunk. */
const anyStates = fc
  .array(fc.tuple(anyState, fc.constantFrom(1, 2, 100, CHUNK_FRAMES, 300)), { maxLength: 5 })
  .map((runs) => runs.flatMap(([state, length]) => Array<FrameState>(length).fill(state)));
const anyChanges = fc.array(fc.tuple(fc.nat(1500), anyState), { maxLength: 20 });
const runs = { numRuns: 60 };

describe('a list of frames', () => {
  it('reads like a plain array of the same frames, whatever was changed', () => {
    fc.assert(
      fc.property(anyStates, anyChanges, (states, changes) => {
        const plain = [...states];
        let list = FrameList.of(states);
        for (const [at, next] of changes) {
          if (at >= plain.length) continue;
          plain[at] = next;
          list = list.with(at, next);
        }
        expect([...list]).toEqual(plain);
        expect(list.length).toBe(plain.length);
        expect(list.counts).toEqual(countsOf(plain));
        expect(JSON.stringify(list)).toBe(JSON.stringify(plain));
        expect(list.map((frame, index) => [index, frame.status])).toEqual(
          plain.map((frame, index) => [index, frame.status]),
        );
        for (const at of [-1, 0, CHUNK_FRAMES - 1, CHUNK_FRAMES, plain.length - 1, plain.length]) {
          expect(list.get(at)).toEqual(plain[at]);
          expect(list.statusOf(at)).toBe(plain[at]?.status);
        }
      }),
      runs,
    );
  });

  it('keeps what it was when it is changed', () => {
    fc.assert(
      fc.property(anyStates, anyChanges, (states, changes) => {
        const list = FrameList.of(states);
        for (const [at, next] of changes) if (at < states.length) list.with(at, next);
        list.mapped(() => FAILED);
        expect([...list]).toEqual(states);
      }),
      runs,
    );
  });

  it('finds the frames in a state, from any place in both directions', () => {
    fc.assert(
      fc.property(anyStates, fc.integer({ min: -2, max: 1500 }), (states, from) => {
        const list = FrameList.of(states);
        for (const status of STATUSES) {
          const found = states.flatMap((frame, index) => (frame.status === status ? [index] : []));
          expect(list.nextIndex(status, from)).toBe(found.find((index) => index >= from) ?? -1);
          expect(list.lastIndex(status, from)).toBe(found.findLast((index) => index <= from) ?? -1);
          expect([...list.inState(status)]).toEqual(found.map((index) => [index, states[index]]));
        }
      }),
      runs,
    );
  });

  it('counts any stretch of itself', () => {
    fc.assert(
      fc.property(anyStates, fc.nat(1500), fc.nat(1500), (states, from, to) => {
        expect(FrameList.of(states).countsWithin(from, to)).toEqual(
          countsOf(states.slice(from, Math.max(from, to))),
        );
      }),
      runs,
    );
  });

  it('changes all frames at once as one by one', () => {
    fc.assert(
      fc.property(anyStates, anyState, (states, next) => {
        const change = (frame: FrameState) => (frame.status === 'waiting' ? next : frame);
        const concerned = FrameList.of(states).mapped(change, (counts) => counts.waiting > 0);
        expect([...concerned]).toEqual(states.map(change));
        expect(concerned.counts).toEqual(countsOf(states.map(change)));
      }),
      runs,
    );
  });

  it('knows the times of what is done', () => {
    const list = FrameList.of([done(2), WAITING, done(0), done(5)]);
    expect(list.times).toEqual({ sum: 7, known: 2, slowest: 5 });
    expect(list.with(3, WAITING).times).toEqual({ sum: 2, known: 1, slowest: 2 });
    expect(FrameList.EMPTY.times).toEqual({ sum: 0, known: 0, slowest: 0 });
  });

  it('begins with frames that nobody has tried', () => {
    const length = 2 * CHUNK_FRAMES + 3;
    expect(FrameList.waiting(length)).toEqual(FrameList.of(Array(length).fill(WAITING)));
    expect(FrameList.waiting(0)).toEqual(FrameList.EMPTY);
  });

  it('is a plain array in what is written of its job', () => {
    const written = JSON.parse(JSON.stringify(jobWith([DONE, WAITING])));
    expect(written.frames).toEqual([DONE, WAITING]);
  });

  it('refuses a change where there is no frame', () => {
    expect(() => FrameList.waiting(3).with(3, DONE)).toThrow('There is no frame at 3 of 3.');
  });
});

describe('a draft of a list of frames', () => {
  it('becomes the list that the same changes make one by one', () => {
    fc.assert(
      fc.property(anyStates, anyChanges, (states, changes) => {
        const draft = new FrameDraft(FrameList.of(states));
        let list = FrameList.of(states);
        for (const [at, next] of changes) {
          if (at >= states.length) continue;
          draft.change(at, () => next);
          list = list.with(at, next);
        }
        expect([...draft.list()]).toEqual([...list]);
        expect(draft.list().counts).toEqual(list.counts);
      }),
      runs,
    );
  });

  it('takes a chunk from its first frame to its last and back', () => {
    const draft = new FrameDraft(FrameList.waiting(CHUNK_FRAMES + 1));
    for (let at = 0; at < CHUNK_FRAMES; at++) draft.change(at, () => done(at));
    draft.change(7, () => WAITING);
    const list = draft.list();
    expect(list.counts).toMatchObject({ done: CHUNK_FRAMES - 1, waiting: 2 });
    expect(list.get(8)).toEqual(done(8));
  });
});

describe('frames that are done', () => {
  const anyNumber = fc.oneof(
    fc.nat(),
    fc.maxSafeNat(),
    fc.tuple(fc.maxSafeNat(), fc.constantFrom(1024, 4096, 10_000)).map(([whole, by]) => whole / by),
    fc.double(),
    fc.constantFrom(0, -0, 0.1, 1.7e12 + 1 / 4096, 2 ** 53, Number.MAX_VALUE, Number.NaN),
  );
  const anyRecord = fc.record(
    {
      file: fc.oneof(
        fc.nat(2000).map((frame) => `hero_${String(frame).padStart(4, '0')}.png`),
        fc.nat(20).map((frame) => `7up_v2_${frame}_007.exr`),
        fc.constantFrom('', '1', '01', '9007199254740993.png', 'hero_-001.png', 'ü 1.tif'),
        fc.string(),
      ),
      bytes: anyNumber,
      mtimeMs: anyNumber,
      sha256: fc.oneof(fc.stringMatching(/^[0-9a-f]{32}$/), fc.constantFrom('', 'A'.repeat(32))),
      seconds: anyNumber,
      memoryMb: anyNumber,
      at: anyNumber,
      cpu: fc.record(
        { seconds: anyNumber, threads: fc.constantFrom(1, 64, 65_535, 65_536) },
        { noNullPrototype: true },
      ),
    },
    {
      requiredKeys: ['file', 'bytes', 'mtimeMs', 'sha256', 'seconds', 'memoryMb', 'at'],
      noNullPrototype: true,
    },
  );

  it('are read again exactly as they were, however they are packed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anyRecord, fc.nat(300), fc.boolean()), { minLength: 1, maxLength: 30 }),
        fc.array(fc.tuple(fc.nat(40), anyState), { maxLength: 10 }),
        (frames, others) => {
          const states: FrameState[] = frames.map(([record, tries, kept]) => ({
            ...{ status: 'done', tries, kept, record },
          }));
          for (const [at, state] of others) states.splice(at, 0, state);
          const list = FrameList.of(states);
          expect([...list]).toStrictEqual(states);
          const kept = (state: FrameState) =>
            state.status === 'done' ? { ...state, kept: true } : state;
          expect([...list.allKept()]).toStrictEqual(states.map(kept));
          expect(list.allKept().counts).toEqual(countsOf(states.map(kept)));
          expect(list.countsWithin(1, 9)).toEqual(countsOf(states.slice(1, 9)));
        },
      ),
    );
  });

  it('keep their names, whatever number stands in them', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('hero_####', '####', '#', 'a0#1', 'take_7'),
        fc.constantFrom('.png', '.jp2'),
        fc.uniqueArray(fc.integer({ min: -20, max: 12_000 }), { minLength: 1, maxLength: 300 }),
        (pattern, extension, numbers) => {
          const names = numbers.map((frame) => frameFile({ pattern, extension }, frame));
          const list = FrameList.of(names.map((file) => doneAs(file)));
          expect(list.map((frame) => frame.status === 'done' && frame.record.file)).toEqual(names);
        },
      ),
      runs,
    );
  });
});

function doneAs(file: string): FrameState {
  return { status: 'done', tries: 1, kept: false, record: record(1, 0, file) };
}
