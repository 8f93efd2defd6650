import { Server } from 'lucide-react';
import { chooseWhere, openSettings } from '../actions/settings-actions.ts';
import { useLibrary } from '../store/library-store.ts';
import { counted } from '../text/format.ts';
import { Button } from '../ui/Button.tsx';
import { ButtonMenu, type MenuEntry } from '../ui/Menu.tsx';
import './ScheduleButton.css';

/** Where what is left will be rendered: only where there is something to choose. */
export function WhereButton() {
  const where = useLibrary((state) => state.settings?.where ?? 'here');
  const nodes = useLibrary((state) => state.cluster?.nodes.length ?? null);
  if (nodes === null && where === 'here') return null;
  const entries = (): readonly MenuEntry[] => [
    {
      label: 'This computer',
      checked: where === 'here',
      onSelect: () => void chooseWhere('here'),
    },
    {
      label: 'Slurm cluster',
      aside: nodes === null ? 'does not answer' : counted(nodes, 'node'),
      checked: where === 'slurm',
      onSelect: () => void chooseWhere('slurm'),
    },
    'line',
    { label: 'What is asked for…', onSelect: () => void openSettings() },
  ];
  const name = `Where: ${where === 'here' ? 'this computer' : 'Slurm cluster'}`;
  return (
    <ButtonMenu
      label="Where it renders"
      entries={entries}
      button={
        <Button className="where-button" aria-label={name} title={name}>
          <Server size={15} aria-hidden="true" />
          {where === 'slurm' && 'Slurm'}
        </Button>
      }
    />
  );
}
