import { Button, Modal, type ModalProps } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import {
  createContext,
  useCallback,
  useContext,
  useEffect,
  useState,
  type ReactNode,
  type SyntheticEvent,
} from 'react';
import { useTranslation } from 'react-i18next';
import { useErrorWords } from '../ui/errors.ts';
import { Notice } from '../ui/Notice.tsx';
import classes from './Admin.module.css';

interface DialogProps extends Pick<ModalProps, 'size' | 'closeOnClickOutside'> {
  title: string;
  onClose: () => void;
  children: ReactNode;
}

/** Tells the dialog around that another one lies on it, until what is returned is called. */
const CoverContext = createContext<() => () => void>(() => () => undefined);

/** A dialog of the administration, open as long as it is drawn. Of several, Escape closes only the one that nothing lies on. */
export function Dialog({ children, ...modal }: DialogProps) {
  const { t } = useTranslation();
  const [covers, setCovers] = useState(0);
  const coverThis = useCallback(() => {
    setCovers((before) => before + 1);
    return () => setCovers((before) => before - 1);
  }, []);
  const coverAround = useContext(CoverContext);
  useEffect(() => coverAround(), [coverAround]);
  return (
    <Modal opened closeButtonProps={{ 'aria-label': t('app.close') }} closeOnEscape={covers === 0} {...modal}>
      <CoverContext.Provider value={coverThis}>{children}</CoverContext.Provider>
    </Modal>
  );
}

/** What went wrong, in a dialog; nothing while nothing did. */
export function Failure({ error }: { error: Error | null }) {
  const errorWords = useErrorWords();
  if (error === null) return null;
  return (
    <Notice tone="bad" role="alert" icon={<IconAlertCircle size={20} />}>
      {errorWords(error)}
    </Notice>
  );
}

interface FormDialogProps extends DialogProps {
  /** What the button says. */
  submit: string;
  pending: boolean;
  /** What no field shows. */
  error: Error | null;
  onSubmit: () => void;
}

/** A form in a dialog with its two buttons. */
export function FormDialog({ submit, pending, error, onSubmit, children, ...dialog }: FormDialogProps) {
  const { t } = useTranslation();
  const send = (event: SyntheticEvent) => {
    event.preventDefault();
    // A form in a dialog on this one is, to React, inside this form.
    event.stopPropagation();
    onSubmit();
  };
  return (
    <Dialog {...dialog}>
      <form className={classes.form} onSubmit={send} noValidate>
        {children}
        <Failure error={error} />
        <div className={classes.buttons}>
          <Button variant="default" onClick={dialog.onClose}>
            {t('app.cancel')}
          </Button>
          <Button type="submit" loading={pending}>
            {submit}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

interface QuestionProps extends DialogProps {
  /** What the button says. */
  confirm: string;
  tone?: 'signal';
  pending: boolean;
  error: Error | null;
  onConfirm: () => void;
}

/** Asks before something that cannot be undone. */
export function Question({ confirm, tone, pending, error, onConfirm, children, ...dialog }: QuestionProps) {
  const { t } = useTranslation();
  return (
    <Dialog {...dialog}>
      <div className={classes.form}>
        <p style={{ margin: 0 }}>{children}</p>
        <Failure error={error} />
        <div className={classes.buttons}>
          <Button variant="default" onClick={dialog.onClose} data-autofocus>
            {t('app.cancel')}
          </Button>
          <Button color={tone} loading={pending} onClick={onConfirm}>
            {confirm}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
