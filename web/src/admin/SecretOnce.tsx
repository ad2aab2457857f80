import { Button } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Device } from '../api/types.ts';
import { useMe } from '../people/directory.ts';
import { Notice } from '../ui/Notice.tsx';
import classes from './Admin.module.css';
import { Copy } from './Copy.tsx';
import { Dialog } from './Dialog.tsx';
import { reachableHost } from './registrar.ts';

/** A phone's secret, the only time that anybody sees it. */
export function SecretOnce({
  device,
  secret,
  onClose,
}: {
  device: Device;
  secret: string;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const { host, port, tls_port } = useMe().sip_server;
  const facts = [
    { label: t('admin.registrar'), value: reachableHost(host) },
    { label: t('admin.port'), value: String(port) },
    { label: t('admin.tlsPort'), value: String(tls_port) },
    { label: t('admin.sipUser'), value: device.sip_user },
    { label: t('admin.secret'), value: secret },
  ];
  return (
    <Dialog
      onClose={onClose}
      closeOnClickOutside={false}
      title={t('admin.secretTitle', { label: device.label })}
    >
      <div className={classes.form}>
        <Notice tone="wait" icon={<IconKey size={20} />}>
          {t('admin.secretText')}
        </Notice>
        <dl className={classes.facts}>
          {facts.map(({ label, value }) => (
            <div key={label}>
              <dt>{label}</dt>
              {value === null ? (
                <dd>{t('admin.ownAddress')}</dd>
              ) : (
                <dd>
                  <code>{value}</code>
                  <Copy label={label} value={value} />
                </dd>
              )}
            </div>
          ))}
        </dl>
        <div className={classes.buttons}>
          <Button onClick={onClose}>{t('admin.done')}</Button>
        </div>
      </div>
    </Dialog>
  );
}
