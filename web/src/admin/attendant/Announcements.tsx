import { IconPencil, IconTrash, IconVolume } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Announcement } from '../../api/types.ts';
import { useBackend } from '../../backend.ts';
import { formatDuration } from '../../phone/number.ts';
import { ListenButton } from '../../recording/ListenButton.tsx';
import classes from '../Admin.module.css';
import { ConfirmDelete } from '../ConfirmDelete.tsx';
import { DataList, RowButton } from '../DataTable.tsx';
import { FormDialog } from '../Dialog.tsx';
import { TextField } from '../fields.tsx';
import outside from '../outside/Outside.module.css';
import { Section } from '../outside/Section.tsx';
import { useWrong } from '../outside/wrong.ts';
import { useAnnouncements, useChange, useUpload } from './queries.ts';
import { nameOfFile, UploadZone } from './UploadZone.tsx';

/** Sounds of the company's own, which menus play. */
export function Announcements() {
  const { t } = useTranslation();
  const { api } = useBackend();
  const announcements = useAnnouncements();
  const [open, setOpen] = useState<{ what: 'change' | 'delete'; item: Announcement } | null>(null);
  const upload = useUpload((file, onProgress) => api.addAnnouncement(nameOfFile(file), file, onProgress));
  const items = [...(announcements.data ?? [])].sort((a, b) => a.name.localeCompare(b.name));
  const close = () => setOpen(null);
  return (
    <Section id="announcements" title={t('attendant.announcements')} text={t('attendant.announcementsText')}>
      <div className={outside.body}>
        <UploadZone part={upload.part} error={upload.error} onFile={upload.start} />
      </div>
      <DataList
        query={announcements}
        empty={{ icon: <IconVolume />, title: t('attendant.noAnnouncements') }}
        items={items}
        keyOf={({ id }) => id}
        columns={[
          {
            title: t('admin.name'),
            plain: true,
            cell: ({ id, name }) => (
              <span className={classes.person}>
                <ListenButton track={{ url: api.announcementAudio(id), heard: null }} name={name} />
                {name}
              </span>
            ),
          },
          {
            title: t('recordings.length'),
            className: 'figures',
            cell: ({ duration_ms }) => formatDuration(duration_ms),
          },
          { title: t('attendant.usedBy'), cell: ({ used_by }) => used_by.join(', ') || '–' },
        ]}
        actions={(item) => (
          <>
            <RowButton
              icon={IconPencil}
              label={t('admin.edit', { name: item.name })}
              onClick={() => setOpen({ what: 'change', item })}
            />
            <RowButton
              icon={IconTrash}
              tone="signal"
              label={t('admin.delete', { name: item.name })}
              onClick={() => setOpen({ what: 'delete', item })}
            />
          </>
        )}
      />
      {open?.what === 'change' && <AnnouncementForm announcement={open.item} onClose={close} />}
      {open?.what === 'delete' && (
        <ConfirmDelete
          name={open.item.name}
          text={t('attendant.deleteText')}
          onDelete={() => api.deleteAnnouncement(open.item.id)}
          onClose={close}
        />
      )}
    </Section>
  );
}

interface AnnouncementFormProps {
  announcement: Announcement;
  onClose: () => void;
}

/** Another name, or another sound under the same name. */
function AnnouncementForm({ announcement: { id, name: was }, onClose }: AnnouncementFormProps) {
  const { t } = useTranslation();
  const { api } = useBackend();
  const [name, setName] = useState(was);
  const [tried, setTried] = useState(false);
  const save = useChange((next: string) => api.renameAnnouncement(id, next), onClose);
  const upload = useUpload((file, onProgress) => api.replaceAnnouncement(id, file, onProgress));
  const wrong = useWrong(save.error);
  return (
    <FormDialog
      title={t('admin.edit', { name: was })}
      submit={t('admin.save')}
      pending={save.isPending}
      error={wrong.besides(['name'])}
      onSubmit={() => {
        setTried(true);
        if (name.trim() !== '') save.mutate(name.trim());
      }}
      onClose={onClose}
    >
      <TextField
        label={t('admin.name')}
        first
        value={name}
        onChange={setName}
        error={tried && name.trim() === '' ? t('admin.needed') : wrong.at('name')}
        autoCapitalize="sentences"
      />
      <UploadZone part={upload.part} error={upload.error} onFile={upload.start} />
    </FormDialog>
  );
}
