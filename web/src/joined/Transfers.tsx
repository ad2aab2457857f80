import { ActionIcon } from '@mantine/core';
import { IconArrowForwardUp, IconPhoneOff, IconX } from '@tabler/icons-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useDirectory } from '../people/directory.ts';
import { notificationsOn, notify } from '../shell/notifications.ts';
import classes from './Transfers.module.css';
import { useTransfers, type EndedTransfer } from './transfers.ts';

/** How long good news stay, in milliseconds; whoever has a call again reads first. */
const SHOWN_MS = { good: 6_000, bad: 20_000 };

/** How transfers have ended. */
export function Transfers() {
  const { t } = useTranslation();
  const { transfers, dismiss } = useTransfers();
  return (
    <section className={classes.stack} aria-label={t('transfers.label')} role="log">
      {transfers.map((transfer) => (
        <Outcome key={transfer.id} transfer={transfer} onDismiss={() => dismiss(transfer.id)} />
      ))}
    </section>
  );
}

function Outcome({ transfer, onDismiss }: { transfer: EndedTransfer; onDismiss: () => void }) {
  const { t } = useTranslation();
  const { nameOf } = useDirectory();
  const { id, party, to, end } = transfer;
  const isGood = end === 'connected';
  const words = t(`transfers.end.${end}`, { party: nameOf(party), to: nameOf(to) });
  useEffect(() => {
    const timer = setTimeout(onDismiss, isGood ? SHOWN_MS.good : SHOWN_MS.bad);
    return () => clearTimeout(timer);
    // The list may be drawn again for other ones.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [id, isGood]);
  useEffect(() => {
    if (!document.hidden || !notificationsOn()) return undefined;
    const notification = notify(words, { tag: id, icon: '/favicon.svg' });
    return () => notification?.close();
    // Once for each, whatever the language becomes meanwhile.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [id]);
  return (
    <div className={classes.outcome} data-good={isGood}>
      <span className={classes.icon} aria-hidden="true">
        {isGood ? <IconArrowForwardUp size={22} /> : <IconPhoneOff size={22} />}
      </span>
      <p>{words}</p>
      <ActionIcon variant="subtle" color="gray" size={32} aria-label={t('app.dismiss')} onClick={onDismiss}>
        <IconX size={18} />
      </ActionIcon>
    </div>
  );
}
