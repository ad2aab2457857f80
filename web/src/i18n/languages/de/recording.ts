/** Aufzeichnung von Gesprächen: die Taste, der Player, was die Verwaltung festlegt. */
export const recording = {
  start: 'Aufzeichnen',
  stop: 'Aufzeichnung beenden',
  byRule: 'Aufgezeichnet',
  on: 'Dieses Gespräch wird aufgezeichnet',
  onByRule: 'Dieses Gespräch wird nach einer Regel aufgezeichnet',
  announcing: 'Allen wird gesagt, dass das Gespräch aufgezeichnet wird…',
  duration: 'Aufgezeichnet seit',
  trouble: {
    quota_reached:
      'Die Aufzeichnung hat geendet: Aufzeichnungen haben ihren Platz aufgebraucht. Das Gespräch geht weiter.',
    disk_full: 'Die Aufzeichnung hat geendet: Die Festplatte des Servers ist voll. Das Gespräch geht weiter.',
    failed:
      'Die Aufzeichnung hat geendet: Der Server konnte sie nicht weiterschreiben. Das Gespräch geht weiter.',
  },
};

export const recordings = {
  title: 'Aufzeichnungen',
  text: 'Aufgezeichnete Gespräche, die Sie anhören dürfen. Das Protokoll behält, wer eines angehört oder gelöscht hat.',
  denied: 'Niemand hat Ihnen erlaubt, Aufzeichnungen anzuhören. Die Verwaltung kann das.',
  empty: 'Noch keine Aufzeichnungen',
  emptyText: 'Aufgezeichnete Gespräche stehen hier, sobald sie zu Ende sind.',
  none: 'Keine Aufzeichnung passt',
  noneText: 'Versuchen Sie es mit weniger Buchstaben oder einem anderen Tag.',
  search: 'Name oder Nummer',
  day: 'Tag',
  anyDay: 'Alle Tage',
  more: 'Mehr anzeigen',
  looking: 'Ältere werden durchgesehen…',
  call: 'Gespräch',
  between: '{{own}} mit {{other}}',
  time: 'Wann',
  length: 'Länge',
  size: 'Größe',
  until: 'Bleibt bis',
  running: 'Wird aufgezeichnet',
  cut: 'Abgebrochen',
  cutWhy: {
    quota_reached: 'Aufzeichnungen hatten ihren Platz aufgebraucht.',
    disk_full: 'Die Festplatte des Servers war voll.',
    failed: 'Der Server konnte sie nicht weiterschreiben.',
  },
  byRule: 'Nach einer Regel',
  listen: 'Anhören: {{name}}',
  pause: 'Pause: {{name}}',
  download: 'Herunterladen: {{name}}',
  delete: 'Löschen: {{name}}',
  deleteTitle: 'Diese Aufzeichnung löschen?',
  deleteText:
    '{{own}} mit {{other}}, {{when}}. Sie lässt sich nicht zurückholen, und das Protokoll behält, wer sie gelöscht hat.',
  deleted: 'Löschen',
};

export const player = {
  label: 'Player',
  play: 'Abspielen',
  pause: 'Pause',
  back: '10 Sekunden zurück',
  on: '10 Sekunden vor',
  position: 'Stelle',
  positionWords: '{{at}} von {{whole}}',
  speed: 'Tempo',
  times: '{{speed}}×',
  speaks: 'Spricht',
  download: 'Herunterladen',
  delete: 'Löschen',
  close: 'Player schließen',
  gone: 'Diese Aufzeichnung gibt es nicht mehr: Sie wurde gelöscht, oder ihre Zeit ist um.',
  failed: 'Sie lässt sich gerade nicht abspielen.',
  noShape: 'Ihr Verlauf lässt sich nicht zeigen; abspielen geht trotzdem.',
};
