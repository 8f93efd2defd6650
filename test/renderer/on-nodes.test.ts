import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { Lanes } from '../../renderer/lanes/Lanes.tsx';
import {
  doingText,
  nodeRows,
  onNodes,
  shotsText,
  waitingLine,
} from '../../renderer/lanes/on-nodes.ts';
import type { WorkerState } from '../../shared/events.ts';
import type { WorkerLane } from '../../shared/view.ts';

const lane = (worker: number, node: string | null, state: WorkerState): WorkerLane => ({
  ...{ worker, node, state, gpu: null, samplesDone: 4, samplesTotal: 8 },
  jobName: state.status === 'rendering' ? `shot ${state.job}` : null,
  ...{ memoryMb: null, times: [] },
});
const rendering = (worker: number, node: string | null, job = 'a') =>
  lane(worker, node, { status: 'rendering', job, frame: worker, since: 0, threads: 1 });
const asking = (worker: number, why: string | null) =>
  lane(worker, null, { status: 'asking', why });

const HELD = 'held back by an administrator';

test('on one computer nothing is grouped, whatever its workers do', () => {
  const lanes = [rendering(1, null), lane(2, null, { status: 'idle' })];
  expect(onNodes(lanes)).toBeNull();
});

test('lanes stand with their node, by its name as people count', () => {
  const placed = onNodes([rendering(1, 'n10'), rendering(2, 'n9'), rendering(3, 'n10')]);
  expect(placed?.nodes.map(({ node, lanes }) => [node, lanes.map((each) => each.worker)])).toEqual([
    ['n9', [2]],
    ['n10', [1, 3]],
  ]);
});

test('lanes that wait are one line with the reason in words, whatever their number', () => {
  const lanes = [rendering(1, 'n1'), asking(2, HELD), asking(3, HELD)];
  const placed = onNodes([
    ...lanes,
    asking(4, 'others are first in the queue'),
    lane(5, null, { status: 'idle' }),
  ]);
  expect(placed && waitingLine(placed)).toBe(
    '2 waiting for a node: held back by an administrator; 1 more: others are first in the queue; 1 not needed: nothing is left for it',
  );
  const fresh = onNodes([asking(1, null)]);
  expect(fresh?.nodes).toEqual([]);
  expect(fresh && waitingLine(fresh)).toBe('1 waiting for a node');
});

test('a node with one Blender is one line; one with more says what they do, and unfolds', () => {
  const lanes = [rendering(1, 'n1'), rendering(2, 'n2', 'a'), rendering(3, 'n2', 'b')];
  const opening = lane(4, 'n2', { status: 'opening', job: 'c' });
  const nodes = onNodes([...lanes, opening])?.nodes ?? [];
  const kinds = (isOpen: boolean) => nodeRows(nodes, () => isOpen).map(({ kind }) => kind);
  expect(kinds(false)).toEqual(['lane', 'node']);
  expect(kinds(true)).toEqual(['lane', 'node', 'lane', 'lane', 'lane']);
  expect(nodes[1] && doingText(nodes[1])).toBe('2 rendering, 1 opening');
  expect(nodes[1] && shotsText(nodes[1])).toBe('shot a, shot b');
});

test('two hundred Blenders draw no more than a screen of lines', () => {
  const many = Array.from({ length: 200 }, (_, index) =>
    rendering(index + 1, `n${Math.floor(index / 4)}`),
  );
  const markup = renderToStaticMarkup(
    createElement(Lanes, { lanes: many, pool: null, chosen: null }),
  );
  expect(markup).toContain('aria-label="200 Blenders on 50 nodes"');
  expect(markup.match(/<li/g)?.length ?? 0).toBeLessThan(16);
});
