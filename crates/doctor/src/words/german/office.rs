//! The server: certificate, clock, STUN.

use crate::words::Text;

pub(super) const P3_CERTIFICATE_UNTRUSTED: Text = Text {
    sentence: "Der Server zeigt ein selbst gemachtes Zertifikat, darum warnen Browser draußen vor der Seite, und wo nur TLS durchkommt, fehlt dem Ton ein Weg.",
    possible: "Die Warnung lässt sich übergehen, und Ton über UDP und TCP funktioniert.",
    fix: &[
        "Besorgen Sie ein Zertifikat für den Namen in der Adresse der Seite[ ({page_host})], von einer öffentlichen Stelle wie Let's Encrypt oder von Ihrem Anbieter.",
        "Tragen Sie seine Dateien in farend.toml unter {section_tls} als certificate und key ein.",
        "Laden Sie neu mit SIGHUP (systemctl reload farend): Laufende Gespräche gehen weiter.",
    ],
    retest: "Öffnen Sie die Seite in einem Browser, der noch nie dort war: Er darf nicht warnen.",
};

pub(super) const P3_CERTIFICATE_EXPIRING: Text = Text {
    sentence: "Das Zertifikat des Servers läuft {date|bald} ab, und dann verweigern Browser die Seite und damit alle Gespräche.",
    possible: "Bis dahin funktioniert alles.",
    fix: &[
        "Erneuern Sie das Zertifikat, oder bringen Sie in Ordnung, was es von selbst hätte erneuern sollen (zum Beispiel certbot renew).",
        "Legen Sie die neuen Dateien dorthin, wo {section_tls} in farend.toml sie nennt, und laden Sie neu mit SIGHUP (systemctl reload farend).",
    ],
    retest: "Drücken Sie „Noch einmal nachsehen“: Das neue Datum wird sofort gesehen.",
};

pub(super) const P3_CERTIFICATE_EXPIRED: Text = Text {
    sentence: "Das Zertifikat des Servers ist abgelaufen[ ({date})], darum verweigern Browser die Seite, und niemand kann mit ihnen telefonieren.",
    possible: "Tischtelefone im Büro funktionieren noch.",
    fix: P3_CERTIFICATE_EXPIRING.fix,
    retest: P3_CERTIFICATE_EXPIRING.retest,
};

pub(super) const P3_CERTIFICATE_NOT_YET: Text = Text {
    sentence: "Das Zertifikat des Servers gilt noch nicht[ (erst ab {date})], darum verweigern Browser die Seite, und niemand kann mit ihnen telefonieren.",
    possible: "Tischtelefone im Büro funktionieren noch.",
    fix: &[
        "Sehen Sie nach, ob es das richtige Zertifikat ist und ob die Uhren der Rechner stimmen.",
        "Legen Sie ein heute gültiges Zertifikat dorthin, wo {section_tls} in farend.toml es nennt, und laden Sie neu mit SIGHUP (systemctl reload farend).",
    ],
    retest: P3_CERTIFICATE_EXPIRING.retest,
};

pub(super) const P3_CERTIFICATE_NAME: Text = Text {
    sentence: "Das Zertifikat des Servers gilt nicht für {page_host|den Namen}, unter dem die Seite geöffnet wird, darum warnen Browser davor oder verweigern sie.",
    possible: "Unter den Namen im Zertifikat[ ({names})] öffnet sich die Seite ohne Warnung.",
    fix: &[
        "Nennen Sie den Leuten eine Adresse mit einem Namen aus dem Zertifikat, oder besorgen Sie eines, das auch den benutzten Namen enthält.",
        "Lassen Sie im Büro das eigene DNS diesen Namen mit der inneren Adresse des Servers beantworten, damit alle denselben Namen benutzen.",
        "Nach einem neuen Zertifikat laden Sie neu mit SIGHUP (systemctl reload farend).",
    ],
    retest: "Öffnen Sie die Seite unter jedem der Namen: Kein Browser darf warnen.",
};

pub(super) const P3_CLOCK_WRONG: Text = Text {
    sentence: "Die Uhr des Servers geht[ um {time}] falsch, darum stimmen die Zeiten in der Anrufliste nicht, und Browser könnten Zertifikaten misstrauen.",
    possible: "Gespräche funktionieren.",
    fix: &[
        "Lassen Sie den Server seine Uhr über das Netz stellen: timedatectl set-ntp true (systemd), oder installieren Sie chrony.",
        "Die Firewall muss NTP (UDP 123) hinauslassen.",
        "In einer virtuellen Maschine: Lassen Sie nicht den Wirt die Uhr stellen, oder stellen Sie die des Wirts richtig.",
    ],
    retest: "timedatectl muss „System clock synchronized: yes“ sagen; der Befund endet, wenn sich die nächsten Browser angemeldet haben.",
};

pub(super) const N2_STUN_SERVER_DEAD: Text = Text {
    sentence: "Der STUN-Server[ {server}] hilft nicht ({state|keine Antwort}), ein anderer aber doch, darum hängt Ton nach draußen jetzt von den übrigen ab.",
    possible: "Gespräche funktionieren, mit Hilfe der anderen Server.",
    fix: &[
        "Vergleichen Sie Namen und Port mit den Angaben des Betreibers (üblich ist Port 3478).",
        "Bleibt er weg, tragen Sie in farend.toml unter {section_stun} servers einen anderen ein, und laden Sie neu mit SIGHUP.",
    ],
    retest: "farend nat --stun HOST:PORT fragt ihn von hier; „Noch einmal nachsehen“ fragt alle.",
};

pub(super) const N3_OWN_STUN_DEAD: Text = Text {
    sentence: "Der STUN-Server des Anbieters[ von {trunk}] hilft nicht ({state|keine Antwort}), darum gilt für Gespräche über diese Leitung, was ein anderer sagt.",
    possible: "Gespräche über diese Leitung funktionieren, solange sie über denselben Router gehen wie alles andere.",
    fix: &[
        "Vergleichen Sie den Server[ {server}] mit den Unterlagen des Anbieters, und berichtigen Sie ihn in den Einstellungen der Leitung.",
        "Hat der Anbieter keinen mehr, entfernen Sie ihn dort: Dann werden die STUN-Server des Systems benutzt.",
    ],
    retest: "„Noch einmal nachsehen“ fragt ihn; führen Sie dann ein Gespräch über diese Leitung.",
};

pub(super) const N4_INTERNAL_SBC: Text = Text {
    sentence: "Eine importierte Einstellung[ bei {person}] bedeutet „use internal SBC“[ ({setting})]; anderswo stört das Web-Clients, hier hat sie keine Wirkung.",
    possible: "Gespräche funktionieren: Adressen werden für jedes Gerät nach Messung gewählt.",
    fix: &["Es ist nichts zu tun; entfernen Sie die importierte Einstellung, um diesen Hinweis loszuwerden."],
    retest: "Der Hinweis endet, wenn die Einstellung weg ist.",
};

pub(super) const RD_STUN_MISSING: Text = Text {
    sentence: "Es ist kein STUN-Server eingetragen, darum kennt der Server seine öffentliche Adresse nicht, und Ton mit Anbietern und Leuten draußen kann ausbleiben.",
    possible: "Gespräche im Haus funktionieren, und Browser draußen, die die Seite erreichen, haben Ton über TCP.",
    fix: &[
        "Tragen Sie in farend.toml unter {section_stun} servers zwei ein, am besten die Ihres Anbieters (Port 3478), und laden Sie neu mit SIGHUP.",
        "Oder, bei fester öffentlicher Adresse: Tragen Sie diese unter {section_public} addresses ein, und stellen Sie {section_stun} mode auf \"static\".",
    ],
    retest: "Verwaltung, Netzwerk zeigt die öffentliche Adresse binnen Sekunden.",
};

pub(super) const RF_STUN_NO_DNS: Text = Text {
    sentence: "Die Namen der STUN-Server[ ({server})] haben keine Adresse: Entweder geht DNS am Server nicht, oder sie sind falsch, und er kennt seine öffentliche Adresse nicht.",
    possible: "Gespräche im Haus funktionieren, und Browser draußen, die die Seite erreichen, haben Ton über TCP.",
    fix: &[
        "Versuchen Sie auf dem Server für jeden der Namen: getent hosts NAME.",
        "Geht das bei keinem Namen, berichtigen Sie den DNS-Server (/etc/resolv.conf oder die Netzwerkeinstellungen).",
        "Geht es nur bei diesen nicht, berichtigen Sie die Namen unter {section_stun} servers in farend.toml.",
    ],
    retest: "„Noch einmal nachsehen“ fragt DNS von Neuem.",
};

pub(super) const RF_STUN_NO_ROUTE: Text = Text {
    sentence: "Der Server hat zu keinem STUN-Server eine Route, darum kennt er seine öffentliche Adresse nicht, und Ton mit draußen kann ausbleiben.",
    possible: "Gespräche im Haus funktionieren, und alles, wohin der Server sonst eine Route hat.",
    fix: &[
        "Versuchen Sie auf dem Server: ip route get ADRESSE, mit der Adresse des STUN-Servers.",
        "Geben Sie dem Server ein Standardgateway oder eine Route zu den STUN-Servern, über den Router, der den Port weiterleitet.",
    ],
    retest: "„Noch einmal nachsehen“ fragt sofort.",
};

pub(super) const RF_STUN_REFUSED: Text = Text {
    sentence: "Alle STUN-Server lehnen ab, also weist eine Firewall die Fragen zurück, oder dort hört niemand zu, und der Server kennt seine öffentliche Adresse nicht.",
    possible: "Gespräche im Haus funktionieren, und Browser draußen, die die Seite erreichen, haben Ton über TCP.",
    fix: &[
        "Lassen Sie den Server UDP an Port 3478 der STUN-Server senden und Antworten zurückkommen.",
        "Vergleichen Sie Namen und Ports der Server[ ({server})] mit den Angaben ihrer Betreiber.",
    ],
    retest: "farend nat --stun HOST:PORT auf dem Server; dann „Noch einmal nachsehen“.",
};

pub(super) const RF_STUN_SILENT: Text = Text {
    sentence: "Kein STUN-Server antwortet, wahrscheinlich verwirft eine Firewall ausgehendes UDP, darum kennt der Server seine öffentliche Adresse nicht.",
    possible: "Gespräche im Haus funktionieren, und Browser draußen, die die Seite erreichen, haben Ton über TCP.",
    fix: &[
        "Lassen Sie den Server UDP an Port 3478 der STUN-Server[ ({server})] senden und Antworten zurückkommen.",
        "OPNsense, pfSense: eine Regel auf der LAN-Schnittstelle, die UDP vom Server erlaubt; MikroTik, Linux: in der Kette forward annehmen, vor der Regel, die verwirft.",
        "Gibt es nur einen Server, tragen Sie einen zweiten ein, von jemand anderem: Der erste kann ausgefallen sein.",
    ],
    retest: "farend nat --stun HOST:PORT auf dem Server; dann „Noch einmal nachsehen“.",
};
