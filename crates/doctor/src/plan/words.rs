//! What stands in a plan, in both languages.

use model::Language;

use crate::evidence::{InterfaceRole, MediaWay, StunState, TrunkState};

/// The words of one language.
pub(super) struct Words {
    pub(super) title: &'static str,
    pub(super) looked_at: &'static str,
    pub(super) description: &'static str,
    pub(super) office_frame: &'static str,
    pub(super) office: &'static str,
    pub(super) by_public_address: &'static str,
    pub(super) vpn: &'static str,
    pub(super) phones: &'static str,
    pub(super) phones_off: &'static str,
    pub(super) server: &'static str,
    pub(super) nothing_yet: &'static str,
    pub(super) router: &'static str,
    pub(super) router_unknown: &'static str,
    pub(super) public_address: &'static str,
    pub(super) public_unknown: &'static str,
    pub(super) no_route: &'static str,
    pub(super) internet: &'static str,
    pub(super) comes_in: &'static str,
    pub(super) stun_goes: &'static str,
    pub(super) trunk_goes: &'static str,
    pub(super) not_symmetric: [&'static str; 2],
    pub(super) symmetric: [&'static str; 2],
    pub(super) udp_blocked: &'static str,
    pub(super) nat_unknown: &'static str,
    pub(super) ports_kept: &'static str,
    pub(super) ports_changed: &'static str,
    pub(super) stun: &'static str,
    pub(super) stun_of: &'static str,
    pub(super) trunk: &'static str,
    pub(super) sees_us: &'static str,
    pub(super) desk_phone: &'static str,
    pub(super) guest: &'static str,
    pub(super) no_way: &'static str,
    pub(super) network: &'static str,
    pub(super) more: &'static str,
    pub(super) more_networks: &'static str,
    pub(super) findings: &'static str,
    pub(super) no_findings: &'static str,
    pub(super) more_findings: &'static str,
    pub(super) columns: [&'static str; 3],
    pub(super) culprit: &'static str,
    language: Language,
}

const ENGLISH: Words = Words {
    title: "Network plan",
    looked_at: "as of",
    description: "From the office on the left to the internet on the right. What a fault is the doing of is red and has an exclamation mark.",
    office_frame: "Office",
    office: "People in the office",
    by_public_address: "by the public address",
    vpn: "People by VPN",
    phones: "Desk phones",
    phones_off: "not registered",
    server: "farend",
    nothing_yet: "nothing measured yet",
    router: "Router",
    router_unknown: "Router, not known yet",
    public_address: "public",
    public_unknown: "public address not known",
    no_route: "no way to the internet",
    internet: "Internet",
    comes_in: "people come in here",
    stun_goes: "STUN servers see this address",
    trunk_goes: "sees this address",
    not_symmetric: ["cone NAT (RFC 3489)", "endpoint-independent mapping (RFC 4787)"],
    symmetric: ["symmetric NAT (RFC 3489)", "address-dependent mapping (RFC 4787)"],
    udp_blocked: "UDP blocked",
    nat_unknown: "NAT not known",
    ports_kept: "keeps ports",
    ports_changed: "changes ports",
    stun: "STUN server",
    stun_of: "of",
    trunk: "Provider",
    sees_us: "sees us at",
    desk_phone: "desk phone",
    guest: "Guest",
    no_way: "no audio by any way",
    network: "Network outside",
    more: "and {} more",
    more_networks: "and {} more networks",
    findings: "Findings",
    no_findings: "Nothing is known to be wrong.",
    more_findings: "and {} more findings",
    columns: ["What", "Name", "Known of it"],
    culprit: "culprit",
    language: Language::English,
};

const GERMAN: Words = Words {
    title: "Netzplan",
    looked_at: "Stand",
    description: "Links das Büro, rechts das Internet. Was einen Fehler verursacht, ist rot und trägt ein Ausrufezeichen.",
    office_frame: "Büro",
    office: "Menschen im Büro",
    by_public_address: "über die öffentliche Adresse",
    vpn: "Menschen im VPN",
    phones: "Tischtelefone",
    phones_off: "nicht angemeldet",
    server: "farend",
    nothing_yet: "noch nichts gemessen",
    router: "Router",
    router_unknown: "Router, noch nicht bekannt",
    public_address: "öffentlich",
    public_unknown: "öffentliche Adresse nicht bekannt",
    no_route: "kein Weg ins Internet",
    internet: "Internet",
    comes_in: "hier kommt man herein",
    stun_goes: "STUN-Server sehen diese Adresse",
    trunk_goes: "sieht diese Adresse",
    not_symmetric: ["Cone-NAT (RFC 3489)", "Zuordnung unabhängig vom Ziel (RFC 4787)"],
    symmetric: ["symmetrisches NAT (RFC 3489)", "Zuordnung je Ziel (RFC 4787)"],
    udp_blocked: "UDP gesperrt",
    nat_unknown: "NAT nicht bekannt",
    ports_kept: "behält Ports",
    ports_changed: "ändert Ports",
    stun: "STUN-Server",
    stun_of: "von",
    trunk: "Anbieter",
    sees_us: "sieht uns unter",
    desk_phone: "Tischtelefon",
    guest: "Gast",
    no_way: "auf keinem Weg Ton",
    network: "Netz draußen",
    more: "und {} weitere",
    more_networks: "und {} weitere Netze",
    findings: "Befunde",
    no_findings: "Es ist kein Fehler bekannt.",
    more_findings: "und {} weitere Befunde",
    columns: ["Was", "Name", "Bekannt"],
    culprit: "Ursache",
    language: Language::German,
};

impl Words {
    pub(super) fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &ENGLISH,
            Language::German => &GERMAN,
        }
    }

    fn either(&self, english: &'static str, german: &'static str) -> &'static str {
        match self.language {
            Language::English => english,
            Language::German => german,
        }
    }

    pub(super) fn stun_state(&self, state: StunState) -> String {
        match state {
            StunState::Answering { round_trip_ms, .. } => {
                let answers = self.either("answers", "antwortet");
                format!("{answers}, {round_trip_ms:.0} ms")
            }
            StunState::Asking => self.either("being asked", "wird gefragt").to_owned(),
            StunState::Silent => self.either("does not answer", "antwortet nicht").to_owned(),
            StunState::Refused => self.either("refused", "abgewiesen").to_owned(),
            StunState::Error { code } => {
                let error = self.either("answers with error", "antwortet mit Fehler");
                format!("{error} {code}")
            }
            StunState::NoRoute => self.either("no way there", "kein Weg dorthin").to_owned(),
            StunState::NoDns => self.either("name not found", "Name nicht gefunden").to_owned(),
            StunState::Unused => self.either("not asked", "wird nicht gefragt").to_owned(),
        }
    }

    pub(super) fn trunk_state(&self, state: TrunkState) -> &'static str {
        match state {
            TrunkState::Unknown => self.either("not known", "nicht bekannt"),
            TrunkState::Up => self.either("works", "in Betrieb"),
            TrunkState::NoDns => self.either("name not found", "Name nicht gefunden"),
            TrunkState::Silent => self.either("does not answer", "antwortet nicht"),
            TrunkState::Refused => self.either("refuses connections", "weist Verbindungen ab"),
            TrunkState::WrongPassword => self.either("wrong password", "falsches Passwort"),
            TrunkState::TlsFailed => self.either("TLS fails", "TLS scheitert"),
            TrunkState::Rejected => self.either("refuses", "lehnt ab"),
        }
    }

    pub(super) fn way(&self, way: MediaWay) -> &'static str {
        match way {
            MediaWay::Udp => "UDP",
            MediaWay::Tcp => "TCP",
            MediaWay::Relay => self.either("TURN in TLS", "TURN in TLS"),
            MediaWay::Rtp => "RTP",
        }
    }

    pub(super) fn role(&self, role: InterfaceRole) -> &'static str {
        match role {
            InterfaceRole::Lan => "LAN",
            InterfaceRole::Wan => "WAN",
            InterfaceRole::Vpn => "VPN",
            InterfaceRole::Virtual => self.either("virtual", "virtuell"),
        }
    }
}

/// Puts a count into a text.
pub(super) fn counted(text: &str, count: usize) -> String {
    text.replacen("{}", &count.to_string(), 1)
}
