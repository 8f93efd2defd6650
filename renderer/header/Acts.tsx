import type { BatchView } from '../../shared/view.ts';
import { copyReport, exportReport, render } from '../actions/batch-actions.ts';
import { callOff } from '../actions/schedule-actions.ts';
import { askOfBatch, openDialog } from '../actions/ui-actions.ts';
import { useRemembered } from '../store/batch-store.ts';
import { useSchedule } from '../store/library-store.ts';
import { useUi } from '../store/ui-store.ts';
import { ACT_WORDS, type Act, canBePlanned, offeredActs, waitingActs } from '../text/acts.ts';
import { Button } from '../ui/Button.tsx';
import './Acts.css';
import { ScheduleButton } from '../schedule/ScheduleButton.tsx';
import { WhereButton } from '../schedule/WhereButton.tsx';
import { isAtWork } from '../text/batch-text.ts';

/** The buttons that make sense now and no others; the last is the primary. */
export function Acts({ view }: { readonly view: BatchView }) {
  const schedule = useSchedule(view.id);
  const offered = offeredActs(view);
  const acts = schedule?.startAt ? waitingActs(offered) : offered;
  const exporting = useUi((state) => state.exporting);
  if (useRemembered()) return <p className="acts-wait muted">Looking at the frames on disk…</p>;
  return (
    <div className="acts">
      {canBePlanned(offered) && !isAtWork(view) && <WhereButton />}
      {canBePlanned(offered) && <ScheduleButton view={view} />}
      {acts.map((act, index) => (
        <Button
          key={act}
          look={index === acts.length - 1 ? 'primary' : look(act, acts.length)}
          aria-disabled={act === 'export' && exporting}
          onClick={() => void PERFORM[act]()}
        >
          {act === 'export' && exporting ? 'Exporting…' : ACT_WORDS[act]}
        </Button>
      ))}
    </div>
  );
}

function look(act: Act, offered: number): 'plain' | 'quiet' {
  return offered > 2 && act !== 'cancel' && act !== 'call-off' ? 'quiet' : 'plain';
}

const PERFORM: Readonly<Record<Act, () => unknown>> = {
  render,
  resume: render,
  'start-now': render,
  pause: () => askOfBatch('batch:pause'),
  cancel: () => openDialog({ kind: 'cancel-batch' }),
  'call-off': callOff,
  export: exportReport,
  copy: copyReport,
  estimate: () => askOfBatch('batch:estimate'),
  'stop-estimate': () => askOfBatch('batch:stop-estimate'),
};
