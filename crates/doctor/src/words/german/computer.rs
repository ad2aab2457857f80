//! Browser, microphone, loudspeaker, headset.

use crate::words::Text;

pub(super) const F2_BROWSER_UNFIT: Text = Text {
    sentence: "Dem Browser von {person|jemandem} fehlt, was ein Telefon braucht[: {missing}], darum lässt sich damit nicht telefonieren.",
    possible: "Ein Tischtelefon lässt sich aus der App steuern, und alles andere funktioniert.",
    fix: &[
        "Öffnen Sie die Seite mit https:// davor.",
        "Nehmen Sie einen aktuellen Browser: Chrome, Edge, Firefox oder Safari.",
        "Hat eine Richtlinie der Firma oder ein Add-on WebRTC abgeschaltet, lassen Sie es für diese Seite erlauben.",
    ],
    retest: "Wiederholen Sie die Audioprüfung.",
};

pub(super) const RL_NO_MICROPHONE: Text = Text {
    sentence: "Der Rechner von {person|jemandem} hat kein Mikrofon, darum wäre dort niemand zu hören.",
    possible: "Zuhören geht; sprechen kann man an einem Tischtelefon.",
    fix: &[
        "Stecken Sie ein Headset oder Mikrofon ein; ein Bluetooth-Headset muss mit diesem Rechner verbunden sein.",
        "Sehen Sie in den Toneinstellungen des Systems nach, ob es da und nicht abgeschaltet ist.",
    ],
    retest: "Wiederholen Sie die Audioprüfung.",
};

pub(super) const RL_MICROPHONE_DENIED: Text = Text {
    sentence: "Der Browser von {person|jemandem} lässt die Seite nicht an das Mikrofon, darum wäre dort niemand zu hören.",
    possible: "Zuhören geht; sprechen kann man an einem Tischtelefon.",
    fix: &[
        "Klicken Sie auf das Symbol neben der Adresse der Seite, erlauben Sie das Mikrofon für diese Seite, und laden Sie sie neu.",
        "Windows: Einstellungen, Datenschutz und Sicherheit, Mikrofon; macOS: Systemeinstellungen, Datenschutz & Sicherheit, Mikrofon: Erlauben Sie es dem Browser.",
    ],
    retest: "Wiederholen Sie die Audioprüfung.",
};

pub(super) const RL_MICROPHONE_BLOCKED: Text = Text {
    sentence: "Das System von {person|jemandem} hält das Mikrofon vom Browser fern, oder ein anderes Programm hat es, darum wäre dort niemand zu hören.",
    possible: "Zuhören geht; sprechen kann man an einem Tischtelefon.",
    fix: &[
        "Schließen Sie andere Programme, die telefonieren oder aufnehmen.",
        "Windows: Einstellungen, Datenschutz und Sicherheit, Mikrofon; macOS: Systemeinstellungen, Datenschutz & Sicherheit, Mikrofon: Erlauben Sie es dem Browser.",
        "Ziehen Sie das Headset ab, und stecken Sie es wieder ein.",
    ],
    retest: "Wiederholen Sie die Audioprüfung.",
};

pub(super) const RL_MICROPHONE_MUTED: Text = Text {
    sentence: "Das Mikrofon[ {device}] von {person|jemandem} ist im System oder am Headset stumm geschaltet, darum wäre dort niemand zu hören.",
    possible: "Zuhören geht.",
    fix: &[
        "Suchen Sie eine Stummtaste am Headset, an seinem Kabel und an der Tastatur des Rechners.",
        "Schalten Sie das Mikrofon in den Toneinstellungen des Systems ein, und drehen Sie seinen Pegel auf.",
    ],
    retest: "Wiederholen Sie die Audioprüfung: Der Pegel muss sich beim Sprechen bewegen.",
};

pub(super) const RL_MICROPHONE_SILENT: Text = Text {
    sentence: "Das Mikrofon[ {device}] von {person|jemandem} liefert keinen Ton, obwohl gesprochen wurde, darum wäre dort niemand zu hören.",
    possible: "Zuhören geht.",
    fix: &[
        "Wählen Sie in der App ein anderes Mikrofon: Das benutzte ist vielleicht das falsche.",
        "Suchen Sie eine Stummtaste am Headset, und drehen Sie den Pegel in den Toneinstellungen des Systems auf.",
        "Stecken Sie es neu ein, an einer anderen Buchse, und versuchen Sie ein anderes Programm. Ist es auch dort stumm, ist das Gerät kaputt.",
    ],
    retest: "Wiederholen Sie die Audioprüfung: Der Pegel muss sich beim Sprechen bewegen.",
};

pub(super) const RL_NO_SPEAKER: Text = Text {
    sentence: "Der Rechner von {person|jemandem} hat keinen Lautsprecher und kein Headset, das etwas abspielt, darum wäre dort nichts zu hören.",
    possible: "Die anderen hören die Person.",
    fix: &[
        "Stecken Sie ein Headset oder Lautsprecher ein; ein Bluetooth-Headset muss mit diesem Rechner verbunden sein.",
        "Wählen Sie in den Toneinstellungen des Systems das Ausgabegerät, und schalten Sie es ein.",
    ],
    retest: "Wiederholen Sie die Audioprüfung: Der Ton muss zu hören sein.",
};

pub(super) const RL_SPEAKER_UNHEARD: Text = Text {
    sentence: "Headset oder Lautsprecher[ {device}] von {person|jemandem} spielt ab, aber der Prüfton wurde nicht gehört, darum wäre dort nichts zu hören.",
    possible: "Die anderen hören die Person.",
    fix: &[
        "Drehen Sie lauter, am Headset und im System.",
        "Wählen Sie in der App ein anderes Ausgabegerät: Der Ton kam vielleicht aus dem Bildschirm.",
        "Stecken Sie es neu ein, oder versuchen Sie die Lautsprecher des Rechners.",
    ],
    retest: "Wiederholen Sie die Audioprüfung: Der Ton muss zu hören sein.",
};

pub(super) const RL_HEADSET_BUTTONS: Text = Text {
    sentence: "Das Headset[ {device}] von {person|jemandem} meldet der App nicht, wenn seine Tasten gedrückt werden, darum muss man Anrufe am Bildschirm annehmen.",
    possible: "Der Ton über das Headset funktioniert, in beide Richtungen.",
    fix: &[
        "Schließen Sie andere Tabs und Programme, die die Tasten des Headsets benutzen.",
        "Verbinden Sie das Headset in den Einstellungen der App neu, und erlauben Sie es, wenn der Browser fragt.",
        "Hilft das nicht, schalten Sie die Headset-Einbindung ab: Der Ton bleibt.",
    ],
    retest: "Wiederholen Sie die Audioprüfung, und drücken Sie die Taste, wenn danach gefragt wird.",
};
