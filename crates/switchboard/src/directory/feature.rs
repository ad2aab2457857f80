//! What star codes do.

/// What a star code does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Feature {
    /// `*43`: hear yourself.
    EchoTest,
    /// `*44`: music on hold.
    Music,
    /// `*9419`: log on at a shared phone, or off.
    DeskShare,
    /// `*11`: take one's running call to the phone that dials this.
    TakeCall,
    /// `*12`: hand one's running call to one's other phones, as the target of a transfer.
    SendCall,
    /// `*3`: as the target of a transfer, put the other party into the conference of one's other call.
    Conference,
    /// `**102`: answer a call that rings at 102.
    PickUp,
    /// `*8`: answer a call that rings at somebody of one's group.
    PickUpGroup,
    /// `*70`, `*703`: park a call, as the target of a transfer; dialled, take a parked one back.
    Park,
    /// `*37`, `*37102`: be called once 102, or whoever was dialled last, is free; the same again: not any more.
    CallBack,
    /// `*80102`: talk through the loudspeaker of 102.
    Intercom,
    /// `*66`: dial the last number again.
    Redial,
    /// `*69`: call whoever has called last.
    ReturnCall,
    /// `*21` and a number: all calls go there; without a number: not any more.
    ForwardAlways,
    /// `*67`: the same while one is on a call.
    ForwardBusy,
    /// `*61`: the same when nobody answers.
    ForwardNoAnswer,
    /// `*62`: the same while no phone is there.
    ForwardUnreachable,
    /// `*26`: no call rings, and once more: they ring again.
    DoNotDisturb,
    /// `*77`: calls without a number are refused, and once more: they are not.
    RejectAnonymous,
}

/// What may be dialled behind a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Nothing.
    Nothing,
    /// An extension, or a digit; or nothing.
    Maybe,
    /// An extension.
    Extension,
}

impl Feature {
    /// All of them, in the order in which people read about them.
    pub const ALL: [Self; 19] = [
        Self::EchoTest,
        Self::Music,
        Self::TakeCall,
        Self::SendCall,
        Self::Conference,
        Self::PickUp,
        Self::PickUpGroup,
        Self::Park,
        Self::CallBack,
        Self::Intercom,
        Self::Redial,
        Self::ReturnCall,
        Self::ForwardAlways,
        Self::ForwardBusy,
        Self::ForwardNoAnswer,
        Self::ForwardUnreachable,
        Self::DoNotDisturb,
        Self::RejectAnonymous,
        Self::DeskShare,
    ];

    /// The code as it is without an administrator's doing.
    #[must_use]
    pub fn usual_code(self) -> &'static str {
        match self {
            Self::EchoTest => "*43",
            Self::Music => "*44",
            Self::DeskShare => "*9419",
            Self::TakeCall => "*11",
            Self::SendCall => "*12",
            Self::Conference => "*3",
            Self::PickUp => "**",
            Self::PickUpGroup => "*8",
            Self::Park => "*70",
            Self::CallBack => "*37",
            Self::Intercom => "*80",
            Self::Redial => "*66",
            Self::ReturnCall => "*69",
            Self::ForwardAlways => "*21",
            Self::ForwardBusy => "*67",
            Self::ForwardNoAnswer => "*61",
            Self::ForwardUnreachable => "*62",
            Self::DoNotDisturb => "*26",
            Self::RejectAnonymous => "*77",
        }
    }

    /// The name by which settings and the API know it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::EchoTest => "echo_test",
            Self::Music => "music",
            Self::DeskShare => "desk_share",
            Self::TakeCall => "take_call",
            Self::SendCall => "send_call",
            Self::Conference => "conference",
            Self::PickUp => "pick_up",
            Self::PickUpGroup => "pick_up_group",
            Self::Park => "park",
            Self::CallBack => "call_back",
            Self::Intercom => "intercom",
            Self::Redial => "redial",
            Self::ReturnCall => "return_call",
            Self::ForwardAlways => "forward_always",
            Self::ForwardBusy => "forward_busy",
            Self::ForwardNoAnswer => "forward_no_answer",
            Self::ForwardUnreachable => "forward_unreachable",
            Self::DoNotDisturb => "do_not_disturb",
            Self::RejectAnonymous => "reject_anonymous",
        }
    }

    /// For displays and the journal.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::EchoTest => "Echo test",
            Self::Music => "Music on hold",
            Self::DeskShare => "Desk share",
            Self::TakeCall => "Take a call",
            Self::SendCall => "Send a call",
            Self::Conference => "Conference",
            Self::PickUp | Self::PickUpGroup => "Pick up",
            Self::Park => "Park",
            Self::CallBack => "Call back",
            Self::Intercom => "Intercom",
            Self::Redial => "Redial",
            Self::ReturnCall => "Return a call",
            Self::ForwardAlways => "Forward all calls",
            Self::ForwardBusy => "Forward when busy",
            Self::ForwardNoAnswer => "Forward when nobody answers",
            Self::ForwardUnreachable => "Forward when no phone is there",
            Self::DoNotDisturb => "Do not disturb",
            Self::RejectAnonymous => "Refuse anonymous calls",
        }
    }

    /// What may be dialled behind the code.
    #[must_use]
    pub fn takes(self) -> Takes {
        match self {
            Self::EchoTest
            | Self::Music
            | Self::TakeCall
            | Self::SendCall
            | Self::Conference
            | Self::PickUpGroup
            | Self::Redial
            | Self::ReturnCall
            | Self::DoNotDisturb
            | Self::RejectAnonymous => Takes::Nothing,
            Self::DeskShare
            | Self::Park
            | Self::CallBack
            | Self::ForwardAlways
            | Self::ForwardBusy
            | Self::ForwardNoAnswer
            | Self::ForwardUnreachable => Takes::Maybe,
            Self::PickUp | Self::Intercom => Takes::Extension,
        }
    }
}
