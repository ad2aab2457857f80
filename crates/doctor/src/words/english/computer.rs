//! Browser, microphone, loudspeaker, headset.

use crate::words::Text;

pub(super) const F2_BROWSER_UNFIT: Text = Text {
    sentence: "The browser of {person|somebody} lacks what a phone needs[: {missing}], so no calls can be made with it.",
    possible: "A desk phone can be controlled from the app, and everything else works.",
    fix: &[
        "Open the page with https:// in front.",
        "Use an up-to-date Chrome, Edge, Firefox or Safari.",
        "If a policy of the company or an add-on has switched WebRTC off, let it be allowed for this page.",
    ],
    retest: "Run the audio check again.",
};

pub(super) const RL_NO_MICROPHONE: Text = Text {
    sentence: "The computer of {person|somebody} has no microphone, so nobody would hear them.",
    possible: "Listening works; a desk phone can do the talking.",
    fix: &[
        "Plug in a headset or a microphone; a Bluetooth headset has to be connected to this computer.",
        "Look in the system's sound settings whether it is there, and not switched off.",
    ],
    retest: "Run the audio check again.",
};

pub(super) const RL_MICROPHONE_DENIED: Text = Text {
    sentence: "The browser of {person|somebody} does not let the page use the microphone, so nobody would hear them.",
    possible: "Listening works; a desk phone can do the talking.",
    fix: &[
        "Click on the icon beside the page's address, and allow the microphone for this page; then load the page anew.",
        "Windows: Settings, Privacy & security, Microphone; macOS: System Settings, Privacy & Security, Microphone: allow it for the browser.",
    ],
    retest: "Run the audio check again.",
};

pub(super) const RL_MICROPHONE_BLOCKED: Text = Text {
    sentence: "The system of {person|somebody} keeps the microphone from the browser, or another program has it, so nobody would hear them.",
    possible: "Listening works; a desk phone can do the talking.",
    fix: &[
        "Close other programs that make calls or record.",
        "Windows: Settings, Privacy & security, Microphone; macOS: System Settings, Privacy & Security, Microphone: allow it for the browser.",
        "Unplug the headset, and plug it in again.",
    ],
    retest: "Run the audio check again.",
};

pub(super) const RL_MICROPHONE_MUTED: Text = Text {
    sentence: "The microphone[ {device}] of {person|somebody} is muted in the system or by a switch at the headset, so nobody would hear them.",
    possible: "Listening works.",
    fix: &[
        "Look for a mute key or switch at the headset and its cable, and at the computer's keyboard.",
        "In the system's sound settings, switch the microphone on and its level up.",
    ],
    retest: "Run the audio check again: the meter must move when you speak.",
};

pub(super) const RL_MICROPHONE_SILENT: Text = Text {
    sentence: "The microphone[ {device}] of {person|somebody} gives no sound although they spoke, so nobody would hear them.",
    possible: "Listening works.",
    fix: &[
        "Choose another microphone in the app: the one in use may be the wrong one.",
        "Look for a mute switch at the headset, and turn the level up in the system's sound settings.",
        "Plug it in anew, at another socket; try it with another program. If that is silent, too, the device is broken.",
    ],
    retest: "Run the audio check again: the meter must move when you speak.",
};

pub(super) const RL_NO_SPEAKER: Text = Text {
    sentence: "The computer of {person|somebody} has no loudspeaker or headset that plays, so they would hear nobody.",
    possible: "They can be heard.",
    fix: &[
        "Plug in a headset or loudspeakers; a Bluetooth headset has to be connected to this computer.",
        "In the system's sound settings, choose the output device, and switch it on.",
    ],
    retest: "Run the audio check again: the tone must be heard.",
};

pub(super) const RL_SPEAKER_UNHEARD: Text = Text {
    sentence: "The headset or loudspeaker[ {device}] of {person|somebody} plays, but the test tone was not heard, so they would hear nobody.",
    possible: "They can be heard.",
    fix: &[
        "Turn the volume up, at the headset and in the system.",
        "Choose another output device in the app: the tone may have come from the monitor.",
        "Plug it in anew, or try the computer's own loudspeakers.",
    ],
    retest: "Run the audio check again: the tone must be heard.",
};

pub(super) const RL_HEADSET_BUTTONS: Text = Text {
    sentence: "The headset[ {device}] of {person|somebody} does not tell the app when its buttons are pressed, so calls have to be answered on the screen.",
    possible: "Audio by the headset works, both ways.",
    fix: &[
        "Close other tabs and programs that use the headset's buttons.",
        "In the app's settings, connect the headset anew, and allow it when the browser asks.",
        "If it does not help, switch headset integration off: audio stays.",
    ],
    retest: "Run the audio check again, and press the button when asked.",
};
