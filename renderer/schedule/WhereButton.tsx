import { Server } from 'lucide-react';
import { WHERE_NAMES, type Where } from '../../shared/hosts.ts';
import { chooseWhere, openSettings } from '../actions/settings-actions.ts';
import { useLibrary } from '../store/library-store.ts';
import { counted } from '../text/format.ts';
import { Button } from '../ui/Button.tsx';
import { ButtonMenu, type MenuEntry } from '../ui/Menu.tsx';
import './ScheduleButton.css';

const WHERES = Object.keys(WHERE_NAMES) as readonly Where[];

/** Where what is left will be rendered: only where there is something to choose. */
export function WhereButton() {
  const where = useLibrary((state) => state.settings?.where ?? 'here');
  const nodes = useLibrary((state) => state.cluster?.nodes.length ?? null);
  if (nodes === null && where === 'here') return null;
  const entries = (): readonly MenuEntry[] => [
    ...WHERES.map((each) => ({
      label: WHERE_NAMES[each].name,
      ...(each !== 'here' && {
        aside: nodes === null ? 'does not answer' : counted(nodes, 'node'),
      }),
      checked: where === each,
      onSelect: () => void chooseWhere(each),
    })),
    'line',
    { label: 'What is asked for…', onSelect: () => void openSettings() },
  ];
  const name = `Where: ${where === 'here' ? 'this computer' : WHERE_NAMES[where].name}`;
  return (
    <ButtonMenu
      label="Where it renders"
      entries={entries}
      button={
        <Button className="where-button" aria-label={name} title={name}>
          <Server size={15} aria-hidden="true" />
          {WHERE_NAMES[where].short}
        </Button>
      }
    />
  );
}
