import { type PixelHead, pixelsUrl } from '../../shared/picture.ts';
import { pixelAt } from './look.ts';
import { exactPixel, nameOf, type Shown, type Side } from './use-side.ts';
import { useValues } from './use-values.ts';
import type { Point } from './zoom.ts';

interface PixelLineProps {
  readonly batchId: string;
  readonly shown: Shown;
  readonly side: Side;
  readonly layer: string;
  /** Of the picture, from its upper left corner; `null`: it is not looked at. */
  readonly at: Point | null;
}

/** The values of the pixel that is looked at, as its file has them: never those of a picture that was made smaller. */
export function PixelLine({ batchId, shown, side, layer, at }: PixelLineProps) {
  const { head } = side;
  const inside =
    head && at && at.x >= 0 && at.y >= 0 && at.x < head.width && at.y < head.height
      ? { x: Math.floor(at.x), y: Math.floor(at.y) }
      : null;
  const known = inside && exactPixel(side, inside.x, inside.y);
  const { jobId, frame, replacedAt } = shown;
  const wish = { batchId, jobId, frame: frame.frame, replacedAt, layer, columns: 1, rows: 1 };
  const url =
    inside && !known
      ? pixelsUrl({ ...wish, region: { ...inside, width: 1, height: 1 } }, frame.at)
      : null;
  const one = useValues(`${nameOf(shown)} ${layer} pixel`, url);
  if (!head || !inside) return <span className="pixel-line" />;
  const asked =
    one && 'head' in one && one.head.region.x === inside.x && one.head.region.y === inside.y
      ? pixelAt(one.head, one.values, 0, 0)
      : null;
  return <span className="pixel-line">{pixelText(head, inside, known ?? asked)}</span>;
}

/**
 * `412, 96 · R 0.184 G 0.181 B 0.176 A 1 · linear`. Counted from the lower left, as Blender does.
 * @param values `null`: they are on their way
 */
export function pixelText(
  head: PixelHead,
  { x, y }: Point,
  values: readonly number[] | null,
): string {
  const { channels = [] } = head.layers.find(({ id }) => id === head.layer) ?? {};
  const told = channels.map(
    (channel, index) => `${channel} ${values ? number(values[index]) : '…'}`,
  );
  return [`${x}, ${head.height - 1 - y}`, told.join('  '), KINDS[head.kind]].join('  ·  ');
}

const KINDS = { u8: '8 bit', u16: '16 bit', f16: 'half float', f32: 'float' } as const;

function number(value: number | undefined): string {
  if (value === undefined) return '…';
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : String(value);
}
