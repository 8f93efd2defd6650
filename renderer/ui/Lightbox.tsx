import { Dialog } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useRef } from 'react';
import { IconButton } from './Button.tsx';
import './Lightbox.css';
import { Name } from './Name.tsx';

interface LightboxProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  /** Where the focus goes afterwards; `null`: where it was before. */
  readonly returnTo: () => HTMLElement | null;
  readonly children: ReactNode;
}

/** One picture as large as the window. Escape, the cross and the dark around it close it. */
export function Lightbox(props: LightboxProps) {
  const { title, onClose, onKeyDown, returnTo, children } = props;
  const popup = useRef<HTMLDivElement>(null);
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="lightbox-veil" />
        <Dialog.Popup
          ref={popup}
          className="lightbox"
          // The keys belong to the whole of it, so no button has the focus first.
          initialFocus={popup}
          finalFocus={() => returnTo() ?? true}
          onKeyDown={onKeyDown}
        >
          <div className="lightbox-head">
            <Dialog.Title className="lightbox-title">
              <Name>{title}</Name>
            </Dialog.Title>
            <IconButton label="Close the preview" onClick={onClose}>
              <X size={16} aria-hidden="true" />
            </IconButton>
          </div>
          {children}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
