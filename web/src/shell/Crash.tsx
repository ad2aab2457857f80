import { Button, Group } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import i18next from 'i18next';
import { Component, type ReactNode } from 'react';
import { Empty } from '../ui/Empty.tsx';

interface CrashProps {
  children: ReactNode;
  /** What stands in the place of what broke; `again` draws it anew. */
  instead: (again: () => void) => ReactNode;
}

/** A net: what breaks inside of it takes nothing else along. */
export class Crash extends Component<CrashProps, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError(): { broken: boolean } {
    return { broken: true };
  }

  override render() {
    return this.state.broken
      ? this.props.instead(() => this.setState({ broken: false }))
      : this.props.children;
  }
}

/** The last net: says so instead of a white page. */
export function PageCrash({ children }: { children: ReactNode }) {
  return (
    <Crash
      instead={() => (
        <main role="alert">
          <Empty
            icon={<IconAlertTriangle />}
            title={i18next.t('errors.crashed')}
            text={i18next.t('errors.crashedText')}
            action={<ReloadButton />}
          />
        </main>
      )}
    >
      {children}
    </Crash>
  );
}

/** A net around something on the page, while the phone below goes on. */
export function PartCrash({ children, controls }: { children: ReactNode; controls?: ReactNode }) {
  return (
    <Crash
      instead={(again) => (
        <>
          {controls}
          <div role="alert">
            <Empty
              icon={<IconAlertTriangle />}
              title={i18next.t('errors.crashed')}
              text={i18next.t('errors.partCrashedText')}
              action={
                <Group justify="center">
                  <Button onClick={again}>{i18next.t('app.retry')}</Button>
                  <ReloadButton />
                </Group>
              }
            />
          </div>
        </>
      )}
    >
      {children}
    </Crash>
  );
}

/** A net around what a person can do without for a while. */
export function QuietCrash({ children }: { children: ReactNode }) {
  return <Crash instead={() => null}>{children}</Crash>;
}

function ReloadButton() {
  return (
    <Button variant="default" onClick={() => window.location.reload()}>
      {i18next.t('errors.reload')}
    </Button>
  );
}
