import type { Texts } from '../../language.ts';

export const trunkTest: Texts['trunkTest'] = {
  open: '{{name}} testen',
  title: 'Test von {{name}}',
  start: 'Testen',
  again: 'Erneut testen',
  echoNumber: 'Echonummer',
  echoNumberHint:
    'Eine Nummer, die zurückgibt, was sie hört, so wie sie gewählt wird. Sie wird am Ende angerufen. Leer: kein Anruf.',
  copy: 'Ergebnis kopieren',
  steps: 'Schritte',
  details: 'Einzelheiten',
  startedAt: 'Begonnen um {{time}}.',
  verdict: {
    running: 'Der Trunk wird getestet …',
    failed_one: 'Ein Schritt ist fehlgeschlagen.',
    failed_other: '{{count}} Schritte sind fehlgeschlagen.',
    warning_one: 'Es geht, aber zu einem Schritt gibt es etwas zu sagen.',
    warning_other: 'Es geht, aber zu {{count}} Schritten gibt es etwas zu sagen.',
    passed: 'Alles Getestete funktioniert.',
  },
  step: {
    name: 'Name',
    connection: 'Verbindung',
    options: 'OPTIONS',
    registration: 'Anmeldung',
    stun: 'STUN',
    router: 'Router',
    echo_call: 'Echoanruf',
  },
  result: {
    waiting: 'Wartet',
    running: 'Läuft',
    passed: 'Bestanden',
    warning: 'Warnung',
    failed: 'Fehlgeschlagen',
    left_out: 'Ausgelassen',
  },
  askedLately:
    'Das ist keine Minute her und wurde nicht noch einmal gefragt, damit der Anbieter uns nicht aussperrt. Versuchen Sie es in {{seconds}} s wieder.',
  said: {
    name_found: '{{host}} führt zu {{servers}}.',
    no_server:
      'Kein Server des Anbieters ist bekannt, also gibt es nichts zu verbinden. Zuerst muss der Name gefunden werden.',
    connected: 'Verbunden mit {{server}} von {{local}} aus.',
    certificate_ends:
      'Verbunden mit {{server}}, aber sein Zertifikat läuft am {{ends_on}} ab, in {{days}} Tagen. Fragen Sie den Anbieter, ob es rechtzeitig erneuert wird.',
    certificate_expired:
      'Verbunden mit {{server}}, aber sein Zertifikat ist am {{ends_on}} abgelaufen. Geglaubt wird es nur, weil es festgelegt ist: Sagen Sie es dem Anbieter.',
    options_answered: '{{server}} antwortet {{status}} {{reason}}.',
    no_way:
      'OPTIONS geht über die Verbindung des Trunks, und die steht gerade nicht. Was fehlt, steht bei der Anmeldung.',
    registered: 'Angemeldet bei {{server}} für {{expires_seconds}} s.',
    does_not_register: 'Dieser Trunk meldet sich nicht an: Der Anbieter kennt uns an unserer Adresse.',
    too_many_accounts:
      'Nur die ersten {{accounts}} Konten werden auf einmal getestet. Wie es den anderen geht, steht in den Einzelheiten des Trunks.',
    stun_own: 'Der eigene STUN-Server des Anbieters {{server}} sieht uns als {{public}}.',
    stun_own_silent:
      'Der eigene STUN-Server des Anbieters {{server}} antwortet nicht, darum gelten die des Systems: Stimmt sein Name, und lässt die Firewall UDP zu ihm durch?',
    stun_mapped: 'Die Welt sieht {{local}} als {{public}}.',
    stun_not_needed: 'Unsere Adresse zum Anbieter, {{local}}, ist öffentlich: STUN ist nicht nötig.',
    stun_off:
      'In diesem Modus wird kein STUN-Server gefragt. Sehen Sie in der Konfiguration unter [stun] nach, wenn Gespräche keinen Ton haben.',
    stun_none:
      'Kein STUN-Server steht in der Konfiguration, also sagt niemand unsere öffentliche Adresse. Schreiben Sie einen unter [stun].',
    stun_elsewhere:
      'STUN-Server antworten, aber keiner hat eine öffentliche Adresse für den Weg zu diesem Anbieter gesagt.',
    stun_silent:
      'Kein STUN-Server antwortet ({{servers}}); Gespräche haben vielleicht keinen Ton. Eine Firewall kann im Weg sein; oder sehen Sie in der Konfiguration unter [stun] nach.',
    router_unheard:
      'Der Anbieter hat auf nichts von uns geantwortet; über den Router auf dem Weg ist deshalb nichts bekannt.',
    router_untouched:
      'SIP-Nachrichten kommen an, wie sie gesendet wurden: Kein Router auf dem Weg schreibt sie um.',
    router_encrypted: 'SIP ist durch TLS verschlüsselt; kein Router auf dem Weg kann es umschreiben.',
    router_unknown:
      'Ob ein Router auf dem Weg SIP-Nachrichten umschreibt, lässt sich aus den Antworten des Anbieters nicht sagen.',
    sip_alg:
      'Etwas auf dem Weg schreibt SIP-Nachrichten um: ein SIP-ALG, sehr wahrscheinlich im Router. Schalten Sie es dort aus, oder nehmen Sie TLS.',
    no_echo_number: 'Es gab keinen Anruf. Nennen Sie eine Nummer, die mit einem Echo antwortet.',
    no_country:
      'Es gab keinen Anruf. Sagen Sie im Nummernplan, wo Sie sind, damit die Nummer verstanden werden kann.',
    no_such_number:
      'Es gab keinen Anruf: {{number}} ist keine Nummer, die dieser Anbieter bekommen könnte, oder eine für Notfälle.',
    no_line: 'Es gab keinen Anruf: Der Trunk ist nicht mit seinem Anbieter verbunden.',
    limited: 'Es gab keinen Anruf: Die Grenzen der Firma für teure Gespräche stehen dagegen.',
    echo_heard:
      '{{number}} meldet sich, und unser eigener Ton kommt zurück: Der Ton geht in beide Richtungen.',
    echo_not_ours:
      '{{number}} meldet sich, und es ist etwas zu hören, aber nicht unser Ton: ein Mensch oder eine Ansage, oder unser Ton kommt dort nicht an.',
    echo_silent:
      '{{number}} meldet sich, und es ist nichts zu hören. Sehen Sie bei STUN und am Router nach: Ton geht seinen eigenen Weg.',
    echo_unanswered: '{{number}} hat sich nicht rechtzeitig gemeldet.',
    echo_refused: 'Der Anbieter weist den Anruf bei {{number}} mit {{status}} ab.',
    echo_broken: 'Der Anruf bei {{number}} ist abgebrochen.',
    too_slow: 'In {{seconds}} s gab es kein Ergebnis.',
    trunk_off: 'Dieser Trunk ist ausgeschaltet. Schalten Sie ihn zuerst ein.',
    trunk_changed: 'Der Trunk ist inzwischen geändert worden. Testen Sie ihn noch einmal.',
    too_many_tests: 'Zu viele Trunks werden gerade getestet. Testen Sie diesen danach.',
  },
  value: {
    host: 'Host',
    records: 'DNS-Einträge',
    servers: 'Server',
    server: 'Server',
    local: 'Unsere Adresse',
    tls: 'TLS',
    names: 'Namen im Zertifikat',
    ends_on: 'Zertifikat läuft ab',
    days: 'Tage bis dahin',
    status: 'Status',
    reason: 'Grund',
    round_trip_ms: 'Umlaufzeit, ms',
    expires_seconds: 'Dauer, Sekunden',
    seen_as: 'Gesehen als',
    contacts: 'Contacts',
    public: 'Öffentliche Adresse',
    sent_by: 'Gesendet von',
    sent_by_instead: 'Zurückgekommen als',
    received: 'Empfangen von',
    rport: 'Gesehener Port',
    number: 'Nummer',
    sent_packets: 'Gesendete Pakete',
    received_packets: 'Empfangene Pakete',
    lost_packets: 'Verlorene Pakete',
    seconds: 'Sekunden',
    wait_seconds: 'Wartezeit, Sekunden',
    accounts: 'Konten',
  },
};
