import { useChosenFrame } from '../store/chosen-frame.ts';
import { openDialog } from './ui-actions.ts';

/** Looks at one frame of a shot. @param of `batch/job` @param frame its number; `null` follows the newest one */
export function chooseFrame(of: string, frame: number | null): void {
  useChosenFrame.setState({ of, frame });
}

/** Shows the chosen frame of a shot, else its newest, as large as the window. */
export function openPreview(jobId: string): void {
  openDialog({ kind: 'preview', jobId });
}
