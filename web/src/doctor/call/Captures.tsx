import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { IconDownload, IconPlayerStop, IconTrash, IconViewfinder } from '@tabler/icons-react';
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
import { sentenceOf } from '../../ui/sentence.ts';
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
  const queries = useQueryClient();
  const query = useCaptures();
  const [isAsking, setAsking] = useState(false);
  const [deleting, setDeleting] = useState<Capture | null>(null);
  const load = useMutation({
    mutationFn: async ({ id }: Capture) => saveFile(`farend-capture-${id}.pcapng`, await api.captureFile(id)),
  });
  const end = useMutation({
    mutationFn: ({ id }: Capture) => api.deleteCapture(id),
    onSettled: () => queries.invalidateQueries({ queryKey: ['captures'] }),
  });
  const failure = load.error ?? end.error;
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
      {failure !== null && (
        <div className={outside.body}>
          <Failure error={failure} />
        </div>
      )}
      <DataList
        query={query}
        empty={{ icon: <IconViewfinder />, title: t('doctor.captures.empty') }}
        items={query.data ?? []}
        keyOf={({ id }) => id}
        columns={[
          {
            title: t('doctor.captures.begun'),
            plain: true,
            className: 'figures',
            cell: (capture) => <strong className={admin.by}>{when(capture)}</strong>,
          },
          { title: t('doctor.captures.of'), cell: ({ of }) => sentenceOf(of).replace(/\.$/, '') },
          {
            title: t('doctor.captures.length'),
            className: 'figures',
            cell: (capture) => <Length capture={capture} />,
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
        actions={(capture) =>
          capture.ended === null ? (
            <RowButton
              icon={IconPlayerStop}
              label={t('doctor.captures.end', { when: when(capture) })}
              onClick={() => end.mutate(capture)}
            />
          ) : (
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
          )
        }
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

/** For how long, and what came in between. */
function Length({ capture: { seconds, ended, dropped } }: { capture: Capture }) {
  const { t } = useTranslation();
  return (
    <>
      {t('app.seconds', { time: seconds })}{' '}
      {ended === null && <Tag tone="wait">{t('doctor.captures.running')}</Tag>}
      {ended !== null && ended !== 'time' && <Tag tone="quiet">{t(`doctor.captures.why.${ended}`)}</Tag>}
      {dropped > 0 && <div className={admin.soft}>{t('doctor.captures.dropped', { count: dropped })}</div>}
    </>
  );
}
