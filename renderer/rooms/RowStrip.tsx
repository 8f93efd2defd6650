import { useCallback } from 'react';
import type { JobRow } from '../../shared/view.ts';
import { leaveStrip, pointAtStrip } from '../actions/strip-hint-actions.ts';
import { STRIP_HINT_ID, useStripHint } from '../store/strip-hint.ts';
import { framesText } from '../text/job-text.ts';
import { FrameStrip } from '../ui/FrameStrip.tsx';

/** The strip of a shot in the table, which tells of the frame under the pointer. */
export function RowStrip({ row }: { readonly row: JobRow }) {
  const { id, strip } = row;
  const cells = strip.length;
  const told = useStripHint((state) => state.told?.jobId === id);
  const onPoint = useCallback(
    (box: DOMRect, x: number) => pointAtStrip(id, cells, box, x),
    [id, cells],
  );
  return strip === '' ? null : (
    <FrameStrip
      cells={strip}
      text={framesText(row)}
      describedBy={told ? STRIP_HINT_ID : undefined}
      onPoint={onPoint}
      onLeave={leaveStrip}
    />
  );
}
