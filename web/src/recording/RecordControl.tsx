import { useMutation } from '@tanstack/react-query';
import { IconPlayerRecord, IconPlayerRecordFilled } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useBackend } from '../backend.ts';
import { Control } from '../call/CallControls.tsx';
import parked from '../parked/Parked.module.css';
import { useMe } from '../people/directory.ts';
import { useErrorWords } from '../ui/errors.ts';
import classes from './Live.module.css';
import { useLiveRecording } from './live.ts';

/** Records the call, or no longer: only for who may; what others or a rule record goes on. `call`: the server's name for it. */
export function RecordControl({ call }: { call: string }) {
  const { t } = useTranslation();
  const { api } = useBackend();
  const me = useMe();
  const errorWords = useErrorWords();
  const recording = useLiveRecording(call);
  const record = useMutation({ mutationFn: (is_on: boolean) => api.recordCall(call, is_on) });
  const isOn = recording.state === 'on' || recording.state === 'announcing';
  const isOthers = isOn && !recording.may_end;
  if (!me.may_record && !isOn) return null;
  const label = isOthers ? t('recording.recorded') : isOn ? t('recording.stop') : t('recording.start');
  return (
    <>
      <Control
        label={label}
        icon={isOn ? <IconPlayerRecordFilled className={classes.red} /> : <IconPlayerRecord />}
        disabled={isOthers || record.isPending}
        onClick={() => record.mutate(!isOn)}
      />
      {record.error !== null && (
        <p role="alert" className={parked.failed}>
          {errorWords(record.error)}
        </p>
      )}
    </>
  );
}
