/** Eine Nummer an mehreren Telefonen: wo sie ist, was klingelt, Teams, PINs, das Protokoll. */
import type { Texts } from '../../language.ts';

export const place: Texts['place'] = {
  talkOn: 'Sprechen an',
  computer: 'Dieser Computer',
  deskPhone: 'Tischtelefon',
  anotherPhone: 'einem anderen Telefon',
  talkOnHint: 'Mit einem Tischtelefon sprechen Sie dort und wählen, antworten und halten von hier aus.',
  noDeskPhone: 'Sie haben kein Tischtelefon.',
  noBrowserPhone: 'Kein Browsertelefon',
  notInUse: 'Nicht in Gebrauch',
  numberHere: 'Ihre Nummer ist hier',
  showsCancel: 'Zeigt „Mobilität beenden“',
  doing: {
    talking: 'Im Gespräch',
    ringing: 'Klingelt',
    in_use: 'In Gebrauch',
    ready: 'Verbunden',
    away: 'Nicht verbunden',
  },
  ringOn: 'Bei Anruf klingelt',
  ringsAt: 'Wann {{label}} klingelt',
  atOnce: 'Sofort',
  afterSeconds: 'Nach {{seconds}} s',
  rings: { when_answered: 'Bei Antwort in der App', never: 'Nie' },
  mobile: 'Mobilnummer',
  mobileNone: 'Keine',
  mobileRings: 'Mobiltelefon klingelt',
  whileBusy: 'Ein zweiter Anruf, während ich spreche',
  busy: {
    call_waiting: 'Klingelt an allen meinen Telefonen',
    ring_others: 'Klingelt nur an meinen anderen Telefonen',
    busy: 'Der Anrufer hört besetzt',
  },
  inBrowser:
    'Ihre Nummer ist in diesem Browser. Ihr Tischtelefon „{{label}}“ zeigt „Mobilität beenden“ und klingelt nicht.',
  bringBack: 'Zurück ans Tischtelefon holen',
  atDesk: 'Ihre Nummer ist an „{{label}}“. Dort sprechen Sie; gewählt, geantwortet und gehalten wird hier.',
  useDeskPhone: 'Mein Tischtelefon verwenden',
  logOff: 'Von „{{label}}“ abmelden',
  toComputer: 'An diesem Computer sprechen',
  youTalkAt: 'Sie sprechen an „{{label}}“.',
  callAt: 'Gespräch an {{where}}',
  talksAt: 'Im Gespräch an {{where}}',
  heldAt: 'Gehalten an {{where}}',
  takeHere: 'Hierher holen',
};

export const team: Texts['team'] = {
  free: 'Die Leitung ist frei.',
  line: 'In der Leitung',
  members: 'Mitglieder',
  silent: 'klingelt nicht',
  somebody: 'Jemandem',
  rings: 'Klingelt',
  by: { talks: 'Spricht mit {{name}}', holds: 'Gehalten von {{name}}' },
  take: 'Übernehmen',
};

export const pin: Texts['pin'] = {
  title: 'PIN für gemeinsame Telefone',
  text: 'An jedem gemeinsamen Telefon anmelden: {{code}}{{extension}}*PIN wählen, oder {{code}} und dem Ton folgen. Ihre Nummer klingelt dann dort.',
  set: 'Sie haben eine PIN.',
  none: 'Sie haben noch keine PIN.',
  next: 'Neue PIN',
  rule: '4 bis 12 Ziffern.',
  create: 'PIN setzen',
  change: 'PIN ändern',
  delete: 'PIN löschen',
  changed: 'Ihre PIN ist gesetzt.',
};

export const devices: Texts['devices'] = {
  nobody: 'Niemand',
  use: 'Klingeln und Teilen',
  shared: 'Gemeinsames Telefon: hier meldet man sich mit PIN an',
  sharedHint:
    'Mit einer Person oben gehört es ihr, solange niemand sonst angemeldet ist und ihre Nummer nicht in ihrem Browser ist.',
  openTo: 'Wer sich anmelden darf',
  open: { everybody: 'Alle, die eine PIN haben', people: 'Nur diese Personen' },
  who: 'Personen, die sich anmelden dürfen',
  rings: 'Klingelt für seine Person',
  sharedBy: {
    everybody: 'Von allen geteilt',
    people_one: 'Von einer Person geteilt',
    people_other: 'Von {{count}} Personen geteilt',
  },
  seat: {
    here: '{{name}} ist hier',
    mobile: '{{name}} hat die Nummer im Browser',
    nobody: 'Niemand ist angemeldet',
  },
};

export const persons: Texts['persons'] = {
  pin: 'PIN von {{name}}',
  pinText:
    'Mit dieser PIN meldet sich {{name}} an gemeinsamen Telefonen an. Teilen Sie sie mit; sie wird nicht noch einmal gezeigt.',
  pinReplaces: 'Sie ersetzt die bisherige.',
  reach: 'Wie {{name}} erreicht wird',
};

export const teams: Texts['teams'] = {
  tab: 'Teams',
  text: 'Eine Nummer, mehrere Personen. Mit einer Leitung sehen Mitglieder, wer darin ist, und übernehmen Anrufe, die andere halten.',
  add: 'Team anlegen',
  empty: 'Noch keine Teams',
  emptyText: 'Ein Team hat eine Nummer für mehrere Personen, etwa für den Verkauf oder eine Arztpraxis.',
  deleteText: 'Die Nummer führt dann nirgends mehr hin. Personen und Telefone bleiben.',
  number: 'Nummer',
  members: 'Mitglieder',
  membersHint: 'In dieser Reihenfolge, wo sie nacheinander klingeln.',
  noMembers: 'Noch niemand.',
  addMember: 'Mitglied hinzufügen',
  choose: 'Wählen …',
  people: 'Personen',
  phones: 'Telefone von niemandem',
  rings: 'Klingelt',
  up: '{{name}} nach oben',
  down: '{{name}} nach unten',
  remove: '{{name}} entfernen',
  order: 'Wer klingelt',
  orders: {
    all: 'Alle zugleich',
    in_turn: 'Einer nach dem anderen',
    longest_idle: 'Zuerst, wer am längsten nicht gesprochen hat',
  },
  turn: 'Sekunden für jeden',
  line: 'Mitglieder teilen eine Leitung',
  lineHint: 'Sie sehen, wer darin ist, und übernehmen Anrufe, die ein anderes Mitglied hält.',
  busyWhen: 'Der nächste Anrufer hört besetzt',
  busy: { all: 'Wenn alle Mitglieder sprechen', first: 'Wenn ein Mitglied spricht' },
  overflow: 'Niemand antwortet: woandershin',
  overflowAfter: 'Nach Sekunden',
  overflowTo: 'An Nummer',
  night: 'Zu anderen Zeiten: woandershin',
  nightText: 'Das Team klingelt nur zu diesen Zeiten.',
  nightTo: 'Sonst an Nummer',
  withLine: 'Mit Leitung',
  group: 'Rufgruppe',
  wrong: {
    turn: '3 bis 120 Sekunden.',
    overflow: '0 bis 300 Sekunden.',
    number: 'Eine Nummer, wie man sie wählt.',
  },
};

export const audit: Texts['audit'] = {
  tab: 'Protokoll',
  text: 'Wer was geändert hat. Einträge lassen sich nicht ändern.',
  empty: 'Es wurde noch nichts geändert',
  at: 'Wann',
  by: 'Wer',
  what: 'Was',
  details: 'Einzelheiten',
  via: {
    app: 'in der App',
    phone: 'an einem Telefon',
    command_line: 'auf der Befehlszeile',
    api: 'über die Schnittstelle',
  },
  more: 'Frühere Einträge zeigen',
};
