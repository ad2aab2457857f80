import { Switch, Textarea } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { IconEar } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FormDialog } from '../../admin/Dialog.tsx';
import { SelectField } from '../../admin/fields.tsx';
import type { Flight, NewCapture } from '../../api/doctor.ts';
import { useBackend } from '../../backend.ts';
import { useUsers } from '../../people/directory.ts';
import { Notice } from '../../ui/Notice.tsx';

/** How long packets are written down, in seconds; the server takes no more than the last. */
const LENGTHS_S = [60, 120, 300, 600] as const;

/** What a reason has at most, in characters. */
const REASON_MAX = 200;

/** What is watched, as a select's value says it. */
type Watched = Pick<NewCapture, 'call' | 'device' | 'trunk'>;

/** Whose packets are written down, and for how long. */
export function CaptureForm({ flight, onClose }: { flight: Flight; onClose: () => void }) {
  const { t } = useTranslation();
  const { api } = useBackend();
  const queries = useQueryClient();
  const choices = useChoices(flight);
  const [what, setWhat] = useState(0);
  const [seconds, setSeconds] = useState<number>(LENGTHS_S[1]);
  const [with_audio, setAudio] = useState(false);
  const [unmasked, setUnmasked] = useState(false);
  const [reason, setReason] = useState('');
  const [isTried, setTried] = useState(false);
  const needsReason = with_audio || unmasked;
  const isMissing = needsReason && reason.trim() === '';
  const start = useMutation({
    mutationFn: (watched: Watched) =>
      api.addCapture({
        ...watched,
        seconds,
        with_audio,
        unmasked,
        ...(needsReason ? { reason: reason.trim() } : {}),
      }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['captures'] });
      onClose();
    },
  });
  const chosen = choices[what] ?? choices[0];
  return (
    <FormDialog
      title={t('doctor.captures.add')}
      submit={t('doctor.captures.start')}
      pending={start.isPending}
      error={start.error}
      onSubmit={() => {
        setTried(true);
        if (chosen !== undefined && !isMissing) start.mutate(chosen.watched);
      }}
      onClose={onClose}
    >
      <SelectField
        label={t('doctor.captures.what')}
        hint={t('doctor.captures.whatHint')}
        value={String(what)}
        onChange={(value) => setWhat(Number(value))}
        data={choices.map(({ label }, index) => ({ value: String(index), label }))}
        first
      />
      <SelectField
        label={t('doctor.captures.length')}
        value={String(seconds)}
        onChange={(value) => setSeconds(Number(value))}
        data={LENGTHS_S.map((each) => ({
          value: String(each),
          label: t('doctor.captures.minutes', { count: each / 60 }),
        }))}
      />
      <Switch
        label={t('doctor.captures.unmasked')}
        description={t('doctor.captures.unmaskedHint')}
        checked={unmasked}
        onChange={(event) => setUnmasked(event.currentTarget.checked)}
      />
      <Switch
        label={t('doctor.captures.audio')}
        description={t('doctor.captures.audioHint')}
        checked={with_audio}
        onChange={(event) => setAudio(event.currentTarget.checked)}
      />
      {with_audio && (
        <Notice tone="wait" icon={<IconEar size={20} />}>
          {t('doctor.captures.law')}
        </Notice>
      )}
      {needsReason && (
        <Textarea
          label={t('doctor.bundle.reason')}
          description={t('doctor.bundle.reasonHint')}
          value={reason}
          maxLength={REASON_MAX}
          autosize
          minRows={2}
          error={isTried && isMissing ? t('doctor.bundle.reasonMissing') : undefined}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      )}
    </FormDialog>
  );
}

/** This call, the desk phones and browsers of those who took part, and the trunks that it went by. */
function useChoices({ call, legs }: Flight): { label: string; watched: Watched }[] {
  const { t } = useTranslation();
  const { api } = useBackend();
  const users = useUsers().data ?? [];
  const devices = useQuery({ queryKey: ['devices'], queryFn: () => api.devices() }).data ?? [];
  const trunks = useQuery({ queryKey: ['outside', 'trunks'], queryFn: () => api.trunks() }).data ?? [];
  const people = users.filter(({ extension }) => legs.some(({ party }) => party === extension));
  const theirs = devices.flatMap(({ id, label, user_id }) => {
    const owner = people.find((person) => person.id === user_id);
    return owner === undefined ? [] : [{ label: `${owner.name}: ${label}`, watched: { device: id } }];
  });
  const ways = trunks.flatMap(({ id, name }) =>
    legs.some(({ trunk }) => trunk === name)
      ? [{ label: t('doctor.captures.trunk', { name }), watched: { trunk: id } }]
      : [],
  );
  return [{ label: t('doctor.captures.call'), watched: { call } }, ...theirs, ...ways];
}
