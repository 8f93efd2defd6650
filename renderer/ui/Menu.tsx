import { ContextMenu } from '@base-ui/react/context-menu';
import type { ReactElement, ReactNode } from 'react';
import './Menu.css';

export interface MenuEntry {
  readonly label: string;
  readonly keys?: string;
  readonly disabled?: boolean;
  readonly onSelect: () => void;
}

interface RightClickMenuProps {
  readonly entries: () => readonly MenuEntry[];
  /** The element that is right-clicked. */
  readonly trigger: ReactElement;
  readonly children: ReactNode;
}

/** A context menu over an element. The entries are made when it opens, for what is selected then. */
export function RightClickMenu({ entries, trigger, children }: RightClickMenuProps) {
  return (
    <ContextMenu.Root>
      <ContextMenu.Trigger render={trigger}>{children}</ContextMenu.Trigger>
      <ContextMenu.Portal>
        <ContextMenu.Positioner className="menu-place">
          <Entries entries={entries} />
        </ContextMenu.Positioner>
      </ContextMenu.Portal>
    </ContextMenu.Root>
  );
}

function Entries({ entries }: Pick<RightClickMenuProps, 'entries'>) {
  return (
    <ContextMenu.Popup className="menu">
      {entries().map(({ label, keys, disabled, onSelect }) => (
        <ContextMenu.Item
          key={label}
          className="menu-item"
          disabled={disabled ?? false}
          onClick={onSelect}
        >
          {label}
          {keys && <span className="menu-keys">{keys}</span>}
        </ContextMenu.Item>
      ))}
    </ContextMenu.Popup>
  );
}
