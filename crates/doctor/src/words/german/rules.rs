//! What the rules ask for.

use crate::finding::Rule;
use crate::words::RuleText;

pub(in crate::words) fn rule(rule: Rule) -> RuleText {
    let [title, text, farend] = match rule {
        Rule::F1 => F1,
        Rule::F2 => F2,
        Rule::P1 => P1,
        Rule::P2 => P2,
        Rule::P3 => P3,
        Rule::H1 => H1,
        Rule::H2 => H2,
        Rule::N1 => N1,
        Rule::N2 => N2,
        Rule::N3 => N3,
        Rule::N4 => N4,
        Rule::Ra => RA,
        Rule::Rb => RB,
        Rule::Rc => RC,
        Rule::Rd => RD,
        Rule::Re => RE,
        Rule::Rf => RF,
        Rule::Rg => RG,
        Rule::Rh => RH,
        Rule::Ri => RI,
        Rule::Rj => RJ,
        Rule::Rk => RK,
        Rule::Rl => RL,
    };
    RuleText { title, text, farend }
}

const F1: [&str; 3] = [
    "Die App steuert ein Tischtelefon",
    "Gesprochen wird am Tischtelefon, gewählt, angenommen und gehalten in der App; der Rechner braucht dann kein Mikrofon.",
    "Sieht, ob das gewählte Telefon verbunden ist, und sagt es, wenn nicht.",
];

const F2: [&str; 3] = [
    "Der Browser ist das Telefon",
    "Die App im Browser ist selbst ein Telefon (WebRTC): Sie braucht einen aktuellen Browser und eine mit https geöffnete Seite.",
    "Die Audioprüfung sieht nach, was der Browser kann; in Gesprächen fällt Ton auf, der sich nicht abspielen lässt.",
];

const P1: [&str; 3] = [
    "Aus dem Büro",
    "Wer im Büro ist, erreicht den Server im LAN, und der Ton bleibt dort.",
    "Bemerkt, wenn jemand im Büro die öffentliche Adresse benutzt und damit durch den Router und zurück geht.",
];

const P2: [&str; 3] = [
    "Durch ein VPN",
    "Die App geht auch durch ein VPN; das muss Ton aber gut übertragen: mit wenig Verlust und wenig Verzögerung.",
    "Die Audioprüfung misst den Ton hin und zurück und nennt das VPN, wenn es der schwache Punkt ist.",
];

const P3: [&str; 3] = [
    "Über das Internet",
    "Von zu Hause öffnet sich die Seite über das Internet durch einen einzigen weitergeleiteten Port, ohne VPN.",
    "Achtet auf Zertifikat, benutzte Namen und Uhr; die Audioprüfung misst die Leitung.",
];

const H1: [&str; 3] = [
    "Tischtelefone zu Hause",
    "Ein Tischtelefon zu Hause verbindet sich direkt über das Internet, verschlüsselt mit TLS.",
    "Sieht, wie jedes Telefon verbunden ist, ob es antwortet und ob sich sein Ton entschlüsseln lässt.",
];

const H2: [&str; 3] = [
    "Das Handy",
    "Wo die App nicht erreichbar ist, gehen Anrufe über eine Amtsleitung auf das Handy.",
    "Fragt den Wählplan, ob zu jedem eingetragenen Handy eine Leitung führt.",
];

const N1: [&str; 3] = [
    "Ein weitergeleiteter Port",
    "Der Router im Büro leitet einen TCP-Port (üblicherweise 8802) zum Server weiter; mehr ist nicht nötig.",
    "Seite, Signalisierung und Ton teilen sich diesen Port. farend verbindet sich mit seiner eigenen öffentlichen Adresse und merkt sich, wer von außen kam: Öffnet sich die Seite, geht auch der Ton.",
];

const N2: [&str; 3] = [
    "Ein STUN-Server, der antwortet",
    "Ein STUN-Server sagt dem Server seine öffentliche Adresse; er muss eingetragen und erreichbar sein.",
    "Fragt alle ständig und nennt den, der nicht antwortet.",
];

const N3: [&str; 3] = [
    "Der STUN-Server des Anbieters zuerst",
    "Hat der Anbieter einer Leitung einen eigenen STUN-Server, gilt dieser für seine Gespräche, sonst der des Systems.",
    "Benutzt ihn, wenn das Profil der Leitung einen nennt, beobachtet ihn und sagt, wenn ein anderer aushelfen muss.",
];

const N4: [&str; 3] = [
    "Kein „Use internal SBC“ für Web-Clients",
    "In anderen Systemen darf bei einem Web-Client der Haken „use internal SBC“ nicht gesetzt sein.",
    "Den Haken gibt es hier nicht: Adressen werden für jedes Gerät nach Messung gewählt. Importierte Einstellungen dieser Art werden genannt.",
];

const RA: [&str; 3] = [
    "Ein Netzplan",
    "Zeichnen Sie einen kleinen Plan: Server, Router, Anbieter, Leute zu Hause. Die meisten Fehler sieht man darin.",
    "Zeichnet den Plan selbst aus dem Gemessenen und malt den Schuldigen rot.",
];

const RB: [&str; 3] = [
    "Web-Clients kommen über das LAN",
    "Browser erreichen den Server über seine LAN-Schnittstelle, auch von außen, nämlich über den Router.",
    "Unterscheidet LAN- und WAN-Schnittstellen und sieht, über welche die Browser kommen.",
];

const RC: [&str; 3] = [
    "Sonst wird nichts weitergeleitet",
    "Andere Ports müssen nicht weitergeleitet sein und sollten es darum nicht.",
    "Zählt Fremde aus dem Internet, die andere Ports erreichen.",
];

const RD: [&str; 3] = [
    "STUN ist eingerichtet",
    "Mindestens ein STUN-Server muss eingetragen sein; der des Anbieters genügt.",
    "Sieht nach, ob bei diesen Adressen einer gebraucht wird und ob es einen gibt.",
];

const RE: [&str; 3] = [
    "STUN über denselben Router",
    "Die Fragen an STUN müssen über den Router gehen, durch den auch die Leute hereinkommen; sonst wird die falsche öffentliche Adresse genannt, und der Ton geht dorthin.",
    "Vergleicht, was STUN-Server sehen, über welche Adresse die Leute kommen und was Anbieter sehen. Ton über TCP nimmt in jedem Fall die richtige.",
];

const RF: [&str; 3] = [
    "Die Firewall lässt STUN durch",
    "Die Firewall muss den Server STUN-Server per UDP fragen lassen, üblicherweise auf Port 3478.",
    "Unterscheidet fehlenden Namen, fehlende Route, Ablehnung und Schweigen.",
];

const RG: [&str; 3] = [
    "Kein symmetrisches NAT im Büro",
    "Der Router darf die UDP-Quellports 1024 bis 65535 ausgehender Pakete nicht ändern; sonst findet direkter Ton keinen Weg.",
    "Fragt von einem Port aus mehrere Server und vergleicht. Gespräche von Browsern laufen so lange über den einen TCP-Port.",
];

const RH: [&str; 3] = [
    "Kein SIP-ALG",
    "„SIP-ALG“ in Routern ist gut gemeint und schadet; schalten Sie es im Büro und zu Hause ab.",
    "Vergleicht, was von Anbietern und Telefonen zurückkommt, mit dem Gesendeten. Bei TLS kann niemand etwas umschreiben.",
];

const RI: [&str; 3] = [
    "Anbieter über einen anderen Router",
    "Ein Anbieter über einen zweiten Router geht nur, wenn alles für ihn dort entlanggeht, auch sein STUN-Server.",
    "Wählt Adressen für jeden Anbieter nach Messung und sieht, wenn sein STUN und sein SIP über verschiedene Router gehen.",
];

const RJ: [&str; 3] = [
    "Der Router zu Hause",
    "Ein symmetrisches NAT oder gesperrtes UDP zu Hause versperrt dem Ton den direkten Weg.",
    "Die Audioprüfung sagt es mit einem Klick, mit Hilfe mehrerer Server; Gespräche laufen dann über den einen TCP-Port.",
];

const RK: [&str; 3] = [
    "Desk Sharing",
    "Eine Person, eine Nummer und das Telefon des Augenblicks: Wer sich anmeldet, nimmt seine Nummer mit.",
    "Zeigt im Display, wem das Telefon gehört, und bemerkt Telefone, die eine Nummer zeigen, die woanders ist.",
];

const RL: [&str; 3] = [
    "Headset und Soundkarte",
    "Fehlt der Ton, sehen Sie nach Headset und Soundkarte und versuchen Sie es mit denen des Rechners.",
    "Die Audioprüfung probiert Mikrofon, Lautsprecher und Tasten; in Gesprächen fällt ein stummes Mikrofon binnen Sekunden auf.",
];
