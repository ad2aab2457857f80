import { IconLink, IconLinkOff } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import admin from '../admin/Admin.module.css';
import { DataList, RowButton } from '../admin/DataTable.tsx';
import { Question } from '../admin/Dialog.tsx';
import { Section } from '../admin/outside/Section.tsx';
import type { CheckLink } from '../api/doctor.ts';
import { useBackend } from '../backend.ts';
import { localeOf } from '../i18n/i18n.ts';
import { useUsers } from '../people/directory.ts';
import { momentWords } from '../ui/moment.ts';
import { useCheckLinks } from './queries.ts';

/** Links that are still good. */
export function CheckLinks() {
  const { t, i18n } = useTranslation();
  const query = useCheckLinks();
  const users = useUsers().data ?? [];
  const [revoked, setRevoked] = useState<CheckLink | null>(null);
  const locale = localeOf(i18n.language);
  const nameOf = (extension: string) => users.find((user) => user.extension === extension)?.name ?? extension;
  return (
    <Section id="check-links" title={t('doctor.links.title')} text={t('doctor.links.listText')}>
      <DataList
        query={query}
        empty={{ icon: <IconLink />, title: t('doctor.links.empty') }}
        items={query.data ?? []}
        keyOf={({ id }) => id}
        columns={[
          {
            title: t('doctor.links.label'),
            plain: true,
            cell: ({ label }) => <strong className={admin.by}>{label}</strong>,
          },
          {
            title: t('doctor.links.as'),
            cell: ({ extension }) =>
              extension === null ? t('doctor.links.guest') : `${nameOf(extension)} (${extension})`,
          },
          {
            title: t('doctor.links.until'),
            className: 'figures',
            cell: ({ expires_at }) => momentWords(expires_at, new Date(), locale),
          },
          {
            title: t('doctor.links.used'),
            className: 'figures',
            cell: ({ used_at }) =>
              used_at === null ? (
                <span className={admin.soft}>{t('doctor.links.unused')}</span>
              ) : (
                momentWords(used_at, new Date(), locale)
              ),
          },
        ]}
        actions={(link) => (
          <RowButton
            icon={IconLinkOff}
            tone="signal"
            label={t('doctor.links.revoke', { label: link.label })}
            onClick={() => setRevoked(link)}
          />
        )}
      />
      {revoked !== null && <Revoke link={revoked} onClose={() => setRevoked(null)} />}
    </Section>
  );
}

function Revoke({ link, onClose }: { link: CheckLink; onClose: () => void }) {
  const { t } = useTranslation();
  const { api } = useBackend();
  const queries = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => api.deleteCheckLink(link.id),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['check-links'] });
      onClose();
    },
  });
  return (
    <Question
      title={t('doctor.links.revokeTitle', { label: link.label })}
      confirm={t('doctor.links.revoked')}
      tone="signal"
      pending={revoke.isPending}
      error={revoke.error}
      onConfirm={() => revoke.mutate()}
      onClose={onClose}
    >
      {t('doctor.links.revokeText')}
    </Question>
  );
}
