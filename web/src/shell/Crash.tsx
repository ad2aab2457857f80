import { Button } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import i18next from 'i18next';
import { Component, type ReactNode } from 'react';
import { Empty } from '../ui/Empty.tsx';

/** The last net: says so when a screen breaks, instead of a white page. */
export class Crash extends Component<{ children: ReactNode }, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError(): { broken: boolean } {
    return { broken: true };
  }

  override render() {
    if (!this.state.broken) return this.props.children;
    return (
      <main role="alert">
        <Empty
          icon={<IconAlertTriangle />}
          title={i18next.t('errors.crashed')}
          text={i18next.t('errors.crashedText')}
          action={<Button onClick={() => window.location.reload()}>{i18next.t('errors.reload')}</Button>}
        />
      </main>
    );
  }
}
