import { useRef } from 'react';
import { closeDialog } from '../actions/ui-actions.ts';
import { Button } from '../ui/Button.tsx';
import { Modal } from '../ui/Modal.tsx';

interface AskProps {
  readonly title: string;
  readonly text: string;
  readonly yes: string;
  readonly no: string;
  readonly onYes: () => void;
}

/** A question before something is given up. The harmless answer has the focus. */
export function Ask({ title, text, yes, no, onYes }: AskProps) {
  const harmless = useRef<HTMLButtonElement>(null);
  const answer = () => {
    closeDialog();
    onYes();
  };
  return (
    <Modal
      title={title}
      text={text}
      focus={harmless}
      onClose={closeDialog}
      actions={
        <>
          <Button ref={harmless} onClick={closeDialog}>
            {no}
          </Button>
          <Button look="danger" onClick={answer}>
            {yes}
          </Button>
        </>
      }
    />
  );
}
