import type { JobDetail, JobRow } from '../../shared/view.ts';
import { copyCommands } from '../actions/job-actions.ts';
import { useView } from '../store/batch-store.ts';
import { setupFacts } from '../text/setup-facts.ts';
import { Button } from '../ui/Button.tsx';
import './SetupTab.css';

/** The settings that this shot renders with, and the line that renders it in a terminal. */
export function SetupTab({ row, detail }: { readonly row: JobRow; readonly detail: JobDetail }) {
  const folder = useView()?.folder ?? '';
  return (
    <div className="tab-scroll">
      <dl className="facts selectable">
        {setupFacts(row, detail, folder).map(([name, value]) => (
          <Fact key={name} name={name} value={value} />
        ))}
      </dl>
      <p className="command selectable">{detail.command}</p>
      <Button small onClick={() => void copyCommands([row.id])}>
        Copy command
      </Button>
    </div>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}
