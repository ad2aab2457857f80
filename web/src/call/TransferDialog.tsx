import { Button, Modal, UnstyledButton } from '@mantine/core';
import { IconArrowForwardUp, IconArrowLeft, IconMessageQuestion } from '@tabler/icons-react';
import { useEffect, useId, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Party } from '../phone/calls.ts';
import { Face } from '../ui/Face.tsx';
import { Targets } from './Targets.tsx';
import classes from './TransferDialog.module.css';

interface TransferDialogProps {
  opened: boolean;
  name: string;
  /** The number of who is transferred: nobody is connected with themselves. */
  except: string;
  onClose: () => void;
  /** Calls the target while the other one waits; connecting them comes later. */
  onAskFirst: (to: Party) => void;
  onHandOver: (to: Party) => void;
}

/** To whom a call goes, and then how: asked first, or at once. */
export function TransferDialog({ opened, name, except, onClose, ...ways }: TransferDialogProps) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('call.transferTo', { name })}
      closeButtonProps={{ 'aria-label': t('app.close') }}
    >
      <Sheet name={name} except={except} {...ways} />
    </Modal>
  );
}

function Sheet({ name, except, onAskFirst, onHandOver }: Omit<TransferDialogProps, 'opened' | 'onClose'>) {
  const { t } = useTranslation();
  const [to, setTo] = useState<Party | null>(null);
  if (to === null) return <Targets except={[except]} hint={t('call.transferHint')} onChoose={setTo} />;
  const target = to.name ?? to.number;
  return (
    <div className={classes.ways}>
      <p className={classes.target}>
        <Face name={target} />
        <strong>{target}</strong>
        {to.name !== null && <span className="figures">{to.number}</span>}
      </p>
      <Way
        icon={<IconMessageQuestion size={26} />}
        title={t('call.askFirst')}
        text={t('call.askFirstHint', { name, target })}
        first
        onClick={() => onAskFirst(to)}
      />
      <Way
        icon={<IconArrowForwardUp size={26} />}
        title={t('call.handOver')}
        text={t('call.handOverHint', { target })}
        onClick={() => onHandOver(to)}
      />
      <Button
        variant="subtle"
        leftSection={<IconArrowLeft size={18} aria-hidden="true" />}
        onClick={() => setTo(null)}
      >
        {t('call.otherTarget')}
      </Button>
    </div>
  );
}

interface WayProps {
  icon: ReactNode;
  title: string;
  text: string;
  first?: boolean;
  onClick: () => void;
}

function Way({ icon, title, text, first = false, onClick }: WayProps) {
  const button = useRef<HTMLButtonElement>(null);
  const words = useId();
  // The list that had the keyboard is gone.
  useEffect(() => {
    if (first) button.current?.focus();
  }, [first]);
  return (
    <div className={classes.way}>
      <span className={classes.sign} aria-hidden="true">
        {icon}
      </span>
      <div>
        <UnstyledButton ref={button} className={classes.wayTitle} aria-describedby={words} onClick={onClick}>
          {title}
        </UnstyledButton>
        <span id={words} className={classes.wayText}>
          {text}
        </span>
      </div>
    </div>
  );
}
