import { expect, test } from 'vitest';
import { Nodes } from '../../electron/engine/capacity/nodes.ts';

function fail(nodes: Nodes, node: string, job: string, ...frames: readonly number[]): void {
  for (const frame of frames) nodes.failed(node, job, String(frame));
}

test('a node that fails on three frames in a row of a shot that others render is left out once', () => {
  const nodes = new Nodes();
  const told: string[] = [];
  nodes.onLeftOut = (node, why) => told.push(`${node}: ${why}`);
  fail(nodes, 'n3', 'a', 1, 2, 3);
  expect(nodes.leftOut).toEqual([]);
  nodes.worked('n1', 'a');
  nodes.worked('n1', 'a');
  expect(nodes.leftOut).toEqual(['n3']);
  expect(nodes.isLeftOut('n3')).toBe(true);
  expect(told).toEqual(['n3: Blender failed there on 3 frames in a row, and other nodes work']);
});

test('a shot that fails everywhere leaves no node out, whatever else is rendered beside it', () => {
  const nodes = new Nodes();
  nodes.worked('n1', 'a');
  nodes.worked('n2', 'a');
  fail(nodes, 'n2', 'b', 1, 2, 3);
  fail(nodes, 'n3', 'b', 4, 5, 6);
  fail(nodes, 'n4', 'b', 7, 8, 9);
  nodes.worked('n1', 'a');
  expect(nodes.leftOut).toEqual([]);
});

test('a frame that has failed on two nodes is counted against neither', () => {
  const nodes = new Nodes();
  fail(nodes, 'n2', 'a', 1, 2, 3);
  fail(nodes, 'n3', 'a', 1);
  fail(nodes, 'n4', 'a', 1);
  nodes.worked('n1', 'a');
  expect(nodes.leftOut).toEqual([]);
  fail(nodes, 'n2', 'a', 4);
  nodes.worked('n1', 'a');
  expect(nodes.leftOut).toEqual(['n2']);
});

test('a frame that is done makes good what failed before', () => {
  const nodes = new Nodes();
  fail(nodes, 'n2', 'a', 1, 2);
  nodes.worked('n2', 'a');
  fail(nodes, 'n2', 'a', 3, 4);
  nodes.worked('n1', 'a');
  expect(nodes.leftOut).toEqual([]);
});
