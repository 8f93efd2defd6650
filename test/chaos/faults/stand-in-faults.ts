import type { Random } from '../random.ts';

interface Misdeed {
  readonly kind: string;
  readonly request: 'render' | 'open' | 'start';
  readonly rule: Readonly<Record<string, unknown>>;
}

/** What a Blender can do wrong by itself; the scripted one does it. */
const MISDEEDS: readonly Misdeed[] = [
  { kind: 'Blender hangs', request: 'render', rule: { hang: true } },
  {
    kind: 'Blender hangs, deaf to signals',
    request: 'render',
    rule: { hang: true, ignoreSignals: true },
  },
  { kind: 'Blender crashes', request: 'render', rule: { crash: true } },
  { kind: 'Blender crashes while loading', request: 'open', rule: { crash: 'SIGABRT' } },
  { kind: 'Blender dies at its start', request: 'start', rule: { exit: 1 } },
  { kind: 'Blender cuts a file short', request: 'render', rule: { file: 'truncated' } },
  { kind: 'Blender leaves a file empty', request: 'render', rule: { file: 'empty' } },
  { kind: 'Blender writes no file', request: 'render', rule: { file: 'none' } },
  { kind: 'Blender renders the wrong size', request: 'render', rule: { file: 'wrong-size' } },
  { kind: 'Blender exits with 0 in a frame', request: 'render', rule: { exit: 0 } },
  { kind: 'Blender spews 20 MB', request: 'render', rule: { spewBytes: 20_000_000 } },
  { kind: 'Blender prints bad UTF-8', request: 'render', rule: { badUtf8: true } },
  { kind: 'Blender gives stray answers', request: 'render', rule: { stray: true } },
  { kind: 'Blender closes its pipes', request: 'render', rule: { closesPipes: true } },
  { kind: 'Blender reports an error', request: 'render', rule: { report: 'Error: it rained in' } },
];

/** Draws what the scripted Blender does wrong in a night: rules for it, and the kinds. */
export function drawMisdeeds(random: Random): {
  readonly kinds: readonly string[];
  readonly rules: Readonly<Record<string, unknown>>;
} {
  const count = random.whole(0, 3);
  const misdeeds = Array.from({ length: count }, () => {
    const { kind, request, rule } = random.pick(MISDEEDS);
    const frame = request === 'render' ? { frame: random.whole(1, 12) } : {};
    return { kind, request, rule: { ...rule, ...frame, tries: random.whole(1, 2) } };
  });
  const rulesFor = (request: Misdeed['request']) =>
    misdeeds.filter((one) => one.request === request).map(({ rule }) => rule);
  const calm = { seconds: random.pick([0.01, 0.03, 0.06]) };
  return {
    kinds: misdeeds.map(({ kind }) => kind),
    rules: {
      start: rulesFor('start'),
      open: rulesFor('open'),
      render: [...rulesFor('render'), calm],
    },
  };
}
