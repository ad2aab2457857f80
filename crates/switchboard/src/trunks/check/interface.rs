//! What a test of a trunk asks for, what it hears, and what it tells.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use model::StunServer;
use sip::Flow;

use crate::trunks::{LineId, LineMeasure, Located, Place, Server, Trouble, Trust};

/// One test: what comes late for an earlier one is recognised by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CheckId(pub u64);

/// What is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// DNS: where the provider's servers are.
    Name,
    /// A way to the first of them.
    Connection,
    /// Whether it answers.
    Options,
    /// Whether it takes one of the accounts.
    Registration {
        /// Which.
        account: u16,
    },
    /// How the world sees us.
    Stun,
    /// Whether a router rewrites SIP.
    Router,
    /// Whether a call has sound both ways.
    EchoCall,
}

/// How a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepState {
    /// Its turn has not come.
    Waiting,
    /// It is being looked at.
    Running,
    /// As it should be.
    Passed,
    /// It works, but not for long, or not well.
    Warning,
    /// It does not work.
    Failed,
    /// It was not looked at.
    LeftOut,
}

/// What has been found, for programs and for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Names the sentence: never changes. Those of [`Trouble::code`] among others.
    pub code: &'static str,
    /// The sentence, with culprit and remedy.
    pub text: String,
    /// What goes into it, by name.
    pub values: Vec<(&'static str, String)>,
}

/// One step of a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What is looked at.
    pub kind: StepKind,
    /// How it stands.
    pub state: StepState,
    /// What came of it.
    pub finding: Option<Finding>,
    /// How long it took; `None` while it has not ended, or when it was left out.
    pub took: Option<Duration>,
}

/// A test as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckReport {
    /// More is to come.
    pub is_running: bool,
    /// In their order.
    pub steps: Vec<Step>,
}

/// What the shell is asked to find out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Errand {
    /// The provider's servers, asked of DNS anew, in the order in which this line tries them; [`Retrieved::Located`].
    Locate {
        /// Whose order.
        line: LineId,
        /// Where to look.
        place: Place,
    },
    /// A way to this server, which is closed at once; [`Retrieved::Opened`].
    Open {
        /// The server.
        server: Server,
        /// How it proves who it is, over TLS.
        trust: Trust,
        /// Our address to go out from.
        from: Option<IpAddr>,
    },
    /// What STUN servers say of this address of ours; [`Retrieved::Judged`].
    Stun {
        /// Where the way to the provider begins, where that is known.
        local: Option<IpAddr>,
        /// The provider's own server, where the trunk names one.
        own: Option<StunServer>,
    },
    /// What the provider's answers tell of the router; [`Retrieved::Judged`].
    Router {
        /// The last answer of each line that had one.
        measures: Vec<LineMeasure>,
    },
}

/// What the shell has found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Retrieved {
    /// For [`Errand::Locate`].
    Located(Result<Located, Trouble>),
    /// For [`Errand::Open`].
    Opened(Result<Opening, Trouble>),
    /// For [`Errand::Stun`] and [`Errand::Router`].
    Judged {
        /// Which of them.
        about: StepKind,
        /// What came of it.
        judgement: Judgement,
    },
}

/// How a step ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// How it stands.
    pub state: StepState,
    /// What was found.
    pub finding: Finding,
}

/// A way that was open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// Our end of it.
    pub local: SocketAddr,
    /// Over UDP: the way itself, for nothing has to be closed there.
    pub flow: Option<Flow>,
    /// With TLS.
    pub security: Option<Security>,
}

/// What a server has shown in its TLS handshake.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Security {
    /// Such as `TLS 1.3`.
    pub version: String,
    /// Whom its certificate is for.
    pub names: Vec<String>,
    /// The day on which it ends, such as `2027-01-31`.
    pub ends_on: String,
    /// How many whole days that is from now; negative: it is over.
    pub days_left: i64,
}

/// What a test wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Want {
    Locate,
    Open(Server),
    Ask,
    Renew {
        account: u16,
    },
    JudgeStun,
    JudgeRouter,
    /// An echo call to this number, as people dial it.
    Call(String),
    HangUp,
}

/// What a test hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum News {
    Located(Result<Located, Trouble>),
    Opened(Result<Opening, Trouble>),
    /// How any other step has ended.
    Judged {
        about: StepKind,
        judgement: Judgement,
    },
}

impl News {
    /// Which step it ends.
    pub(super) fn about(&self) -> StepKind {
        match self {
            Self::Located(_) => StepKind::Name,
            Self::Opened(_) => StepKind::Connection,
            Self::Judged { about, .. } => *about,
        }
    }
}

impl From<Retrieved> for News {
    fn from(retrieved: Retrieved) -> Self {
        match retrieved {
            Retrieved::Located(found) => Self::Located(found),
            Retrieved::Opened(found) => Self::Opened(found),
            Retrieved::Judged { about, judgement } => Self::Judged { about, judgement },
        }
    }
}
