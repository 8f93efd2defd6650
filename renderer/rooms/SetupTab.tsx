import { useEffect, useState } from 'react';
import type { SettingPlaces } from '../../shared/shot.ts';
import type { JobDetail, JobRow } from '../../shared/view.ts';
import { copyCommands, settingPlaces } from '../actions/job-actions.ts';
import { useView } from '../store/batch-store.ts';
import { useLibrary } from '../store/library-store.ts';
import { type SetupFact, setupFacts } from '../text/setup-facts.ts';
import { Button } from '../ui/Button.tsx';
import './SetupTab.css';

/** The settings that this shot renders with, where each was said, and the line that renders it in a terminal. */
export function SetupTab({ row, detail }: { readonly row: JobRow; readonly detail: JobDetail }) {
  const folder = useView()?.folder ?? '';
  const settings = useLibrary((state) => state.settings);
  const places = usePlaces(row.id);
  return (
    <div className="tab-scroll">
      <dl className="facts selectable">
        {setupFacts({ row, detail, folder, places, settings }).map((fact) => (
          <Fact key={fact.name} {...fact} />
        ))}
      </dl>
      <p className="command selectable">{detail.command}</p>
      <Button small onClick={() => void copyCommands([row.id])}>
        Copy command
      </Button>
    </div>
  );
}

function Fact({ name, value, source }: SetupFact) {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        {value}
        {source !== null && <span className="fact-source">{source}</span>}
      </dd>
    </>
  );
}

/** Asked for once a shot; `null`: the answer is on its way. */
function usePlaces(jobId: string): SettingPlaces | null {
  const [known, setKnown] = useState<{ id: string; places: SettingPlaces } | null>(null);
  useEffect(() => {
    let wanted = true;
    void settingPlaces(jobId).then((places) => {
      if (wanted && places) setKnown({ id: jobId, places });
    });
    return () => {
      wanted = false;
    };
  }, [jobId]);
  return known?.id === jobId ? known.places : null;
}
