import type { BatchView, JobRow } from '../../shared/view.ts';

/** Seconds that Blender worked, seconds a frame (`null`: none was rendered), and tries after the first. */
export function nightNumbers(view: BatchView, rows: readonly JobRow[]) {
  const renderSeconds = rows.reduce((sum, row) => sum + row.renderSeconds, 0);
  const retries = rows.reduce((sum, row) => sum + row.retryCount, 0);
  const { done } = view.progress.frames;
  return {
    renderSeconds,
    retries,
    averageSeconds: done > 0 && renderSeconds > 0 ? renderSeconds / done : null,
  };
}
