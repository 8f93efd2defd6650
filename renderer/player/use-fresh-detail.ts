import { useEffect, useRef } from 'react';
import { loadDetail } from '../actions/job-actions.ts';
import { useRow } from '../store/batch-store.ts';

const REFRESH_MS = 300;

/** Fetches the detail for another job at once, and again when its row has changed, not too often. `null`: of none. */
export function useFreshDetail(jobId: string | null): void {
  const row = useRow(jobId ?? '');
  const asked = useRef({ id: '', at: 0 });
  useEffect(() => {
    if (!row) return;
    const load = () => {
      asked.current = { id: row.id, at: Date.now() };
      void loadDetail(row.id);
    };
    const wait = asked.current.id === row.id ? asked.current.at + REFRESH_MS - Date.now() : 0;
    if (wait <= 0) return load();
    // Counted from the last asking, so that a row that never rests is asked for all the same.
    const timer = setTimeout(load, wait);
    return () => clearTimeout(timer);
  }, [row]);
}
