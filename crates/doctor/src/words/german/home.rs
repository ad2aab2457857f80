//! People's networks, and desk phones.

use crate::words::Text;

pub(super) const F1_PHONE_OFFLINE: Text = Text {
    sentence: "Das Tischtelefon[ {phone}], das {person|jemand} aus der App steuert, ist nicht mit dem Server verbunden und kann darum weder klingeln noch wählen.",
    possible: "Die App kann selbst das Telefon sein: Wählen Sie darin, an diesem Rechner zu sprechen.",
    fix: &[
        "Sehen Sie nach, ob das Telefon Strom und Netz hat: Sein Display sagt es.",
        "Vergleichen Sie Serveradresse, Benutzername und Passwort im Telefon mit denen des Geräts in der Verwaltung.",
        "Starten Sie das Telefon neu.",
    ],
    retest: "Der Befund endet von selbst, wenn sich das Telefon angemeldet hat.",
};

pub(super) const P1_LAN_BY_ROUTER: Text = Text {
    sentence: "{person|Jemand} ist im Büro, öffnet die Seite aber über ihre öffentliche Adresse, darum geht der Ton womöglich durch den Router und wieder zurück.",
    possible: "Gespräche funktionieren, solange der Router solchen Verkehr umkehren lässt.",
    fix: &[
        "Lassen Sie das DNS im Büro den Namen der Seite[ {page_host}] mit der LAN-Adresse des Servers beantworten.",
        "Eine Fritz!Box verwirft solche Antworten äußerer Server: Tragen Sie den Namen ein unter Heimnetz, Netzwerk, Netzwerkeinstellungen, DNS-Rebind-Schutz.",
    ],
    retest: "Öffnen Sie die Seite im Büro neu.",
};

pub(super) const P2_VPN_POOR: Text = Text {
    sentence: "Das VPN von {person|jemandem} überträgt Ton schlecht[ ({loss} verloren)][ (Jitter {jitter})][ (Verzögerung {time})], darum versteht man Gespräche nur schwer.",
    possible: "Gespräche kommen zustande; ohne das VPN sind sie wahrscheinlich besser.",
    fix: &[
        "Lassen Sie das VPN beim Telefonieren aus: Die Seite ist auch ohne es über das Internet erreichbar.",
        "Oder nehmen Sie die öffentliche Adresse des Servers vom VPN aus (Split Tunneling).",
        "Muss es das VPN sein, nehmen Sie eines über UDP (WireGuard, IPsec), keines über TCP.",
    ],
    retest: "Wiederholen Sie die Audioprüfung, mit VPN und ohne.",
};

pub(super) const P3_LINE_POOR: Text = Text {
    sentence: "Die Leitung von {person|jemandem} überträgt Ton schlecht[ ({loss} verloren)][ (Jitter {jitter})][ (Verzögerung {time})][ ({bandwidth})], darum versteht man Gespräche nur schwer.",
    possible: "Gespräche kommen zustande und sind zu anderer Tageszeit vielleicht besser.",
    fix: &[
        "Nehmen Sie ein Netzwerkkabel statt WLAN, oder gehen Sie näher an den Zugangspunkt.",
        "Beenden Sie, was die Leitung füllt: Uploads, Datensicherungen, Video.",
        "Geben Sie im Router der Telefonie oder diesem Rechner Vorrang (Fritz!Box: Internet, Filter, Priorisierung).",
        "Bleibt es mit Kabel und ohne anderen Verkehr so, fragen Sie den Internetanbieter.",
    ],
    retest: "Wiederholen Sie die Audioprüfung.",
};

pub(super) const H1_PHONE_PLAIN: Text = Text {
    sentence: "Das Tischtelefon[ {phone}] draußen ist unverschlüsselt verbunden[ ({setting})], darum können andere unterwegs mithören und Router seine Gespräche stören.",
    possible: "Seine Gespräche funktionieren, solange kein Router dazwischenfunkt.",
    fix: &[
        "Wählen Sie im Telefon TLS als Transport, Port 5061, und SRTP für den Ton.",
        "Sperren Sie im Router des Büros SIP über UDP und TCP (5060) für das Internet.",
    ],
    retest: "Der Befund endet, wenn sich das Telefon über TLS angemeldet hat.",
};

pub(super) const H1_PHONE_UNREACHABLE: Text = Text {
    sentence: "Das Tischtelefon[ {phone}] draußen antwortet nicht mehr[ (seit {time})]: Sein Router hat es vergessen, oder es hat keinen Strom, darum klingelt es dort nicht.",
    possible: "Selbst anrufen kann es noch, wenn es Strom hat.",
    fix: &[
        "Sehen Sie nach, ob das Telefon an ist und Netz hat.",
        "Wählen Sie im Telefon TLS als Transport: Diese Verbindung bleibt von selbst offen.",
        "Muss es UDP sein, lassen Sie das Telefon alle 25 Sekunden ein Keep-alive senden.",
    ],
    retest: "Rufen Sie das Telefon an; der Befund endet, wenn es antwortet.",
};

pub(super) const H2_MOBILE_NO_ROUTE: Text = Text {
    sentence: "Anrufe für {person|jemanden} sollen auch auf einem Handy klingeln[ ({number})], aber keine Amtsleitung führt zu dieser Nummer, darum bleibt es still.",
    possible: "Die anderen Telefone der Person klingeln.",
    fix: &[
        "Vergleichen Sie die Handynummer mit der Angabe der Person: vollständig, mit Landesvorwahl.",
        "Lassen Sie in der Verwaltung eine Amtsleitung für Mobilfunknummern benutzen, und erlauben Sie der Person, dorthin zu telefonieren.",
    ],
    retest: "„Was geschieht, wenn …?“ in der Verwaltung sagt, über welche Leitung die Nummer geht.",
};

pub(super) const RH_ALG_HOME: Text = Text {
    sentence: "Ein Router auf dem Weg des Tischtelefons[ {phone}] schreibt seine Telefonnachrichten um (SIP-ALG), darum können Gespräche scheitern oder nur in eine Richtung Ton haben.",
    possible: "Viele Gespräche funktionieren trotzdem.",
    fix: &[
        "Wählen Sie im Telefon TLS als Transport, Port 5061: Verschlüsseltes kann niemand umschreiben.",
        "Oder schalten Sie „SIP ALG“ im Router dort ab (MikroTik: /ip firewall service-port disable sip; eine Fritz!Box hat dafür keinen Schalter).",
    ],
    retest: "Starten Sie das Telefon neu: Was es sendet, wird sofort verglichen.",
};

pub(super) const RJ_SYMMETRIC: Text = Text {
    sentence: "Der Router von {person|jemandem} gibt dem Ton für jedes Ziel einen anderen Port (symmetrisches NAT), darum geht der direkte Weg über UDP nicht, und der eine TCP-Port muss ihn tragen.",
    possible: "Gespräche haben Ton[ ({way})], mit etwas mehr Verzögerung[ ({time})].",
    fix: &[
        "Solange Gespräche Ton haben, ist nichts zu tun: Die nächsten Schritte sind nur für das letzte bisschen Qualität.",
        "Lassen Sie den Router dort die Quellports ausgehender UDP-Pakete behalten (OPNsense, pfSense: Outbound NAT, Hybrid, „Static Port“).",
        "Stehen zwei Router hintereinander, machen Sie den ersten zur Bridge; in einem Mobilfunknetz lässt sich nichts ändern.",
    ],
    retest: "Wiederholen Sie die Audioprüfung: Sehen alle Server dieselbe Adresse, ist es behoben.",
};

pub(super) const RJ_SYMMETRIC_FURTHER_ON: Text = Text {
    sentence: "UDP verlässt das Netz von {person|jemandem}, erreicht aber die Telefonanlage nicht, darum trägt der eine TCP-Port den Ton: Wahrscheinlich gibt der Router dort weiteren Zielen andere Ports (symmetrisches NAT).",
    possible: "Gespräche haben Ton[ ({way})], mit etwas mehr Verzögerung[ ({time})].",
    fix: &[
        "Solange Gespräche Ton haben, ist nichts zu tun: Die nächsten Schritte sind nur für das letzte bisschen Qualität.",
        "Lassen Sie den Router dort die Quellports ausgehender UDP-Pakete behalten (OPNsense, pfSense: Outbound NAT, Hybrid, „Static Port“).",
        "Lässt eine Firewall dort nur manche Ports hinaus, geben Sie UDP zum Büro frei.",
    ],
    retest: "Wiederholen Sie die Audioprüfung: Kommt Ton auf dem direkten Weg, ist es behoben.",
};

pub(super) const RJ_UDP_BLOCKED: Text = Text {
    sentence: "Im Netz von {person|jemandem} lässt {culprit} kein UDP durch, darum ist der direkte Weg für den Ton versperrt, und der eine TCP-Port muss ihn tragen.",
    possible: "Gespräche haben Ton[ ({way})], mit etwas mehr Verzögerung[ ({time})].",
    fix: &[
        "Solange Gespräche Ton haben, ist nichts zu tun: Die nächsten Schritte sind nur für das letzte bisschen Qualität.",
        "Lassen Sie dort oder in der Firewall des Rechners ausgehendes UDP durch (in Hotels und Gastnetzen: nehmen Sie ein anderes Netz).",
        "In Firmen verbietet womöglich eine Richtlinie des Browsers UDP (WebRtcIPHandling): Lassen Sie diese Seite davon ausnehmen.",
    ],
    retest: "Wiederholen Sie die Audioprüfung.",
};

pub(super) const RJ_NO_WAY: Text = Text {
    sentence: "Im Netz von {person|jemandem} kommt Ton auf gar keinem Weg durch, obwohl sich die Seite öffnet: Ein Proxy oder eine Firewall dort lässt nur Webseiten durch.",
    possible: "Ein Tischtelefon oder das Handy kann die Gespräche so lange übernehmen.",
    fix: &[
        "Versuchen Sie ein anderes Netz, etwa den Hotspot eines Handys: Geht der Ton dort, liegt es an diesem Netz.",
        "Lassen Sie Firewall oder Virenscanner Verbindungen zu Adresse und Port der Seite durch, ohne hineinzusehen.",
        "Nehmen Sie diese Adresse von VPN und Proxy aus.",
    ],
    retest: "Wiederholen Sie die Audioprüfung.",
};

pub(super) const RK_NO_DISPLAY: Text = Text {
    sentence: "Das Tischtelefon[ {phone}] nimmt keine Texte für sein Display an, darum zeigt es weder, wem es gehört, noch „Cancel mobility“.",
    possible: "An- und Abmelden über die Tasten funktioniert.",
    fix: &[
        "Erlauben Sie in der Webseite des Telefons zugesandte Texte von der Adresse dieses Servers (oft „XML Push“ oder „Action URI“ genannt).",
        "Bringen Sie seine Firmware auf den neuesten Stand.",
    ],
    retest: "Melden Sie sich am Telefon an: Das Display muss den Namen zeigen.",
};

pub(super) const RK_STUCK: Text = Text {
    sentence: "Das Tischtelefon[ {phone}] zeigt noch den Namen, obwohl die Nummer zu einem Browser gewechselt ist: Den Text, der das sagt, nimmt es nicht an.",
    possible: "Am Browser funktioniert die Nummer; das Telefon klingelt nicht, und was dort gewählt wird, wird abgelehnt.",
    fix: &[
        "Starten Sie das Telefon neu: Sobald es zurück ist, wird es ihm wieder gesagt.",
        "Soll die Nummer ans Telefon, wählen Sie dort *9419.",
    ],
    retest: "Der Befund endet, wenn das Telefon den Text angenommen hat.",
};
