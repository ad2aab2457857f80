import { Button, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { IconEye, IconFileZip } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Failure, FormDialog } from '../../admin/Dialog.tsx';
import { useBackend } from '../../backend.ts';
import { Notice } from '../../ui/Notice.tsx';
import { saveFile } from '../save.ts';
import classes from './Call.module.css';

/** What a reason has at most, in characters. */
const REASON_MAX = 200;

/** Everything about a call in one file, for whoever helps. Numbers and addresses only for a reason, which is written down. */
export function Bundle({ call }: { call: string }) {
  const { t } = useTranslation();
  const [asks, setAsks] = useState(false);
  const load = useBundle(call, () => undefined);
  return (
    <div className={classes.bundle}>
      <Button
        leftSection={<IconFileZip size={18} aria-hidden="true" />}
        loading={load.isPending}
        onClick={() => load.mutate(null)}
      >
        {t('doctor.bundle.load')}
      </Button>
      <Button
        variant="default"
        leftSection={<IconEye size={18} aria-hidden="true" />}
        onClick={() => setAsks(true)}
      >
        {t('doctor.bundle.unmasked')}
      </Button>
      <Failure error={load.error} />
      {asks && <Unmasked call={call} onClose={() => setAsks(false)} />}
    </div>
  );
}

function useBundle(call: string, onLoaded: () => void) {
  const { api } = useBackend();
  return useMutation({
    mutationFn: (reason: string | null) => api.bundle(call, reason),
    onSuccess: (file) => {
      saveFile(`farend-call-${call}.zip`, file);
      onLoaded();
    },
  });
}

function Unmasked({ call, onClose }: { call: string; onClose: () => void }) {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  const [isTried, setTried] = useState(false);
  const load = useBundle(call, onClose);
  const isMissing = reason.trim() === '';
  return (
    <FormDialog
      title={t('doctor.bundle.unmaskedTitle')}
      submit={t('doctor.bundle.load')}
      pending={load.isPending}
      error={load.error}
      onSubmit={() => {
        setTried(true);
        if (!isMissing) load.mutate(reason.trim());
      }}
      onClose={onClose}
    >
      <Notice tone="wait" icon={<IconEye size={20} />}>
        {t('doctor.bundle.audited')}
      </Notice>
      <Textarea
        label={t('doctor.bundle.reason')}
        description={t('doctor.bundle.reasonHint')}
        value={reason}
        maxLength={REASON_MAX}
        autosize
        minRows={2}
        data-autofocus
        error={isTried && isMissing ? t('doctor.bundle.reasonMissing') : undefined}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </FormDialog>
  );
}
