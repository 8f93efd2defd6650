import { ContextMenu } from '@base-ui/react/context-menu';
import { Menu } from '@base-ui/react/menu';
import { Check } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import './Menu.css';

/** One thing to do; `'line'` stands between groups of them. */
export type MenuEntry = MenuAct | 'line';

export interface MenuAct {
  readonly label: string;
  /** The shortcut that does the same, as people read it. */
  readonly keys?: string;
  /** A switch, and whether it is on; the menu stays open when it is turned. */
  readonly checked?: boolean;
  /** A few quiet words behind it. */
  readonly aside?: string;
  readonly disabled?: boolean;
  readonly onSelect: () => void;
}

interface MenuProps {
  /** What the menu is of, for screen readers. */
  readonly label: string;
  /** Made anew each time it is drawn, for what is selected then. */
  readonly entries: () => readonly MenuEntry[];
}

interface RightClickMenuProps extends MenuProps {
  /** The element that is right-clicked. */
  readonly trigger: ReactElement;
  readonly children: ReactNode;
}

/** A context menu over an element. */
export function RightClickMenu({ label, entries, trigger, children }: RightClickMenuProps) {
  return (
    <ContextMenu.Root>
      <ContextMenu.Trigger render={trigger}>{children}</ContextMenu.Trigger>
      <ContextMenu.Portal role="region" aria-label={label}>
        <ContextMenu.Positioner className="menu-place">
          <Entries label={label} entries={entries} />
        </ContextMenu.Positioner>
      </ContextMenu.Portal>
    </ContextMenu.Root>
  );
}

/** A menu that a button opens. */
export function ButtonMenu({
  label,
  entries,
  button,
}: MenuProps & { readonly button: ReactElement }) {
  return (
    <Menu.Root>
      <Menu.Trigger render={button} />
      <Menu.Portal role="region" aria-label={label}>
        <Menu.Positioner className="menu-place" sideOffset={4} align="end">
          <Entries label={label} entries={entries} />
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

function Entries({ label, entries }: MenuProps) {
  const all = entries();
  const switches = all.some((entry) => entry !== 'line' && entry.checked !== undefined);
  return (
    <Menu.Popup
      className={switches ? 'menu floating switches' : 'menu floating'}
      aria-label={label}
    >
      {all.map((entry, index) =>
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have nothing else, and the entries stay as they are
        entry === 'line' ? <Line key={index} /> : <Entry key={entry.label} act={entry} />,
      )}
    </Menu.Popup>
  );
}

function Line() {
  return <Menu.Separator className="menu-line" />;
}

function Entry({ act }: { readonly act: MenuAct }) {
  const { label, keys, checked, aside, disabled = false, onSelect } = act;
  const words = (
    <>
      <span className="menu-label">{label}</span>
      {aside && <span className="menu-aside">{aside}</span>}
      {keys && (
        <span className="menu-aside" aria-hidden="true">
          {keys}
        </span>
      )}
    </>
  );
  if (checked === undefined) {
    return (
      <Menu.Item
        className="menu-item"
        disabled={disabled}
        aria-keyshortcuts={keys === undefined ? undefined : ariaKeys(keys)}
        onClick={onSelect}
      >
        {words}
      </Menu.Item>
    );
  }
  return (
    <Menu.CheckboxItem
      className="menu-item"
      checked={checked}
      disabled={disabled}
      onCheckedChange={onSelect}
    >
      {checked && <Check className="menu-check" size={14} aria-hidden="true" />}
      {words}
    </Menu.CheckboxItem>
  );
}

/** A shortcut as ARIA spells it: `Ctrl+Shift+R` and `⌘.` are `Control+Shift+R` and `Meta+.`. */
export function ariaKeys(keys: string): string {
  return keys
    .replace('⌘', 'Meta+')
    .replace('Ctrl+', 'Control+')
    .replace('↑', 'ArrowUp')
    .replace('↓', 'ArrowDown');
}
