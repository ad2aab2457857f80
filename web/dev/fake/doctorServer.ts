/** REST of the doctor, played in memory. */
import type { Capture, Finding, Flight, NewCapture, NewCheckLink } from '../../src/api/doctor.ts';
import { json, none, problem } from './answers.ts';
import type { Company } from './company.ts';
import type { Asked } from './joinedCalls.ts';
import { drawnPlan } from './planDrawing.ts';

/** How long a link works, in milliseconds. */
const LINK_MS = 24 * 3_600_000;

/** The answer, or `null` where the question is about something else. */
export function answerDoctor(company: Company, asked: Asked): Response | null {
  const { path } = asked;
  const [noun = '', id = '', part = ''] = path;
  const isAdmin = company.me.role === 'administrator';
  switch (noun) {
    case 'doctor':
      return isAdmin ? doctor(company, asked) : problem(403, 'not-permitted');
    case 'check':
      return isAdmin ? check(company, asked) : problem(403, 'not-permitted');
    case 'captures':
      return isAdmin ? captures(company, asked) : problem(403, 'not-permitted');
    case 'calls':
      return part === '' ? null : ofCall(company, id, part, asked.query, isAdmin);
    default:
      return null;
  }
}

function doctor({ doctor: mine }: Company, { method, path, query }: Asked): Response | null {
  const [, what = ''] = path;
  const counted = (severity: Finding['severity']) =>
    mine.findings.filter((each) => each.severity === severity).length;
  switch (`${method} ${what}`) {
    case 'GET ':
      return json({
        looked_at: mine.looked_at,
        findings: mine.findings,
        counts: { problem: counted('problem'), warning: counted('warning'), note: counted('note') },
      });
    case 'GET history': {
      const [rule, extension] = [query.get('rule'), query.get('extension')];
      const fits = mine.history.filter(
        (each) =>
          (rule === null || each.rule === rule) &&
          (extension === null || each.subject.extension === extension),
      );
      const from = Number(query.get('before') ?? 0);
      const next = from + mine.page;
      return json({ findings: fits.slice(from, next), next: next < fits.length ? next : null });
    }
    case 'POST retest':
      if (mine.isResting) return problem(429, 'too-soon', { 'Retry-After': '10' });
      mine.isResting = true;
      mine.looked_at = new Date().toISOString();
      return new Response(null, { status: 202 });
    case 'GET rules':
      return json(mine.rules);
    case 'GET networks':
      return json(mine.networks);
    case 'GET evidence':
      return json(mine.evidence);
    case 'GET plan':
      return json(mine.plan);
    case 'GET plan.svg':
      return new Response(drawnPlan(mine.plan), { headers: { 'Content-Type': 'image/svg+xml' } });
    case 'GET plan.md':
      return new Response('# Network plan\n');
    default:
      return null;
  }
}

function check(company: Company, { method, path, body }: Asked): Response | null {
  const mine = company.doctor;
  const [, what = '', id = ''] = path;
  switch (`${method} ${what}`) {
    case 'GET links':
      return json({ links: mine.links });
    case 'POST links': {
      const { label, extension } = body as NewCheckLink;
      const expires_at = new Date(Date.now() + LINK_MS).toISOString();
      mine.links.push({
        id: mine.links.length + 1,
        used_at: null,
        created_at: new Date().toISOString(),
        created_by: company.me.name,
        label,
        extension: extension ?? null,
        expires_at,
      });
      const url = '/check#7e1d3c90b2a84f6612d05e9c73ab48f0';
      return json({ id: mine.links.length, url, expires_at }, 201);
    }
    case 'DELETE links':
      mine.links = mine.links.filter((each) => String(each.id) !== id);
      return none();
    case 'GET results': {
      const found = mine.results.find((each) => each.id === id);
      return found === undefined ? problem(404, 'not-found') : json(found);
    }
    default:
      return null;
  }
}

function captures({ doctor: mine }: Company, { method, path, body }: Asked): Response | null {
  const [, id = '', part = ''] = path;
  switch (`${method} ${part}`) {
    case 'GET ':
      return json({ captures: mine.captures });
    case 'POST ': {
      mine.asked.push(`capture ${JSON.stringify(body)}`);
      if (mine.captures.some(({ ended }) => ended === null)) return problem(409, 'capture-runs');
      const { seconds, with_audio = false, unmasked = false } = body as NewCapture;
      const capture: Capture = {
        seconds,
        with_audio,
        unmasked,
        id: mine.captures.length + 1,
        of: 'phone 1012',
        begun_at: new Date().toISOString(),
        ended: null,
        packets: 0,
        bytes: 0,
        dropped: 0,
      };
      mine.captures.unshift(capture);
      return json(capture, 201);
    }
    case 'DELETE ':
      mine.captures = mine.captures.filter((each) => String(each.id) !== id);
      return none();
    case 'GET pcapng':
      return new Response('pcapng');
    default:
      return null;
  }
}

function ofCall(
  { doctor: mine }: Company,
  id: string,
  part: string,
  query: URLSearchParams,
  isAdmin: boolean,
): Response | null {
  const found = mine.flights.find(({ call }) => call === id);
  switch (part) {
    case 'flight':
      return found === undefined ? problem(404, 'not-found') : json(isAdmin ? found : withoutLadder(found));
    case 'bundle':
      if (!isAdmin) return problem(403, 'not-permitted');
      mine.asked.push(`bundle ${id} ${query.toString()}`);
      return new Response('zip');
    default:
      return null;
  }
}

/** What the parties of a call see of it. */
function withoutLadder(flight: Flight): Flight {
  return { ...flight, ladder: [] };
}
