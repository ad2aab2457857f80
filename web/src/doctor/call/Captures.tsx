import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { IconDownload, IconTrash, IconViewfinder } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import admin from '../../admin/Admin.module.css';
import { ConfirmDelete } from '../../admin/ConfirmDelete.tsx';
import { DataList, RowButton } from '../../admin/DataTable.tsx';
import { Failure } from '../../admin/Dialog.tsx';
import outside from '../../admin/outside/Outside.module.css';
import { Section } from '../../admin/outside/Section.tsx';
import type { Capture, Flight } from '../../api/doctor.ts';
import { useBackend } from '../../backend.ts';
import { localeOf } from '../../i18n/i18n.ts';
import { momentWords } from '../../ui/moment.ts';
import { sizeWords } from '../../ui/size.ts';
import { Tag } from '../../ui/Tag.tsx';
import { useCaptures } from '../queries.ts';
import { saveFile } from '../save.ts';
import { CaptureForm } from './CaptureForm.tsx';

/** Packets written down for an analyser: of this call while it runs, or of what its phones and trunks do next. */
export function Captures({ flight }: { flight: Flight }) {
  const { t, i18n } = useTranslation();
  const { api } = useBackend();
  const locale = localeOf(i18n.language);
  const [isRunning, setRunning] = useState(false);
  const query = useCaptures(true, isRunning);
  const captures = query.data ?? [];
  const runs = captures.some(({ ended_at }) => ended_at === null);
  if (runs !== isRunning) setRunning(runs);
  const [isAsking, setAsking] = useState(false);
  const [deleting, setDeleting] = useState<Capture | null>(null);
  const load = useMutation({
    mutationFn: async ({ id }: Capture) => saveFile(`farend-capture-${id}.pcapng`, await api.captureFile(id)),
  });
  const when = ({ begun_at }: Capture) => momentWords(begun_at, new Date(), locale);
  return (
    <Section
      id="captures"
      title={t('doctor.captures.title')}
      text={t('doctor.captures.text')}
      action={
        <Button
          variant="default"
          leftSection={<IconViewfinder size={18} aria-hidden="true" />}
          onClick={() => setAsking(true)}
        >
          {t('doctor.captures.add')}
        </Button>
      }
    >
      {load.error !== null && (
        <div className={outside.body}>
          <Failure error={load.error} />
        </div>
      )}
      <DataList
        query={query}
        empty={{ icon: <IconViewfinder />, title: t('doctor.captures.empty') }}
        items={captures}
        keyOf={({ id }) => id}
        columns={[
          {
            title: t('doctor.captures.begun'),
            plain: true,
            className: 'figures',
            cell: (capture) => <strong className={admin.by}>{when(capture)}</strong>,
          },
          {
            title: t('doctor.captures.length'),
            className: 'figures',
            cell: ({ seconds, ended_at }) => (
              <>
                {t('app.seconds', { time: seconds })}{' '}
                {ended_at === null && <Tag tone="wait">{t('doctor.captures.running')}</Tag>}
              </>
            ),
          },
          {
            title: t('recordings.size'),
            className: 'figures',
            cell: ({ bytes }) => sizeWords(bytes, locale),
          },
          {
            title: t('doctor.captures.sound'),
            cell: ({ with_audio }) => t(with_audio ? 'doctor.captures.with' : 'doctor.captures.without'),
          },
        ]}
        actions={(capture) => (
          <>
            <RowButton
              icon={IconDownload}
              label={t('doctor.captures.load', { when: when(capture) })}
              onClick={() => load.mutate(capture)}
            />
            <RowButton
              icon={IconTrash}
              tone="signal"
              label={t('doctor.captures.delete', { when: when(capture) })}
              onClick={() => setDeleting(capture)}
            />
          </>
        )}
      />
      {isAsking && <CaptureForm flight={flight} onClose={() => setAsking(false)} />}
      {deleting !== null && (
        <ConfirmDelete
          name={when(deleting)}
          text={t('doctor.captures.deleteText')}
          onDelete={() => api.deleteCapture(deleting.id)}
          onClose={() => setDeleting(null)}
        />
      )}
    </Section>
  );
}
