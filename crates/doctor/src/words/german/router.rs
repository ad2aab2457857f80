//! The office's way to the internet: routers, forwards, addresses.

use crate::words::Text;

pub(super) const N1_FORWARD_ELSEWHERE: Text = Text {
    sentence: "Der Router im Büro leitet {port|den Port} nicht zu diesem Server, sondern anderswohin, darum können Leute draußen die Seite[ unter {page_address}] nicht öffnen.",
    possible: "Gespräche im Büro und über Amtsleitungen funktionieren.",
    fix: &[
        "Leiten Sie {port|den Port} im Router zur LAN-Adresse dieses Servers weiter, dort auf denselben Port.",
        "Fritz!Box: Internet, Freigaben, Portfreigaben; OPNsense, pfSense: Firewall, NAT, Port Forward; MikroTik: /ip firewall nat, dst-nat.",
        "Geben Sie dem Server eine feste Adresse im LAN, damit die Weiterleitung nicht wieder woanders endet.",
    ],
    retest: "Öffnen Sie die Seite mit einem Handy ohne WLAN; „Noch einmal nachsehen“ versucht es von hier.",
};

pub(super) const N1_FORWARD_MISSING: Text = Text {
    sentence: "Der Router im Büro leitet {port|den Port} nicht zu diesem Server weiter, darum können Leute draußen die Seite[ unter {page_address}] nicht öffnen.",
    possible: "Gespräche im Büro und über Amtsleitungen funktionieren.",
    fix: N1_FORWARD_ELSEWHERE.fix,
    retest: N1_FORWARD_ELSEWHERE.retest,
};

pub(super) const N1_FORWARD_UNPROVEN: Text = Text {
    sentence: "Bisher ist niemand von außen gekommen[ (über {page_host})], darum ist nicht bewiesen, dass der Router im Büro {port|den Port} zu diesem Server weiterleitet.",
    possible: "Soweit man es von innen sehen kann, ist alles in Ordnung.",
    fix: &[
        "Öffnen Sie die Seite mit einem Handy ohne WLAN: Das beweist es und beendet diesen Hinweis.",
        "Öffnet sie sich nicht, leiten Sie {port|den Port} im Router zur LAN-Adresse dieses Servers weiter.",
    ],
    retest: "Öffnen Sie die Seite von außen.",
};

pub(super) const RA_NO_ROUTE: Text = Text {
    sentence: "Der Server hat keinen Weg ins Internet, darum sind Amtsleitungen, Leute zu Hause und alles andere draußen abgeschnitten.",
    possible: "Gespräche im Büro funktionieren.",
    fix: &[
        "Sehen Sie nach, ob der Router eingeschaltet ist und seine Internetverbindung steht.",
        "Auf dem Server muss ip route eine Standardroute über den Router zeigen; tragen Sie sonst das Gateway in seinen Netzwerkeinstellungen ein.",
    ],
    retest: "Auf dem Server: erst den Router, dann eine Adresse draußen anpingen; „Noch einmal nachsehen“ fragt sofort.",
};

pub(super) const RA_CARRIER_NAT: Text = Text {
    sentence: "Der Internetanbieter gibt diesem Server eine mit anderen geteilte Adresse[ ({local_address})], darum lässt sich nichts weiterleiten, und niemand kommt von außen herein.",
    possible: "Gespräche im Büro funktionieren, ebenso über Leitungen, die sich beim Anbieter anmelden.",
    fix: &[
        "Bitten Sie den Internetanbieter um eine eigene öffentliche IPv4-Adresse (oft „Dual Stack“ oder „feste IP“ genannt).",
        "Oder lassen Sie die Leute über IPv6 kommen oder über ein VPN, das im Büro endet.",
    ],
    retest: "Öffnen Sie die Seite mit einem Handy ohne WLAN.",
};

pub(super) const RB_WEB_ON_WAN: Text = Text {
    sentence: "Browser kommen über die Internet-Schnittstelle[ {interface}] des Servers statt über sein LAN, darum hängt ihr Ton an dieser Leitung, und der Server steht dort offen.",
    possible: "Gespräche funktionieren: Adressen werden für jeden Browser gewählt.",
    fix: &[
        "Lassen Sie den Namen der Seite zu dem Router führen, der den einen Port weiterleitet, und im Büro zur LAN-Adresse des Servers.",
        "Schließen Sie auch den Anbieter über das LAN an, wenn er die Schnittstelle nicht für sich braucht.",
    ],
    retest: "Melden Sie sich im Büro und draußen neu an; der Befund endet einen Tag, nachdem der letzte Browser auf dem falschen Weg kam.",
};

pub(super) const RC_UNNEEDED_FORWARD: Text = Text {
    sentence: "{culprit} lässt Fremde aus dem Internet zu {port|einem Port} dieses Servers durch, den draußen niemand braucht und den Angreifer mögen.",
    possible: "Gespräche funktionieren; falsche Passwörter werden abgewiesen.",
    fix: &[
        "Entfernen Sie im Router jede Weiterleitung zu diesem Server außer der des einen TCP-Ports (8802, wenn Sie ihn nicht geändert haben).",
        "Kein „Exposed Host“ und keine DMZ für diesen Server.",
        "Steht der Server selbst im Internet, lassen Sie seine Firewall abweisen, was nicht von Ihrem Anbieter kommt.",
    ],
    retest: "Der Befund endet einen Tag nach dem letzten Fremden.",
};

pub(super) const RE_PUBLIC_ADDRESS_DIFFERS: Text = Text {
    sentence: "Zwei Router: Die Leute kommen über {page_address|eine öffentliche Adresse} herein, die Fragen des Servers gehen über {stun_address|eine andere} hinaus, darum geht direkter Ton an die falsche.",
    possible: "Browser draußen haben Ton über TCP, unter der Adresse, über die sie hereinkommen.",
    fix: &[
        "Schicken Sie auf dem Server oder seinem Router, was zu den STUN-Servern[ ({server})] geht, über den Router hinaus, der den Port weiterleitet: mit einer statischen Route oder der Standardroute.",
        "Gibt es nur einen Router, ist der Name in der Adresse der Seite veraltet: Berichtigen Sie seinen Eintrag im DNS.",
        "Sind beide Adressen dauerhaft richtig, tragen Sie die erste unter {section_public} addresses ein, und stellen Sie {section_stun} mode auf \"static\".",
    ],
    retest: "„Noch einmal nachsehen“: STUN muss die Adresse melden, über die die Leute kommen.",
};

pub(super) const RE_TRUNK_LEAVES_ELSEWHERE: Text = Text {
    sentence: "Die Amtsleitung[ {trunk}] geht über einen anderen Router hinaus ({received|andere öffentliche Adresse}), als wir für ihren Ton nennen[ ({media_address})], darum hört man Anrufer womöglich nicht.",
    possible: "Gespräche kommen zustande, und viele Anbieter senden den Ton dorthin zurück, woher unserer kommt.",
    fix: &[
        "Schicken Sie SIP und Ton für diesen Anbieter über den Router hinaus, den auch STUN benutzt: eine Route für alles.",
        "Oder tragen Sie in den Einstellungen der Leitung einen STUN-Server ein, der über den Router des Anbieters erreicht wird.",
    ],
    retest: "„Noch einmal nachsehen“, dann ein Gespräch über diese Leitung: Beide müssen sich hören.",
};

pub(super) const RG_SYMMETRIC: Text = Text {
    sentence: "Der Router im Büro ändert den Port ausgehenden Tons für jedes Ziel (symmetrisches NAT), darum kann direkter Ton mit Leuten und Anbietern draußen ausbleiben.",
    possible: "Browser draußen haben Ton über TCP, und viele Anbieter senden ihn dorthin zurück, woher unserer kommt.",
    fix: &[
        "Der Router muss die Quellports 1024 bis 65535 ausgehender UDP-Pakete dieses Servers unverändert lassen.",
        "OPNsense, pfSense: Firewall, NAT, Outbound, Modus Hybrid; eine Regel für diesen Server mit „Static Port“.",
        "Linux, nftables: masquerade ohne random und ohne fully-random.",
        "Stehen zwei Router hintereinander, machen Sie den ersten zur Bridge (Modem).",
    ],
    retest: "farend nat auf dem Server muss „not symmetric“ sagen; „Noch einmal nachsehen“ tut dasselbe.",
};

pub(super) const RH_ALG_OFFICE: Text = Text {
    sentence: "Der Router im Büro schreibt Telefonnachrichten an den Anbieter[ von {trunk}] um (SIP-ALG), darum können Gespräche scheitern, abbrechen oder nur in eine Richtung Ton haben.",
    possible: "Viele Gespräche funktionieren trotzdem.",
    fix: &[
        "Schalten Sie „SIP ALG“, „SIP Helper“ oder „SIP Inspection“ in jedem Router des Büros ab.",
        "MikroTik: /ip firewall service-port disable sip. Linux: nf_nat_sip und nf_conntrack_sip entladen und nicht mehr laden lassen.",
        "OPNsense und pfSense haben keines, solange das Paket siproxd nicht installiert ist; eine Fritz!Box hat dafür keinen Schalter.",
        "Oder wählen Sie in den Einstellungen der Leitung TLS: Verschlüsseltes kann niemand umschreiben.",
    ],
    retest: "„Noch einmal nachsehen“: Die nächste Antwort des Anbieters zeigt es.",
};

pub(super) const RI_OWN_STUN_ELSEWHERE: Text = Text {
    sentence: "Der STUN-Server des Anbieters[ von {trunk}] sieht {stun_address|eine Adresse}, sein Telefonserver aber {received|eine andere}: zwei Router, darum kann der Ton ausbleiben.",
    possible: "Gespräche kommen zustande, und viele Anbieter senden den Ton dorthin zurück, woher unserer kommt.",
    fix: &[
        "Schicken Sie alles für diesen Anbieter, auch seinen STUN-Server[ ({server})], über einen Router hinaus: mit einer statischen Route für jedes seiner Netze.",
        "Oder schließen Sie den Anbieter über den Router an, den alles andere benutzt.",
    ],
    retest: "„Noch einmal nachsehen“: Beide müssen dieselbe Adresse sehen; führen Sie dann ein Gespräch über diese Leitung.",
};
