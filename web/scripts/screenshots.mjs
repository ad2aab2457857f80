// Takes pictures of every screen on the fake server, and complains about what a picture does not show: text that does not
// fit, and accessibility rules that axe finds broken. Pictures are three times smaller where Debian's pngquant is installed.
//
//   npm run screenshots                 the set in docs/screenshots
//   npm run screenshots -- --all DIR    every scene, light and dark, four widths, into DIR (not kept)
//   npm run screenshots -- --only call  scenes whose name contains "call"
//   npm run screenshots -- --size phone --scheme dark   only these
//   npm run screenshots -- --language de   in German; best with --all
//   npm run screenshots -- --check      no pictures, only the complaints; exit status 1 when there are any
import { spawnSync } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { chromium } from 'playwright-core';
import { build, runnerImport } from 'vite';

const WEB = new URL('..', import.meta.url).pathname;
const DIST = join(WEB, 'dev/dist');
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const SIZES = {
  desktop: [1440, 900],
  phone: [390, 844],
  narrow: [360, 740],
  wide: [1600, 1000],
  tablet: [900, 1000],
  laptop: [1100, 800],
};
const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** Every picture of the documentation: a scene, the screen, and what is pressed before. */
const KEPT = [
  { name: 'sign-in', scene: 'sign-in' },
  { name: 'sign-in-wrong-password', scene: 'sign-in', act: (page) => signIn(page) },
  { name: 'phone', scene: 'idle' },
  { name: 'search', scene: 'idle', act: (page) => type(page, '10') },
  { name: 'people', scene: 'idle', route: 'people', only: ['phone'] },
  { name: 'recent', scene: 'idle', route: 'recent', only: ['phone'] },
  { name: 'incoming', scene: 'incoming' },
  { name: 'calling', scene: 'ringing' },
  { name: 'call', scene: 'call' },
  { name: 'call-tcp', scene: 'call-tcp' },
  { name: 'call-relay', scene: 'call-relay' },
  { name: 'call-interrupted', scene: 'call-interrupted' },
  { name: 'call-keypad', scene: 'call', act: (page) => keypad(page) },
  { name: 'call-transfer', scene: 'call', act: (page) => button(page, texts.call.transfer) },
  { name: 'call-waiting', scene: 'waiting' },
  { name: 'two-calls', scene: 'two' },
  { name: 'poor-quality', scene: 'call-poor' },
  { name: 'microphone-blocked', scene: 'microphone-denied' },
  { name: 'busy', scene: 'end-busy' },
  { name: 'server-away', scene: 'away' },
  { name: 'signed-in-elsewhere', scene: 'displaced' },
  { name: 'empty', scene: 'empty', route: 'recent' },
  { name: 'settings', scene: 'idle', route: 'settings' },
  { name: 'administration', scene: 'idle', route: 'admin' },
  { name: 'administration-secret', scene: 'idle', route: 'admin', act: (page) => secret(page) },
  { name: 'administration-network', scene: 'admin-network', route: 'admin', act: (page) => network(page) },
  {
    name: 'administration-network-symmetric',
    scene: 'admin-network-symmetric',
    route: 'admin',
    act: (page) => network(page),
  },
  { name: 'administration-outside', scene: 'admin-outside', route: 'admin', act: (page) => outside(page) },
  {
    name: 'administration-outside-empty',
    scene: 'admin-outside-empty',
    route: 'admin',
    act: (page) => outside(page),
  },
  {
    name: 'administration-outside-trunk',
    scene: 'admin-outside',
    route: 'admin',
    act: (page) => addTrunk(page),
  },
  {
    name: 'administration-outside-allowed',
    scene: 'admin-outside',
    route: 'admin',
    act: (page) => simulate(page, '0 030 901820'),
  },
  {
    name: 'administration-outside-denied',
    scene: 'admin-outside',
    route: 'admin',
    act: (page) => simulate(page, '0 0044 20 7946 0123'),
  },
  {
    name: 'administration-outside-detail',
    scene: 'admin-outside',
    route: 'admin',
    act: (page) => trunk(page, texts.outside.trunks.detail, 'Head office'),
  },
  {
    name: 'administration-outside-testing',
    scene: 'admin-outside',
    route: 'admin',
    act: (page) => testTrunk(page),
  },
  {
    name: 'administration-outside-tested',
    scene: 'admin-tested',
    route: 'admin',
    act: (page) => trunk(page, texts.trunkTest.open, 'Abroad'),
  },
  {
    name: 'administration-outside-trust',
    scene: 'admin-outside',
    route: 'admin',
    act: (page) => trust(page),
  },
  { name: 'talk-on', scene: 'idle', act: (page) => talkOn(page) },
  { name: 'number-in-browser', scene: 'mobile' },
  { name: 'at-desk', scene: 'at-desk' },
  { name: 'at-desk-incoming', scene: 'at-desk-incoming' },
  { name: 'at-desk-call', scene: 'at-desk-call' },
  { name: 'call-elsewhere', scene: 'elsewhere' },
  { name: 'call-move', scene: 'call-known', act: (page) => button(page, texts.call.move) },
  { name: 'team', scene: 'team', route: 'people' },
  {
    name: 'administration-devices',
    scene: 'admin-one-number',
    route: 'admin',
    act: (page) => tab(page, texts.admin.devices),
  },
  { name: 'administration-teams', scene: 'admin-one-number', route: 'admin', act: (page) => teamForm(page) },
  {
    name: 'administration-log',
    scene: 'admin-one-number',
    route: 'admin',
    act: (page) => tab(page, texts.audit.tab),
  },
  { name: 'call-transfer-way', scene: 'call', act: (page) => transferTo(page) },
  { name: 'conference', scene: 'conference' },
  { name: 'conference-lobby', scene: 'conference-lobby' },
  { name: 'transferred', scene: 'transferred' },
  { name: 'parked', scene: 'parked', route: 'people' },
  { name: 'reaching', scene: 'reaching', route: 'settings', act: (page) => reach(page) },
  { name: 'codes', scene: 'reaching', route: 'codes' },
  {
    name: 'administration-features',
    scene: 'reaching',
    route: 'admin',
    act: (page) => tab(page, texts.features.tab),
  },
  {
    name: 'administration-times',
    scene: 'reaching',
    route: 'admin',
    act: async (page) => {
      await tab(page, texts.features.tab);
      await button(page, texts.admin.edit.replace('{{name}}', 'Office hours'));
    },
  },
  { name: 'call-recorded', scene: 'recorded' },
  { name: 'call-sound-lost', scene: 'sound-lost' },
  { name: 'call-sound-lost-there', scene: 'sound-lost-there' },
  { name: 'recordings', scene: 'idle', route: 'recordings', act: (page) => listen(page) },
  {
    name: 'administration-recording',
    scene: 'admin-recording',
    route: 'admin',
    act: (page) => tab(page, texts.recordingAdmin.tab),
  },
  {
    name: 'administration-attendant',
    scene: 'admin-attendant',
    route: 'admin',
    act: (page) => tab(page, texts.attendant.tab),
  },
  {
    name: 'administration-menu',
    scene: 'admin-attendant',
    route: 'admin',
    act: (page) => menuForm(page),
  },
  { name: 'check-running', scene: 'check-running', route: 'check', act: (page) => startCheck(page) },
  { name: 'check-good', scene: 'check-good', route: 'check', act: (page) => answerCheck(page) },
  { name: 'check-poor', scene: 'check-poor', route: 'check', act: (page) => answerCheck(page) },
  {
    name: 'check-no-microphone',
    scene: 'check-no-microphone',
    route: 'check',
    act: (page) => startCheck(page),
  },
  { name: 'check-guest', scene: 'check-guest', route: 'check' },
  { name: 'check-expired', scene: 'check-expired', route: 'check' },
  { name: 'doctor-findings', scene: 'doctor', route: 'admin/doctor' },
  { name: 'doctor-empty', scene: 'idle', route: 'admin/doctor' },
  { name: 'doctor-networks', scene: 'doctor', route: 'admin/doctor/networks' },
  { name: 'doctor-check', scene: 'doctor', route: 'admin/doctor/checks/1' },
  { name: 'doctor-history', scene: 'doctor', route: 'admin/doctor/history' },
  { name: 'doctor-plan', scene: 'doctor', route: 'admin/doctor/plan' },
  { name: 'doctor-rules', scene: 'doctor', route: 'admin/doctor/rules' },
  { name: 'call-details', scene: 'doctor', route: 'calls/c-2' },
  {
    name: 'call-curves',
    scene: 'doctor',
    route: 'calls/c-2',
    act: (page) =>
      page
        .getByRole('region', { name: texts.doctor.call.curves })
        .evaluate((section) => section.scrollIntoView()),
  },
  { name: 'emergency', scene: 'emergency' },
  { name: 'shortcuts', scene: 'idle', act: (page) => page.keyboard.press('?'), only: ['desktop'] },
];
/** Further situations, looked at but not kept. */
const LOOKED_AT = [
  'sign-in-locked',
  'no-server',
  'loading',
  'broken',
  'user',
  'dialling',
  'incoming-long',
  'incoming-number',
  'call-long',
  'call-muted',
  'call-held',
  'call-hold-refused',
  'call-connecting',
  'away-talking',
  'server-busy',
  'refused',
  'end-declined',
  'end-no_answer',
  'end-unknown_number',
  'end-offline',
  'end-connection_lost',
  'end-displaced',
  'microphone-missing',
  'microphone-dismissed',
  'microphone-in_use',
  'microphone-insecure',
  'at-desk-away',
  'at-desk-lifting',
  'at-desk-two',
  'at-desk-refused',
  'elsewhere-long',
  'other-tab',
  'team-free',
  'conference-guest',
  'recorded-announcing',
  'recorded-by-rule',
  'recorded-stopped',
].map((scene) => ({ name: scene, scene }));
for (const scene of ['admin-network-ipv6', 'admin-network-bare', 'admin-network-blocked']) {
  LOOKED_AT.push({ name: scene, scene, route: 'admin', act: (page) => network(page) });
}
const LOOKED_AT_OUTSIDE = {
  'trunk-more': (page) => addTrunk(page, true),
  'trunk-detail': (page) => button(page, texts.outside.trunks.detail.replace('{{name}}', 'Abroad')),
  'trunk-watched': async (page) => {
    await openTrunkForm(page);
    await field(page, texts.outside.trunk.stun).scrollIntoViewIfNeeded();
  },
  'route-form': (page) => button(page, texts.outside.routes.add),
  'number-form': (page) => button(page, texts.outside.numbers.add),
  'plan-form': (page) => button(page, texts.outside.plan.edit),
  below: (page) => page.getByRole('heading', { name: texts.outside.plan.title }).scrollIntoViewIfNeeded(),
};
for (const [name, act] of Object.entries(LOOKED_AT_OUTSIDE)) {
  LOOKED_AT.push({
    name: `administration-outside-${name}`,
    scene: 'admin-outside',
    route: 'admin',
    act: async (page) => {
      await outside(page);
      await act(page);
    },
  });
}
LOOKED_AT.push({
  name: 'administration-person',
  scene: 'admin-outside',
  route: 'admin',
  act: (page) => button(page, texts.admin.edit.replace('{{name}}', 'Cleo Marchetti')),
});
LOOKED_AT.push({
  name: 'administration-person-times',
  scene: 'admin-outside',
  route: 'admin',
  act: async (page) => {
    await button(page, texts.admin.edit.replace('{{name}}', 'Cleo Marchetti'));
    await button(page, texts.outside.calling.addWindow);
    await page.getByRole('group', { name: texts.outside.calling.when }).scrollIntoViewIfNeeded();
  },
});
LOOKED_AT.push({
  name: 'emergency-recent',
  scene: 'emergency',
  route: 'recent',
  act: async (page) => {
    const dismiss = page.getByRole('button', { name: texts.app.dismiss });
    while ((await dismiss.count()) > 0) await dismiss.first().click();
  },
});
for (const [name, scene] of Object.entries({ 'talk-on-mobile': 'mobile', 'talk-on-desk': 'at-desk' })) {
  LOOKED_AT.push({ name, scene, act: (page) => talkOn(page) });
}
LOOKED_AT.push({ name: 'settings-desk', scene: 'at-desk', route: 'settings' });
LOOKED_AT.push({ name: 'team-on-phone', scene: 'team', route: 'people' });
for (const [name, open] of Object.entries({
  'administration-pin': (page) => button(page, texts.persons.pin.replace('{{name}}', 'Ben Okafor')),
  'administration-reach': (page) => button(page, texts.persons.reach.replace('{{name}}', 'Ben Okafor')),
  'administration-teams-list': (page) => tab(page, texts.teams.tab),
  'administration-device': async (page) => {
    await tab(page, texts.admin.devices);
    const row = `Meeting room (${texts.devices.nobody})`;
    await button(page, texts.admin.edit.replace('{{name}}', row));
  },
})) {
  LOOKED_AT.push({ name, scene: 'admin-one-number', route: 'admin', act: open });
}
for (const [name, open] of Object.entries({
  'administration-room': (page) => button(page, texts.admin.edit.replace('{{name}}', 'Monday round')),
  'administration-code': (page) =>
    button(page, texts.admin.edit.replace('{{name}}', texts.codes.name.redial)),
})) {
  LOOKED_AT.push({
    name,
    scene: 'reaching',
    route: 'admin',
    act: async (page) => {
      await tab(page, texts.features.tab);
      await open(page);
    },
  });
}
LOOKED_AT.push({
  name: 'reaching-rule',
  scene: 'reaching',
  route: 'settings',
  act: (page) => button(page, texts.reach.editRule.replace('{{number}}', '2')),
});
LOOKED_AT.push({ name: 'recordings-list', scene: 'idle', route: 'recordings' });
LOOKED_AT.push({ name: 'recordings-empty', scene: 'recordings-empty', route: 'recordings' });
LOOKED_AT.push({ name: 'recordings-broken', scene: 'broken', route: 'recordings' });
LOOKED_AT.push({
  name: 'recordings-gone',
  scene: 'recordings-gone',
  route: 'recordings',
  act: (page) => listen(page),
});
for (const [name, open] of Object.entries({
  'attendant-menu-summary': async (page) => {
    await menuForm(page);
    await page.getByRole('region', { name: texts.attendant.summary }).scrollIntoViewIfNeeded();
  },
  'attendant-announcements': async (page) => {
    await tab(page, texts.attendant.tab);
    await page
      .getByRole('region', { name: texts.attendant.announcements })
      .evaluate((section) => section.scrollIntoView());
  },
  'attendant-prompts': async (page) => {
    await tab(page, texts.attendant.tab);
    await page
      .getByRole('region', { name: texts.attendant.prompts })
      .evaluate((section) => section.scrollIntoView());
  },
  'recording-rule': async (page) => {
    await tab(page, texts.recordingAdmin.tab);
    await button(page, texts.reach.editRule.replace('{{number}}', '2'));
  },
  'recording-storage': async (page) => {
    await tab(page, texts.recordingAdmin.tab);
    await page
      .getByRole('region', { name: texts.recordingAdmin.storage })
      .evaluate((section) => section.scrollIntoView());
  },
})) {
  const scene = name.startsWith('attendant') ? 'admin-attendant' : 'admin-recording';
  LOOKED_AT.push({ name: `administration-${name}`, scene, route: 'admin', act: open });
}
LOOKED_AT.push({
  name: 'administration-attendant-empty',
  scene: 'idle',
  route: 'admin',
  act: (page) => tab(page, texts.attendant.tab),
});
LOOKED_AT.push({
  name: 'administration-attendant-broken',
  scene: 'broken',
  route: 'admin',
  act: (page) => tab(page, texts.attendant.tab),
});
for (const [name, act] of Object.entries({
  'check-ready': null,
  'check-asking': (page) => startCheck(page),
  'check-speaker': async (page) => {
    await startCheck(page);
    await button(page, texts.check.microphone.spoken);
    await button(page, texts.check.speaker.play);
    await page.getByRole('button', { name: texts.check.speaker.heard }).waitFor();
  },
  'check-unsent': (page) => skipCheck(page),
  'check-elsewhere': (page) => startCheck(page),
  'check-old-browser': null,
  'check-experts': async (page) => {
    await answerCheck(page);
    const summary = page.getByText(texts.check.experts, { exact: true });
    await summary.click();
    await summary.evaluate((element) => element.scrollIntoView());
  },
})) {
  const scene = { 'check-speaker': 'check-good', 'check-experts': 'check-poor' }[name] ?? name;
  LOOKED_AT.push({ name, scene, route: 'check', ...(act === null ? {} : { act }) });
}
for (const [name, route, open] of [
  ['doctor-calls', 'admin/doctor/calls'],
  ['doctor-rule', 'admin/doctor/rules/R-e'],
  ['doctor-finding', `admin/doctor/findings/${encodeURIComponent('rj_udp_blocked|103|192.0.2.40')}`],
  ['doctor-link', 'admin/doctor/networks', (page) => checkLink(page, false)],
  ['doctor-link-made', 'admin/doctor/networks', (page) => checkLink(page, true)],
  [
    'doctor-history-open',
    'admin/doctor/history',
    (page) => page.getByRole('row').nth(1).getByRole('button').click(),
  ],
  ['call-capture', 'calls/c-2', (page) => button(page, texts.doctor.captures.add)],
  ['call-unmasked', 'calls/c-2', (page) => button(page, texts.doctor.bundle.unmasked)],
  ['call-unknown', 'calls/c-99'],
]) {
  LOOKED_AT.push({ name, scene: 'doctor', route, act: open });
}
for (const page of ['findings', 'networks', 'history', 'plan']) {
  LOOKED_AT.push({ name: `doctor-broken-${page}`, scene: 'broken', route: `admin/doctor/${page}` });
  LOOKED_AT.push({ name: `doctor-bare-${page}`, scene: 'doctor-bare', route: `admin/doctor/${page}` });
}
LOOKED_AT.push({ name: 'doctor-new', scene: 'doctor-new', route: 'admin/doctor' });
LOOKED_AT.push({ name: 'recording-recent', scene: 'idle', route: 'recent' });
LOOKED_AT.push({ name: 'keys', scene: 'idle', act: (page) => dial(page, '102') });

const args = process.argv.slice(2);
const all = args.includes('--all');
const checkOnly = args.includes('--check');
const only = args.includes('--only') ? args[args.indexOf('--only') + 1] : '';
const out = all ? args[args.indexOf('--all') + 1] : join(WEB, '../docs/screenshots');
const language = args.includes('--language') ? args[args.indexOf('--language') + 1] : 'en';
const { module } = await runnerImport(join(WEB, `src/i18n/languages/${language}.ts`));
const { texts } = module.language;

await build({ configFile: join(WEB, 'dev/vite.config.ts'), logLevel: 'error' });
await mkdir(out, { recursive: true });
const server = createServer((request, response) => void serve(request, response)).listen(0, '127.0.0.1');
await new Promise((resolve) => server.once('listening', resolve));
const origin = `http://127.0.0.1:${server.address().port}`;
const axe = await readFile(join(WEB, 'node_modules/axe-core/axe.min.js'), 'utf8');
const browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--font-render-hinting=none',
  ],
});

const complaints = [];
const pictures = (all || checkOnly ? [...KEPT, ...LOOKED_AT] : KEPT).filter(({ name }) =>
  name.includes(only),
);
const chosen = args.includes('--size') ? [args[args.indexOf('--size') + 1]] : null;
const schemes = args.includes('--scheme') ? [args[args.indexOf('--scheme') + 1]] : ['light', 'dark'];
const sizes = chosen ?? (all || checkOnly ? Object.keys(SIZES) : ['desktop', 'phone']);
for (const scheme of schemes) {
  for (const size of sizes) {
    const [width, height] = SIZES[size];
    const context = await browser.newContext({
      viewport: { width, height },
      colorScheme: scheme,
      reducedMotion: 'no-preference',
      locale: 'en-GB',
      permissions: [],
    });
    for (const picture of pictures) {
      if (picture.only !== undefined && !picture.only.includes(size) && !all) continue;
      await take(context, picture, size, scheme);
    }
    await context.close();
  }
}
await browser.close();
server.close();
for (const complaint of complaints) console.error(complaint);
console.log(`${pictures.length} scenes, ${complaints.length} complaints`);
process.exitCode = complaints.length > 0 ? 1 : 0;

async function take(context, { name, scene, route = 'keypad', act }, size, scheme) {
  const page = await context.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(error.message));
  // No picture depends on the one before.
  await page.addInitScript(() => window.localStorage.clear());
  await page.goto(`${origin}/?scene=${scene}&language=${language}#/${route}`);
  await page.waitForSelector('main', { timeout: 10_000 });
  await page.evaluate(() => document.fonts.ready);
  // Scenes play once the phone is connected; animations need a moment too.
  await page.waitForTimeout(900);
  if (act !== undefined) {
    await act(page);
    await page.waitForTimeout(500);
  }
  const where = `${name} ${size} ${scheme}`;
  complaints.push(...errors.map((error) => `${where}: ${error}`));
  complaints.push(...(await look(page)).map((problem) => `${where}: ${problem}`));
  if (!checkOnly) {
    const path = join(out, `${name}-${size}-${scheme}.png`);
    await page.screenshot({ path });
    spawnSync('pngquant', [
      '--force',
      '--skip-if-larger',
      '--strip',
      '--nofs',
      '--output',
      path,
      '256',
      path,
    ]);
  }
  await page.close();
}

/** What does not fit, and what axe says. */
async function look(page) {
  const wide = await page.evaluate(() =>
    document.documentElement.scrollWidth > window.innerWidth
      ? [`page is ${document.documentElement.scrollWidth} px wide`]
      : [],
  );
  await page.evaluate(axe);
  const broken = await page.evaluate(async () => {
    const { violations } = await window.axe.run(document, {
      // Mantine's dialogs have a <header> of their own, which is no banner: it is inside the dialog.
      rules: { 'landmark-no-duplicate-banner': { enabled: false }, 'landmark-unique': { enabled: false } },
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    });
    return violations.flatMap((rule) =>
      rule.nodes.map((node) => `${rule.id}: ${node.html.slice(0, 160)} ${node.any[0]?.message ?? ''}`),
    );
  });
  return [...wide, ...broken];
}

async function signIn(page) {
  await page.getByRole('textbox', { name: texts.signIn.name }).fill('101');
  await page.getByLabel(texts.signIn.password, { exact: true }).fill('wrong');
  await page.getByRole('button', { name: texts.signIn.submit }).click();
}

async function type(page, text) {
  await page.getByRole('combobox', { name: texts.search.label }).fill(text);
}

/** Presses keys where they were at first, as a finger does: whatever has come over them is pressed instead. */
async function dial(page, number) {
  const pad = page.getByRole('region', { name: texts.pad.label });
  const places = new Map();
  for (const key of number) {
    const box = await pad.getByRole('button', { name: key, exact: true }).boundingBox();
    places.set(key, [box.x + box.width / 2, box.y + box.height / 2]);
  }
  for (const key of number) await page.mouse.click(...places.get(key));
  const shown = await page.getByRole('combobox', { name: texts.search.label }).inputValue();
  if (shown !== number) complaints.push(`keys: pressed ${number}, got “${shown}”`);
}

async function button(page, name) {
  await page.getByRole('button', { name, exact: true }).click();
}

/** The first step is over: whom; now how. */
async function transferTo(page) {
  await button(page, texts.call.transfer);
  await page.getByRole('dialog').getByRole('textbox', { name: texts.search.label }).fill('recep');
  await page.keyboard.press('Enter');
}

/** The newest recording plays for a moment, from somewhere in it. */
async function listen(page) {
  const list = page.getByRole('main');
  const named = new RegExp(`^${texts.recordings.listen.replace('{{name}}', '')}`);
  await list.getByRole('button', { name: named }).nth(2).click();
  const slider = page.getByRole('slider', { name: texts.player.position });
  if ((await slider.count()) === 0) await page.waitForTimeout(600);
  if ((await slider.count()) === 0) return;
  await slider.focus();
  for (let step = 0; step < 70; step += 1) await page.keyboard.press('PageUp');
  await page.waitForTimeout(400);
}

/** The rules, and what would happen to a call. */
async function reach(page) {
  const card = page.getByRole('region', { name: texts.reach.title });
  await card.getByLabel(texts.reach.simulator.who, { exact: true }).fill('103');
  await page.waitForTimeout(600);
  await card.evaluate((element) => element.scrollIntoView());
}

async function startCheck(page) {
  await button(page, texts.check.start);
  await page.waitForTimeout(900);
}

/** Everything is fine for this person. */
async function answerCheck(page) {
  await startCheck(page);
  const { microphone, speaker, playback } = texts.check;
  await button(page, microphone.spoken);
  await button(page, speaker.play);
  await button(page, speaker.heard);
  await button(page, playback.record);
  await button(page, playback.heard);
  await page.getByText(texts.check.helpDesk).waitFor();
}

async function skipCheck(page) {
  await startCheck(page);
  await button(page, texts.check.skipAll);
  await page.getByRole('button', { name: texts.check.unsent.retry }).waitFor();
}

async function keypad(page) {
  await button(page, texts.call.keypad);
  await page.keyboard.type('4711#');
}

/** The header's choice, whatever it says now. */
async function talkOn(page) {
  await page.getByRole('button', { name: new RegExp(`^${texts.place.talkOn}:`) }).click();
}

async function tab(page, name) {
  await page.getByRole('tab', { name, exact: true }).click();
}

/** The form of a check link for one of ours, or what comes of it. */
async function checkLink(page, isMade) {
  const name = texts.doctor.links.testAs.replace('{{name}}', 'Cleo Marchetti');
  await button(page, name);
  if (isMade) await button(page, texts.doctor.links.make);
}

async function menuForm(page) {
  await tab(page, texts.attendant.tab);
  await button(page, texts.admin.edit.replace('{{name}}', 'Front door'));
}

async function teamForm(page) {
  await tab(page, texts.teams.tab);
  await button(page, texts.admin.edit.replace('{{name}}', 'Sales'));
}

async function network(page) {
  await page.getByRole('tab', { name: texts.admin.network }).click();
}

async function outside(page) {
  await page.getByRole('tab', { name: texts.admin.outside }).click();
}

/** The form of a new trunk with a provider of whom much is known. */
async function addTrunk(page, more = false) {
  await outside(page);
  await button(page, texts.outside.trunks.add);
  await page
    .getByRole('combobox', { name: texts.outside.trunks.provider, exact: true })
    .selectOption('example-net');
  if (more) await page.getByText(texts.outside.trunk.more, { exact: true }).click();
}

/** Something about a trunk, by the button in its row. */
async function trunk(page, words, name) {
  await outside(page);
  await button(page, words.replace('{{name}}', name));
}

/** A test that is under way, with some steps done. */
async function testTrunk(page) {
  await trunk(page, texts.trunkTest.open, 'Head office');
  await button(page, texts.trunkTest.start);
  await page
    .getByRole('listitem')
    .filter({ hasText: texts.trunkTest.result.passed })
    .nth(1)
    .waitFor({ timeout: 20_000 });
}

async function openTrunkForm(page) {
  await trunk(page, texts.admin.edit, 'Head office');
  await page.getByText(texts.outside.trunk.more, { exact: true }).click();
}

function field(page, label) {
  return page.getByRole('dialog').getByLabel(label, { exact: true });
}

/** The form with an authority of the provider's own. */
async function trust(page) {
  await openTrunkForm(page);
  await field(page, texts.outside.trunk.trust).selectOption('authority');
  const pem = field(page, texts.outside.trunk.pem);
  await pem.fill(
    [
      '-----BEGIN CERTIFICATE-----',
      'MIIBdTCCARugAwIBAgIUQm9vayBvZiBhbiBleGFtcGxlIENBMAoGCCqGSM49BAMC',
      'MBYxFDASBgNVBAMMC0V4YW1wbGUgTmV0MB4XDTI2MDEwMTAwMDAwMDBjGA8yMDM2',
      '-----END CERTIFICATE-----',
    ].join('\n'),
  );
  await pem.evaluate((input) => input.scrollIntoView({ block: 'center' }));
}

async function simulate(page, number) {
  await outside(page);
  const simulator = page.getByRole('region', { name: texts.outside.simulator.title });
  await simulator.getByLabel(texts.outside.simulator.who).selectOption('103');
  await simulator.getByLabel(texts.outside.simulator.dials).fill(number);
  // Once the answer is there; it is below the fold of a phone.
  await page.waitForTimeout(600);
  await simulator.evaluate((region) => {
    for (let around = region.parentElement; around !== null; around = around.parentElement) {
      const scrolls = ['auto', 'scroll'].includes(window.getComputedStyle(around).overflowY);
      if (scrolls)
        around.scrollTop +=
          region.getBoundingClientRect().bottom - around.getBoundingClientRect().bottom + 16;
    }
  });
}

async function secret(page) {
  await page.getByRole('tab', { name: texts.admin.devices }).click();
  await page.getByRole('button', { name: texts.admin.newSecret }).first().click();
  await page.getByRole('dialog').getByRole('button', { name: texts.admin.newSecret }).click();
}

async function serve(request, response) {
  const path = new URL(request.url, 'http://x').pathname;
  const file = path === '/' ? '/index.html' : path;
  try {
    const body = await readFile(join(DIST, file));
    response.writeHead(200, { 'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream' }).end(body);
  } catch {
    response.writeHead(404).end();
  }
}
