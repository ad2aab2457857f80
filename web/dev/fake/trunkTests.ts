/** Tests of trunks, played: each question finds one more step done. */
import type { Trunk, TrunkTest, TrunkTestStep } from '../../src/api/types.ts';
import { json, problem } from './answers.ts';
import type { Company } from './company.ts';

type Step = TrunkTestStep;

export function startTest({ outside }: Company, key: number, body: { echo_number: string | null }): Response {
  const trunk = outside.trunks.find(({ id }) => id === key);
  if (trunk === undefined) return problem(404, 'not-found');
  if (outside.tests.get(key)?.running === true) return problem(409, 'busy');
  const test = testOf(trunk, body.echo_number, new Date());
  outside.tests.set(key, test);
  return json(seen(test), 202);
}

export function answerTest({ outside }: Company, key: number): Response {
  const test = outside.tests.get(key);
  if (test === undefined) return problem(404, 'not-found');
  return json(seen(advanced(test)));
}

/** The test as it will have ended. */
export function endedTest(trunk: Trunk, echo_number: string | null, now: Date): TrunkTest {
  const test = testOf(trunk, echo_number, now);
  while (test.running) advanced(test);
  return test;
}

/** A test that runs: its steps know how they will end, and which of them is next. */
type Played = TrunkTest & { next: number };

function testOf(trunk: Trunk, echo_number: string | null, now: Date): Played {
  const steps = trunk.lines.every(({ trouble }) => trouble === null) ? passes(echo_number) : fails();
  return { running: true, started_at: now.toISOString(), steps, next: 0 };
}

function advanced(test: TrunkTest): TrunkTest {
  const played = test as Played;
  played.next += 1;
  played.running = played.next < played.steps.length;
  return played;
}

/** What can be known so far. */
function seen(test: TrunkTest): TrunkTest {
  const { running, started_at, steps, next } = test as Played;
  const known = (step: Step, index: number): Step => {
    if (index < next || !running) return step;
    const result = index === next ? 'running' : 'waiting';
    return { ...step, result, code: '', text: '', values: {}, took_ms: null };
  };
  return { running, started_at, steps: steps.map(known) };
}

function passes(echo_number: string | null): Step[] {
  const server = 'TLS 192.0.2.81:5061';
  const servers = `${server}, TLS 192.0.2.82:5061`;
  const certificate = { tls: 'TLS 1.3', names: 'sip.example.net', ends_on: '2026-12-08', days: '12' };
  const echo =
    echo_number === null
      ? step('echo_call', 'left_out', 'no_echo_number', 'no call was made', {}, null)
      : step('echo_call', 'passed', 'echo_heard', 'our own tone comes back', { number: echo_number }, 3_412);
  return [
    step(
      'name',
      'passed',
      'name_found',
      'it is found',
      { host: 'sip.example.net', records: 'SRV', servers },
      38,
    ),
    step(
      'connection',
      'warning',
      'certificate_ends',
      'the certificate ends soon',
      { server, local: '192.168.1.10:41822', ...certificate },
      61.2,
    ),
    step(
      'options',
      'passed',
      'options_answered',
      'it answers',
      { server: '192.0.2.81:5061', status: '200', reason: 'OK', round_trip_ms: '23' },
      23.4,
    ),
    {
      ...step(
        'registration',
        'passed',
        'registered',
        'it is renewed',
        { server: '192.0.2.81:5061', expires_seconds: '300', seen_as: '198.51.100.2:41822' },
        48,
      ),
      account: '4989123450',
    },
    step(
      'stun',
      'passed',
      'stun_mapped',
      'it is known',
      { local: '192.168.1.10', public: '198.51.100.2' },
      8.4,
    ),
    step('router', 'passed', 'router_encrypted', 'nobody can rewrite it', {}, 0.1),
    echo,
  ];
}

function fails(): Step[] {
  const server = 'UDP 203.0.113.20:5060';
  const refusal = 'the provider refuses user name or password (403 Forbidden)';
  return [
    step(
      'name',
      'passed',
      'name_found',
      'it is found',
      { host: 'trunk.example.org', records: 'A', servers: server },
      41,
    ),
    step('connection', 'passed', 'connected', 'there is a way', { server, local: '192.168.1.10:5060' }, 1.8),
    step(
      'options',
      'passed',
      'options_answered',
      'it answers',
      { server: '203.0.113.20:5060', status: '200', reason: 'OK', round_trip_ms: '31' },
      31,
    ),
    {
      ...step(
        'registration',
        'failed',
        'wrong-password',
        refusal,
        { status: '403', reason: 'Forbidden' },
        66,
      ),
      account: 'kd-80412',
    },
    step(
      'stun',
      'passed',
      'stun_mapped',
      'it is known',
      { local: '192.168.1.10', public: '198.51.100.2' },
      12.3,
    ),
    step(
      'router',
      'warning',
      'sip_alg',
      'something rewrites SIP',
      { sent_by: '192.168.1.10:5060', sent_by_instead: '198.51.100.2:41873' },
      0.1,
    ),
    step('echo_call', 'left_out', 'no_echo_number', 'no call was made', {}, null),
  ];
}

function step(
  name: Step['step'],
  result: Step['result'],
  code: string,
  text: string,
  values: Step['values'],
  took_ms: number | null,
): Step {
  return { step: name, account: null, result, code, text, values, took_ms };
}
