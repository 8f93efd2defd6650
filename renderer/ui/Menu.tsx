import { ContextMenu } from '@base-ui/react/context-menu';
import type { ReactElement, ReactNode } from 'react';
import './Menu.css';
import { ariaKeys } from './menu-keys.ts';

/** One thing to do; `'line'` stands between groups of them. */
export type MenuEntry = MenuAct | 'line';

export interface MenuAct {
  readonly label: string;
  /** The shortcut that does the same, as people read it. */
  readonly keys?: string;
  readonly disabled?: boolean;
  readonly onSelect: () => void;
}

interface RightClickMenuProps {
  /** What is right-clicked, for screen readers. */
  readonly label: string;
  readonly entries: () => readonly MenuEntry[];
  /** The element that is right-clicked. */
  readonly trigger: ReactElement;
  readonly children: ReactNode;
}

/** A context menu over an element. The entries are made when it opens, for what is selected then. */
export function RightClickMenu({ label, entries, trigger, children }: RightClickMenuProps) {
  return (
    <ContextMenu.Root>
      <ContextMenu.Trigger render={trigger}>{children}</ContextMenu.Trigger>
      <ContextMenu.Portal>
        <ContextMenu.Positioner className="menu-place">
          <Entries label={label} entries={entries} />
        </ContextMenu.Positioner>
      </ContextMenu.Portal>
    </ContextMenu.Root>
  );
}

function Entries({ label, entries }: Pick<RightClickMenuProps, 'label' | 'entries'>) {
  return (
    <ContextMenu.Popup className="menu" aria-label={label}>
      {entries().map((entry, index) =>
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have nothing else, and the entries stay as they are
        entry === 'line' ? <Line key={index} /> : <Act key={entry.label} act={entry} />,
      )}
    </ContextMenu.Popup>
  );
}

function Line() {
  return <ContextMenu.Separator className="menu-line" />;
}

function Act({ act: { label, keys, disabled = false, onSelect } }: { readonly act: MenuAct }) {
  return (
    <ContextMenu.Item
      className="menu-item"
      disabled={disabled}
      aria-keyshortcuts={keys === undefined ? undefined : ariaKeys(keys)}
      onClick={onSelect}
    >
      {label}
      {keys && (
        <span className="menu-keys" aria-hidden="true">
          {keys}
        </span>
      )}
    </ContextMenu.Item>
  );
}
