import { Button } from '@mantine/core';
import { IconHeartbeat, IconPhone, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { usePhone } from '../backend.ts';
import { useDirectory } from '../people/directory.ts';
import { formatDuration } from '../phone/number.ts';
import { CallBackWish } from '../parked/CallBackWish.tsx';
import { isFailure, type Ended, type EndReason } from '../phone/calls.ts';
import { Face } from '../ui/Face.tsx';
import classes from './CallPanel.module.css';
import endedClasses from './EndedCall.module.css';
import { useEndWords } from './words.ts';

/** Ends that the audio check may explain. */
const SOUND_FAILURES: readonly EndReason['because'][] = ['connection_lost', 'microphone', 'failed'];

/** How it ended; when it failed, what to do about it. */
export function EndedCall({ call, name }: { call: Ended; name: string }) {
  const { t } = useTranslation();
  const phone = usePhone();
  const { nameOf } = useDirectory();
  const failed = isFailure(call.reason);
  const words = useEndWords()(call, nameOf);
  return (
    <div className={`${classes.who ?? ''} ${endedClasses.ended ?? ''}`} role={failed ? 'alert' : 'status'}>
      <span className={classes.face}>
        <Face name={name} size="large" />
      </span>
      <h2 className={classes.name}>{name}</h2>
      {name !== call.party.number && <p className={`${classes.number ?? ''} figures`}>{call.party.number}</p>}
      <p className={endedClasses.what} data-failed={failed}>
        {words.what}
        {call.talked_ms !== null && <span className="figures"> · {formatDuration(call.talked_ms)}</span>}
      </p>
      {words.fix !== null && <p className={endedClasses.fix}>{words.fix}</p>}
      {failed && (
        <div className={endedClasses.actions}>
          <Button
            color="leaf"
            leftSection={<IconPhone size={18} />}
            onClick={() => {
              phone.dismiss(call.id);
              phone.dial(call.party);
            }}
          >
            {t('ended.callAgain')}
          </Button>
          <CallBackWish call={call} />
          {SOUND_FAILURES.includes(call.reason.because) && (
            <Button component="a" href="#/check" variant="default" leftSection={<IconHeartbeat size={18} />}>
              {t('check.open')}
            </Button>
          )}
          <Button variant="default" leftSection={<IconX size={18} />} onClick={() => phone.dismiss(call.id)}>
            {t('app.dismiss')}
          </Button>
        </div>
      )}
    </div>
  );
}
