import { type RefObject, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { Drawing, Shape } from '../../shared/charts/drawing.ts';
import { isolated } from '../../shared/safe-text.ts';
import './Chart.css';

interface ChartProps {
  /** What it shows, for those who can't see it. */
  readonly label: string;
  /** Given the pixels that there are. The same function for the same data: else it is drawn again each time. */
  readonly draw: (width: number) => Drawing;
}

/** A chart as wide as its place, in the colours of the tokens. */
export function Chart({ label, draw }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const width = useWidth(place);
  const drawing = useMemo(() => draw(Math.max(width, NARROWEST)), [draw, width]);
  return (
    <div className="chart" ref={place} style={{ height: drawing.height }}>
      {width > 0 && (
        <svg role="img" aria-label={label} width={drawing.width} height={drawing.height}>
          {drawing.shapes.map((shape, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a drawing is drawn as a whole
            <ShapeElement key={index} shape={shape} />
          ))}
        </svg>
      )}
    </div>
  );
}

/** Narrower than this nothing could be read. */
const NARROWEST = 420;

function ShapeElement({ shape }: { readonly shape: Shape }) {
  if (shape.kind === 'text') {
    const { x, y, anchor, look, text } = shape;
    return (
      <text className={look} x={x} y={y} textAnchor={anchor}>
        {isolated(text)}
      </text>
    );
  }
  const title = shape.title === undefined ? null : <title>{shape.title}</title>;
  if (shape.kind === 'rect') {
    const { x, y, width, height, tone } = shape;
    return (
      <rect className={tone} x={x} y={y} width={width} height={height}>
        {title}
      </rect>
    );
  }
  if (shape.kind === 'cross') {
    const { x, y, size } = shape;
    const [left, right, top, bottom] = [x - size, x + size, y - size, y + size];
    return (
      <path
        className="cross"
        d={`M${left} ${top}L${right} ${bottom}M${left} ${bottom}L${right} ${top}`}
      >
        {title}
      </path>
    );
  }
  const [x1, y1] = shape.from;
  const [x2, y2] = shape.to;
  return (
    <line className={shape.dashed ? `${shape.tone} dashed` : shape.tone} {...{ x1, y1, x2, y2 }}>
      {title}
    </line>
  );
}

function useWidth(place: RefObject<HTMLDivElement | null>): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = place.current;
    if (!element) return;
    setWidth(element.clientWidth);
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, [place]);
  return width;
}
