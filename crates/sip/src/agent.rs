//! The user agent core: what a switchboard needs of SIP, and nothing of how SIP does it.
//!
//! The agent absorbs retransmissions, owns transactions (with caps) and dialogs, answers what needs no decision
//! (OPTIONS inside dialogs, CANCEL of the unknown, malformed requests), and turns the rest into [`Event`]s.
//! Everything it is asked to do is a method; everything it wants done is an [`Output`], drained with
//! [`Agent::poll_output`] until `None` after every call.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::Flow;

/// An INVITE session: one server dialog, or one INVITE of ours with all its forks (the first 2xx wins, later ones
/// are acknowledged and ended by the agent).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DialogId(pub u64);

/// A request that awaits our response: outside of dialogs, or a re-INVITE, UPDATE, REFER, INFO inside one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RequestId(pub u64);

/// Limits and names. Every map of the agent that a peer can fill has its bound here.
#[derive(Clone, Debug)]
pub struct Config {
    /// The digest realm and the host part of our users, e.g. `farend`.
    pub realm: String,
    /// For `Server` and `User-Agent`, e.g. `farend/0.1.0`.
    pub product: String,
    /// Transactions at most; requests above it are answered 503 without state.
    pub transactions_max: usize,
    /// Dialogs at most.
    pub dialogs_max: usize,
    /// Our wish for `Session-Expires` (RFC 4028).
    pub session_expires: Duration,
    /// A request larger than this goes over TCP (RFC 3261 section 18.1.1), in bytes.
    pub udp_request_bytes_max: usize,
}

/// A message body with its `Content-Type`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// For example `application/sdp`.
    pub content_type: String,
    /// The body itself.
    pub bytes: Vec<u8>,
}

/// A display name with a SIP address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameAddr {
    /// For people; may be empty.
    pub display: String,
    /// `sip:101@farend`, without parameters of the header.
    pub uri: String,
}

/// A header of a request or response, where no method names it.
pub type Header = (String, String);

/// An INVITE to send.
#[derive(Clone, Debug)]
pub struct Invite {
    /// Over which flow.
    pub flow: Flow,
    /// The Request-URI: the registered contact.
    pub target: String,
    /// Who calls.
    pub from: NameAddr,
    /// Who is called.
    pub to: NameAddr,
    /// The offer; `None` asks the peer for one.
    pub body: Option<Body>,
    /// For example `Alert-Info`, `P-Asserted-Identity`.
    pub headers: Vec<Header>,
    /// User name and password or hash, should the peer challenge (trunks).
    pub credentials: Option<Credentials>,
}

/// For the digest client.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The digest user name.
    pub username: String,
    /// The password.
    pub password: String,
}

/// Hashes of `user:realm:password`, from which a digest is checked; the password itself is not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ha1 {
    /// MD5, lower-case hex (RFC 2617; JsSIP and many phones know nothing else).
    pub md5: String,
    /// SHA-256, lower-case hex (RFC 8760).
    pub sha256: String,
}

/// Whether a request proved who sent it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// Yes: the digest user name.
    Given {
        /// The digest user name.
        username: String,
    },
    /// No, or not any more: challenge it. `stale` when only the nonce was too old.
    Missing {
        /// The password was right, only the nonce has aged.
        stale: bool,
    },
    /// A wrong password or an unknown user (which of them is not told): challenge again, count against the peer.
    Wrong,
}

/// Why an INVITE session is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// The peer hung up; with its `Reason`, if any.
    Bye {
        /// For example `SIP;cause=200;text="Call completed elsewhere"`.
        reason: Option<String>,
    },
    /// The peer gave up before we answered.
    Cancel {
        /// The `Reason` header, if any.
        reason: Option<String>,
    },
    /// No ACK, no answer within the transaction's time limit, or no session refresh (RFC 4028).
    TimedOut,
    /// The flow is gone.
    FlowLost,
}

/// What the agent wants done.
#[derive(Debug)]
pub enum Output {
    /// Send these bytes over this flow (a UDP datagram, or the next bytes of a connection; one WebSocket message).
    Send {
        /// The way.
        flow: Flow,
        /// One whole message.
        bytes: Vec<u8>,
    },
    /// Open a TCP connection to `peer` for a request too large for UDP, and report it with [`Agent::connected`] or [`Agent::connect_failed`].
    Connect {
        /// The UDP flow that it stands in for.
        instead_of: Flow,
        /// Where to.
        peer: SocketAddr,
    },
    /// Something happened.
    Event(Event),
}

/// What happened.
#[derive(Debug)]
pub enum Event {
    /// A request outside of dialogs: REGISTER, OPTIONS, SUBSCRIBE, MESSAGE, PUBLISH, REFER. Answer with [`Agent::respond`] or [`Agent::challenge`].
    Requested {
        /// For the response.
        request: RequestId,
        /// Where it came from.
        flow: Flow,
        /// The request.
        message: crate::message::Request,
    },
    /// An INVITE that would start a session; 100 has been sent. Go on with ring, answer, refuse or challenge.
    Invited {
        /// The session to be.
        dialog: DialogId,
        /// Where it came from.
        flow: Flow,
        /// The request.
        message: crate::message::Request,
    },
    /// Our INVITE is ringing or in progress (101 to 199); reliable ones have been acknowledged by PRACK.
    Progressed {
        /// The session.
        dialog: DialogId,
        /// 180, 183, …
        status: u16,
        /// Early media's answer, if any.
        body: Option<Body>,
    },
    /// Our INVITE was answered 2xx. When the INVITE carried the offer the agent has sent ACK; otherwise `body` is
    /// the peer's offer and [`Agent::acknowledge`] must bring the answer.
    Answered {
        /// The session.
        dialog: DialogId,
        /// The answer (or the offer).
        body: Option<Body>,
    },
    /// Our INVITE was refused (300 to 699), or found nobody (408 when nothing came back). The session is over.
    Refused {
        /// The session.
        dialog: DialogId,
        /// The status code.
        status: u16,
        /// The reason phrase.
        reason: String,
        /// Contacts of a 3xx.
        contacts: Vec<String>,
    },
    /// ACK for our 2xx; carries the answer when the 2xx carried the offer.
    Confirmed {
        /// The session.
        dialog: DialogId,
        /// The answer, for a delayed offer.
        body: Option<Body>,
    },
    /// re-INVITE or UPDATE inside a session. Session refreshes without a body are answered by the agent itself for
    /// UPDATE; for re-INVITE without a body respond with an offer. Answer with [`Agent::respond`].
    Reoffered {
        /// The session.
        dialog: DialogId,
        /// For the response.
        request: RequestId,
        /// The offer; `None` asks for ours (the answer comes in [`Event::Confirmed`]).
        body: Option<Body>,
    },
    /// The peer's answer to [`Agent::reoffer`]: its body, or the status that refused it (the session lives on; glare,
    /// 491, has been retried by the agent per RFC 3261 section 14.1 before it gives up).
    ReofferEnded {
        /// The session.
        dialog: DialogId,
        /// The answer, or the refusing status.
        result: Result<Option<Body>, u16>,
    },
    /// REFER inside a session (RFC 3515). Answer with [`Agent::respond`] (202), then report with [`Agent::notify_refer`].
    Referred {
        /// The session.
        dialog: DialogId,
        /// For the response.
        request: RequestId,
        /// The `Refer-To` URI without angle brackets, parameters and embedded headers included.
        refer_to: String,
    },
    /// INFO inside a session, e.g. `application/dtmf-relay`. The agent has answered 200.
    Informed {
        /// The session.
        dialog: DialogId,
        /// The body, if any.
        body: Option<Body>,
    },
    /// The session ended without our doing. BYE and CANCEL have been answered.
    Ended {
        /// The session.
        dialog: DialogId,
        /// Why.
        end: End,
    },
}

/// See the module. The methods (bodies are this crate's owner's work):
///
/// ```text
/// Agent::new(config: Config, seed: [u8; 32], now: Instant) -> Agent
/// receive(&mut self, flow: Flow, bytes: &[u8], now)      one datagram, one WebSocket message, or one framed stream message
/// flow_closed(&mut self, flow: Flow, now)
/// connected(&mut self, instead_of: Flow, flow: Flow, now)   connect_failed(&mut self, instead_of: Flow, now)
/// handle_timeout(&mut self, now)    poll_timeout(&self) -> Option<Instant>    poll_output(&mut self) -> Option<Output>
///
/// prove(&mut self, message: &Request, ha1: impl FnOnce(&str) -> Option<Ha1>, now) -> Proof
///                      (does not tell known from unknown users: an unknown one is checked against a derived dummy)
/// challenge(&mut self, request: RequestId, stale: bool, now)          401 with SHA-256 and MD5 challenges
/// challenge_invite(&mut self, dialog: DialogId, stale: bool, now)     401; the session is over
/// respond(&mut self, request: RequestId, status: u16, headers: Vec<Header>, body: Option<Body>, now)
///
/// ring(&mut self, dialog, status: u16, body: Option<Body>, headers: Vec<Header>, now)    101..=199; reliable when the peer requires 100rel
/// answer(&mut self, dialog, body: Body, headers: Vec<Header>, now)      200
/// refuse(&mut self, dialog, status: u16, headers: Vec<Header>, now)     300..=699
/// invite(&mut self, invite: Invite, now) -> DialogId
/// acknowledge(&mut self, dialog, body: Body, now)
/// reoffer(&mut self, dialog, body: Option<Body>, now)
/// notify_refer(&mut self, dialog, status: u16, reason: &str, now)       message/sipfrag; >= 200 ends the subscription
/// hang_up(&mut self, dialog, reason: Option<&str>, now)                 CANCEL, BYE or 480/603, whichever fits; never fails, no event follows
/// statistics(&self) -> Statistics { transactions, dialogs, dropped: …, … }
/// ```
#[derive(Debug)]
pub struct Agent;

#[allow(unused, reason = "seam: the methods above are being written")]
fn seam(_: Instant, _: Duration) {}
