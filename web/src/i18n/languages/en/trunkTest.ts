/** The test of a trunk, step by step. */
export const trunkTest = {
  open: 'Test {{name}}',
  title: 'Test of {{name}}',
  start: 'Test',
  again: 'Test again',
  echoNumber: 'Echo number',
  echoNumberHint:
    'A number that answers with what it hears, as it is dialled. It is called at the end. Empty: no call.',
  copy: 'Copy result',
  steps: 'Steps',
  details: 'Details',
  startedAt: 'Started at {{time}}.',
  verdict: {
    running: 'The trunk is being tested…',
    failed_one: 'One step failed.',
    failed_other: '{{count}} steps failed.',
    warning_one: 'It works, but one step has something to tell.',
    warning_other: 'It works, but {{count}} steps have something to tell.',
    passed: 'Everything that was tested works.',
  },
  step: {
    name: 'Name',
    connection: 'Connection',
    options: 'OPTIONS',
    registration: 'Registration',
    stun: 'STUN',
    router: 'Router',
    echo_call: 'Echo call',
  },
  result: {
    waiting: 'Waiting',
    running: 'Running',
    passed: 'Passed',
    warning: 'Warning',
    failed: 'Failed',
    left_out: 'Left out',
  },
  askedLately:
    'That was less than a minute ago and was not asked again, so that the provider does not lock us out. Try again in {{seconds}} s.',
  said: {
    name_found: '{{host}} leads to {{servers}}.',
    no_server:
      'No server of the provider is known, so there is nothing to connect to. First the name has to be found.',
    connected: 'Connected to {{server}} from {{local}}.',
    certificate_ends:
      'Connected to {{server}}, but its certificate ends on {{ends_on}}, in {{days}} days. Ask the provider whether it will be renewed in time.',
    certificate_expired:
      'Connected to {{server}}, but its certificate has expired on {{ends_on}}. It is only believed because it is pinned: tell the provider.',
    options_answered: '{{server}} answers {{status}} {{reason}}.',
    no_way:
      'OPTIONS goes over the trunk’s own connection, which is not up now. What is wrong stands at the registration.',
    registered: 'Registered at {{server}} for {{expires_seconds}} s.',
    does_not_register: 'This trunk does not register: the provider knows us by our address.',
    too_many_accounts:
      'Only the first {{accounts}} accounts are tested at once. How the others are stands in the details of the trunk.',
    stun_own: 'The provider’s own STUN server {{server}} sees us as {{public}}.',
    stun_own_silent:
      'The provider’s own STUN server {{server}} does not answer, so the system’s are used: look whether its name is right, and whether a firewall keeps UDP from it.',
    stun_mapped: 'The world sees {{local}} as {{public}}.',
    stun_not_needed: 'Our address towards the provider, {{local}}, is a public one: no STUN is needed.',
    stun_off:
      'No STUN server is asked in this mode. Look at [stun] in the configuration if calls have no sound.',
    stun_none: 'No STUN server is configured, so nobody tells our public address. Write one below [stun].',
    stun_elsewhere: 'STUN servers answer, but none has told a public address for the way to this provider.',
    stun_silent:
      'No STUN server answers ({{servers}}), so calls may have no sound. A firewall may be in the way; or look at [stun] in the configuration.',
    router_unheard:
      'The provider has not answered any request of ours, so nothing is known of the router on the way.',
    router_untouched: 'SIP messages arrive as they were sent: no router on the way rewrites them.',
    router_encrypted: 'SIP is encrypted by TLS, so no router on the way can rewrite it.',
    router_unknown:
      'Whether a router on the way rewrites SIP messages cannot be told from the provider’s answers.',
    sip_alg:
      'Something on the way rewrites SIP messages: a SIP ALG, most likely in the router. Switch it off there, or use TLS.',
    no_echo_number: 'No call was made. Give a number that answers with an echo.',
    no_country:
      'No call was made. Say in the number plan where you are, so that the number can be understood.',
    no_such_number:
      'No call was made: {{number}} is no number that this provider could be given, or it is one for emergencies.',
    no_line: 'No call was made: the trunk is not connected to its provider.',
    limited: 'No call was made: the company’s limits on costly calls stand against it.',
    echo_heard: '{{number}} answers and our own tone comes back: there is sound both ways.',
    echo_not_ours:
      '{{number}} answers and something is heard, but not our tone: a person or an announcement, or our sound does not get there.',
    echo_silent:
      '{{number}} answers and nothing is heard. Look at STUN and at the router: sound takes its own way.',
    echo_unanswered: '{{number}} has not answered in time.',
    echo_refused: 'The provider refuses the call to {{number}} with {{status}}.',
    echo_broken: 'The call to {{number}} broke off.',
    too_slow: 'There was no result within {{seconds}} s.',
    trunk_off: 'This trunk is switched off. Switch it on first.',
    trunk_changed: 'The trunk has been changed meanwhile. Test it again.',
    too_many_tests: 'Too many trunks are being tested. Test this one afterwards.',
  },
  value: {
    host: 'Host',
    records: 'DNS records',
    servers: 'Servers',
    server: 'Server',
    local: 'Our address',
    tls: 'TLS',
    names: 'Names in the certificate',
    ends_on: 'Certificate ends',
    days: 'Days left',
    status: 'Status',
    reason: 'Reason',
    round_trip_ms: 'Round trip, ms',
    expires_seconds: 'Lasts, seconds',
    seen_as: 'Seen as',
    contacts: 'Contacts',
    public: 'Public address',
    sent_by: 'Sent by',
    sent_by_instead: 'Came back as',
    received: 'Received from',
    rport: 'Port seen',
    number: 'Number',
    sent_packets: 'Packets sent',
    received_packets: 'Packets received',
    lost_packets: 'Packets lost',
    seconds: 'Seconds',
    wait_seconds: 'Wait, seconds',
    accounts: 'Accounts',
  },
};
