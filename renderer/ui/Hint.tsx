import { Tooltip } from '@base-ui/react/tooltip';
import type { ReactElement, ReactNode } from 'react';
import './Hint.css';

/** A short text beside something when the pointer or the focus rests on it. */
export function Hint({
  text,
  children,
}: {
  readonly text: string;
  readonly children: ReactElement;
}) {
  if (!text) return children;
  return (
    <Tooltip.Root>
      <Tooltip.Trigger render={children} />
      <Tooltip.Portal>
        <Tooltip.Positioner sideOffset={6} className="hint-place">
          <Tooltip.Popup className="hint floating">{text}</Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}

export function HintProvider({ children }: { readonly children: ReactNode }) {
  return <Tooltip.Provider delay={500}>{children}</Tooltip.Provider>;
}
