//! What happens in a call.

use crate::words::Text;

/// For all of them.
const RETEST: &str = "Rufen Sie noch einmal an; der Echotest (*43) zeigt es ohne jemand anderen.";

pub(super) const RL_CALL_MICROPHONE: Text = Text {
    sentence: "Vom Mikrofon einer Seite[ ({person})] kommt in diesem Gespräch nichts, darum können die anderen sie nicht hören.",
    possible: "Sie hört die anderen.",
    fix: &[
        "Suchen Sie eine Stummtaste am Headset, und sehen Sie in den Toneinstellungen des Systems nach.",
        "Wählen Sie in der App ein anderes Mikrofon: Das geht während des Gesprächs.",
        "Machen Sie die Audioprüfung: Sie sagt, was mit dem Mikrofon ist.",
    ],
    retest: RETEST,
};

pub(super) const RL_CALL_SILENT_PEER: Text = Text {
    sentence: "Die Verbindung steht, aber von einer Seite[ ({person})] kommt in diesem Gespräch kein Ton (gemeint ist: {culprit}), darum können die anderen sie nicht hören.",
    possible: "Sie hört die anderen.",
    fix: &[
        "Fragen Sie, ob das Telefon dort stumm geschaltet ist: Das sieht von hier genauso aus.",
        "Sehen Sie nach dem Kabel von Hörer oder Headset, und versuchen Sie es mit dem anderen.",
        "Ist es bei jedem Gespräch so, starten Sie das Telefon neu.",
    ],
    retest: RETEST,
};

pub(super) const RL_CALL_OUTPUT: Text = Text {
    sentence: "Der Browser einer Seite[ ({person})] kann in diesem Gespräch nicht abspielen, was ankommt, darum hört sie niemanden.",
    possible: "Die anderen hören sie.",
    fix: &[
        "Wählen Sie in der App ein anderes Ausgabegerät: Das geht während des Gesprächs.",
        "Stecken Sie das Headset neu ein; ein Bluetooth-Headset muss mit diesem Rechner verbunden sein.",
    ],
    retest: RETEST,
};

pub(super) const RJ_CALL_LOST: Text = Text {
    sentence: "In diesem Gespräch geht Ton im Netz zwischen {person|einer Seite} und dem Server verloren, darum hört eine Seite die andere nicht.",
    possible: "Das Gespräch geht weiter, und ein anderer Weg wurde von selbst versucht.",
    fix: &[
        "Lassen Sie am selben Ort die Audioprüfung machen: Sie findet, was den Weg versperrt.",
        "Schalten Sie ein VPN ab; nehmen Sie ein Kabel statt WLAN.",
        "Im Büro: Sehen Sie nach Kabel, Switch und Firewall zwischen dort und dem Server.",
    ],
    retest: RETEST,
};

pub(super) const RG_CALL_LOST: Text = Text {
    sentence: "In diesem Gespräch geht Ton zwischen dem Server und dem Anbieter[ von {trunk}] verloren, wahrscheinlich am Router im Büro, darum hört eine Seite die andere nicht.",
    possible: "Gespräche im Haus funktionieren.",
    fix: &[
        "Lassen Sie Router und Firewall des Büros UDP von den RTP-Ports des Servers (üblicherweise 30000 bis 30999) hinaus- und die Antworten hereinlassen.",
        "Schalten Sie SIP-ALG im Router ab.",
        "Sehen Sie nach anderen Befunden zu Router und Leitung; gibt es keine, geben Sie die Einzelheiten des Gesprächs dem Anbieter.",
    ],
    retest: "Rufen Sie dieselbe Nummer noch einmal über die Leitung an.",
};

pub(super) const RE_CALL_WRONG_ADDRESS: Text = Text {
    sentence: "In diesem Gespräch kommt Ton von {person|einer Seite} von einer anderen Adresse als vereinbart und wird nicht hereingelassen, darum hören die anderen ihn nicht.",
    possible: "Die andere Richtung funktioniert.",
    fix: &[
        "Zu Hause: Ein zweiter Router oder ein VPN schickt den Ton einen anderen Weg; nehmen Sie einen Weg für alles.",
        "Bei einem Anbieter: Fragen Sie, von welchen Adressen sein Ton kommt.",
    ],
    retest: RETEST,
};

pub(super) const H1_CALL_UNDECRYPTABLE: Text = Text {
    sentence: "In diesem Gespräch ist der Ton von {person|einer Seite} anders verschlüsselt als vereinbart (gemeint ist: {culprit}) und unverständlich, darum hören die anderen ihn nicht.",
    possible: "Die andere Richtung funktioniert.",
    fix: &[
        "Stellen Sie SRTP im Telefon so ein, wie dieser Server es anbietet (AES_CM_128_HMAC_SHA1_80), oder nehmen Sie zurück, was von Hand eingestellt ist.",
        "Bringen Sie seine Firmware auf den neuesten Stand, und starten Sie es neu.",
    ],
    retest: RETEST,
};

pub(super) const F2_CALL_UNDECODABLE: Text = Text {
    sentence: "In diesem Gespräch kommt der Ton von {person|einer Seite} in einer nicht vereinbarten Form (gemeint ist: {culprit}) und lässt sich nicht abspielen, darum hören die anderen ihn nicht.",
    possible: "Die andere Richtung funktioniert.",
    fix: &[
        "Erlauben Sie im Telefon oder in der Leitung nur, was beide kennen: Opus, G.722, G.711.",
        "Bringen Sie Firmware oder Browser auf den neuesten Stand.",
    ],
    retest: RETEST,
};
