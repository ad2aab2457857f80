import { useMutation } from '@tanstack/react-query';
import { IconParking } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useBackend } from '../backend.ts';
import { Control } from '../call/CallControls.tsx';
import { useErrorWords } from '../ui/errors.ts';
import classes from './Parked.module.css';

/** Parks the call in the first slot that is free; `call`: the server's name for it. */
export function ParkControl({ call }: { call: string }) {
  const { t } = useTranslation();
  const { api } = useBackend();
  const errorWords = useErrorWords();
  const park = useMutation({ mutationFn: () => api.park(call, null) });
  return (
    <>
      <Control
        label={t('parked.park')}
        icon={<IconParking />}
        disabled={park.isPending}
        onClick={() => park.mutate()}
      />
      {park.error !== null && (
        <p role="alert" className={classes.failed}>
          {errorWords(park.error)}
        </p>
      )}
    </>
  );
}
