import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { IconCheck, IconCopy, IconDownload, IconPrinter } from '@tabler/icons-react';
import { createPortal } from 'react-dom';
import { useTranslation } from 'react-i18next';
import admin from '../admin/Admin.module.css';
import { Failure } from '../admin/Dialog.tsx';
import { ListState } from '../admin/ListState.tsx';
import type { NetworkPlan } from '../api/doctor.ts';
import { useBackend } from '../backend.ts';
import { localeOf } from '../i18n/i18n.ts';
import { Tag } from '../ui/Tag.tsx';
import classes from './Plan.module.css';
import { usePlan } from './queries.ts';
import { saveFile } from './save.ts';

const SVG = 'image/svg+xml';

/** The network as the server has measured it, drawn by itself; whose doing something is, is red. */
export function Plan() {
  const { t } = useTranslation();
  const query = usePlan();
  if (query.data === undefined) {
    return (
      <div className={admin.card}>
        <ListState query={query} />
      </div>
    );
  }
  const { svg, plan } = query.data;
  const url = urlOf(svg);
  const culprits = plan.nodes.filter(({ is_culprit }) => is_culprit).map(({ label }) => label);
  const words = t('doctor.plan.words', { nodes: plan.nodes.map(({ label }) => label).join(', ') });
  return (
    <>
      <div className={classes.bar}>
        <p className={classes.text}>
          {t('doctor.plan.text')}
          {culprits.length > 0 && (
            <>
              {' '}
              <Tag tone="bad">{t('doctor.plan.culprit', { names: culprits.join(', ') })}</Tag>
            </>
          )}
        </p>
        <Buttons svg={svg} />
      </div>
      {/* Wider than a phone: the arrow keys move it. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className={classes.paper} role="region" aria-label={t('doctor.plan.title')} tabIndex={0}>
        <img src={url} alt={words} />
      </div>
      <InWords plan={plan} />
      <Sheet url={url} />
    </>
  );
}

/** An address for a picture that is only in memory. Pictures run no scripts. */
function urlOf(svg: string): string {
  return `data:${SVG};charset=utf-8,${encodeURIComponent(svg)}`;
}

function Buttons({ svg }: { svg: string }) {
  const { t, i18n } = useTranslation();
  const { api } = useBackend();
  const copy = useMutation({
    mutationFn: async () => navigator.clipboard.writeText(await api.planMarkdown(i18n.language)),
  });
  return (
    <div className={classes.buttons}>
      <Button
        variant="default"
        leftSection={<IconPrinter size={18} aria-hidden="true" />}
        onClick={() => window.print()}
      >
        {t('doctor.plan.print')}
      </Button>
      <Button
        variant="default"
        leftSection={<IconDownload size={18} aria-hidden="true" />}
        onClick={() => saveFile('farend-network-plan.svg', new Blob([svg], { type: SVG }))}
      >
        {t('doctor.plan.download')}
      </Button>
      <Button
        variant="default"
        loading={copy.isPending}
        leftSection={
          copy.isSuccess ? (
            <IconCheck size={18} aria-hidden="true" />
          ) : (
            <IconCopy size={18} aria-hidden="true" />
          )
        }
        onClick={() => copy.mutate()}
      >
        {copy.isSuccess ? t('admin.copied') : t('doctor.plan.markdown')}
      </Button>
      <Failure error={copy.error} />
    </div>
  );
}

/** The same for those who do not see the picture, and for searching in it. */
function InWords({ plan: { nodes, edges } }: { plan: NetworkPlan }) {
  const { t } = useTranslation();
  const nameOf = (id: string) => nodes.find((node) => node.id === id)?.label ?? id;
  return (
    <details className={classes.words}>
      <summary>{t('doctor.plan.inWords')}</summary>
      <ul>
        {nodes.map(({ id, label, lines, is_culprit }) => (
          <li key={id}>
            <strong>{label}</strong> {is_culprit && <Tag tone="bad">{t('doctor.culprit')}</Tag>}
            {lines.length > 0 && <div className={admin.soft}>{lines.join(' · ')}</div>}
            <ul>
              {edges
                .filter(({ from }) => from === id)
                .map(({ to, label: way }) => (
                  <li key={`${to} ${way}`}>
                    → {nameOf(to)}
                    {way !== '' && `: ${way}`}
                  </li>
                ))}
            </ul>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** What is printed instead of the page: the plan alone, on a sheet across. */
function Sheet({ url }: { url: string }) {
  const { t, i18n } = useTranslation();
  const today = new Date().toLocaleString(localeOf(i18n.language), {
    dateStyle: 'medium',
    timeStyle: 'short',
  });
  return createPortal(
    <div className={classes.sheet} aria-hidden="true">
      <p>
        {t('doctor.plan.title')} · {window.location.host} · {today}
      </p>
      <img src={url} alt="" />
    </div>,
    document.body,
  );
}
