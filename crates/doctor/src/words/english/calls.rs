//! What happens in a call.

use crate::words::Text;

/// For all of them.
const RETEST: &str = "Call again; the echo test (*43) shows it without anybody else.";

pub(super) const RL_CALL_MICROPHONE: Text = Text {
    sentence: "Nothing comes from the microphone of {person|one party} in this call, so the others cannot hear them.",
    possible: "They hear the others.",
    fix: &[
        "Look for a mute key or switch at the headset, and in the system's sound settings.",
        "Choose another microphone in the app: that works during the call.",
        "Run the audio check: it says what is wrong with the microphone.",
    ],
    retest: RETEST,
};

pub(super) const RL_CALL_SILENT_PEER: Text = Text {
    sentence: "The line works, but {culprit} of {person|one party} sends no sound in this call, so the others cannot hear them.",
    possible: "They hear the others.",
    fix: &[
        "Ask whether the phone is muted there: that looks the same from here.",
        "Look at the cord of the handset or the headset, and try the other one.",
        "If it happens with every call, start the phone anew.",
    ],
    retest: RETEST,
};

pub(super) const RL_CALL_OUTPUT: Text = Text {
    sentence: "The browser of {person|one party} cannot play what arrives in this call, so they hear nobody.",
    possible: "The others hear them.",
    fix: &[
        "Choose another output device in the app: that works during the call.",
        "Plug the headset in anew; a Bluetooth headset has to be connected to this computer.",
    ],
    retest: RETEST,
};

pub(super) const RJ_CALL_LOST: Text = Text {
    sentence: "In this call, sound is lost in the network between {person|one party} and the server, so one side does not hear the other.",
    possible: "The call goes on, and another way was tried by itself.",
    fix: &[
        "Let them run the audio check from the same place: it finds what blocks the way.",
        "Switch a VPN off; use a cable in place of Wi-Fi.",
        "If they are in the office: look at cable, switch and firewall between them and the server.",
    ],
    retest: RETEST,
};

pub(super) const RG_CALL_LOST: Text = Text {
    sentence: "In this call, sound is lost between the server and the provider[ of {trunk}], probably at the office router, so one side does not hear the other.",
    possible: "Calls inside work.",
    fix: &[
        "Let the office router and firewall pass UDP of the server's RTP ports (30000 to 30999 by default) outwards, and the answers in.",
        "Switch SIP ALG off in the router.",
        "Look at the other findings about the router and the trunk; if there are none, give the call's details to the provider.",
    ],
    retest: "Call the same number by the trunk again.",
};

pub(super) const RE_CALL_WRONG_ADDRESS: Text = Text {
    sentence: "In this call, sound of {person|one party} comes from another address than was agreed, so it is not let in and the others do not hear them.",
    possible: "They hear the others.",
    fix: &[
        "If they are at home: a second router or a VPN there sends audio another way; use one way for everything.",
        "If it is a provider: ask from which addresses its audio comes.",
    ],
    retest: RETEST,
};

pub(super) const H1_CALL_UNDECRYPTABLE: Text = Text {
    sentence: "In this call, {culprit} of {person|one party} encrypts sound in a way that was not agreed, so it cannot be understood and the others do not hear them.",
    possible: "They hear the others.",
    fix: &[
        "In the phone, set SRTP as this server offers it (AES_CM_128_HMAC_SHA1_80), or switch off what is set by hand.",
        "Bring its firmware up to date, and start it anew.",
    ],
    retest: RETEST,
};

pub(super) const F2_CALL_UNDECODABLE: Text = Text {
    sentence: "In this call, {culprit} of {person|one party} sends sound in a form that was not agreed, so it cannot be played and the others do not hear them.",
    possible: "They hear the others.",
    fix: &[
        "In the phone or the trunk, allow only what both know: Opus, G.722, G.711.",
        "Bring the phone's firmware or the browser up to date.",
    ],
    retest: RETEST,
};
