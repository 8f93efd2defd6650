import { Dialog } from '@base-ui/react/dialog';
import type { ReactNode, RefObject } from 'react';
import './Modal.css';

interface ModalProps {
  readonly title: string;
  /** One or two sentences under the title. */
  readonly text?: string;
  readonly wide?: boolean;
  readonly onClose: () => void;
  readonly focus?: RefObject<HTMLElement | null>;
  /** Buttons, the sensible one last. */
  readonly actions: ReactNode;
  readonly children?: ReactNode;
}

/** A question that has to be answered first. Escape closes it without an answer. */
export function Modal({ title, text, wide, onClose, focus, actions, children }: ModalProps) {
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        {/* Also over another one. */}
        <Dialog.Backdrop className="veil" forceRender />
        <Dialog.Popup
          className={wide ? 'modal floating wide' : 'modal floating'}
          {...(focus ? { initialFocus: focus } : {})}
        >
          <Dialog.Title className="modal-title">{title}</Dialog.Title>
          {text && <Dialog.Description className="modal-text">{text}</Dialog.Description>}
          {children && <div className="modal-body">{children}</div>}
          {actions && <div className="modal-actions">{actions}</div>}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
