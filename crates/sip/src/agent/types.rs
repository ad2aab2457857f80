//! What goes into the agent and what comes out of it.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use super::Mirror;
use crate::Flow;
use crate::message::quoted;

/// An INVITE session: one server dialog, or one INVITE of ours with all its forks (the first 2xx wins, later ones
/// are acknowledged and ended by the agent).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DialogId(pub u64);

/// How far a session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DialogStage {
    /// We call, and nobody has answered: an early dialog of ours.
    Calling,
    /// A peer calls, and has no answer yet.
    Called,
    /// Answered.
    Confirmed,
}

/// A request: one that awaits our response (outside of dialogs, or a re-INVITE, UPDATE, REFER, INFO inside one), or one of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RequestId(pub u64);

/// Requests of ours outside of dialogs that belong together, such as a registration and its refreshes. See [`super::Agent::open_series`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SeriesId(pub u64);

/// What somebody can want their phone to do from elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhoneEvent {
    /// Lift, or talk again.
    Talk,
    /// Hold the other party.
    Hold,
}

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

impl fmt::Display for NameAddr {
    /// As in a header: `"Anna" <sip:101@farend>`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}<{}>", quoted(&self.display), self.uri)
    }
}

/// A header of a request or response, where no method names it.
pub type Header = (String, String);

/// An INVITE to send.
#[derive(Clone, Debug)]
pub struct Invite {
    /// Over which flow.
    pub flow: Flow,
    /// The Request-URI: the registered contact, or the number at a provider.
    pub target: String,
    /// `Route`s to begin with: an outbound proxy (RFC 3261 section 8.1.2) or a `Service-Route` (RFC 3608), each with its brackets and
    /// parameters; brackets are added where there are none. At most 16 are used. All are loose routers. Requests inside the session go by
    /// what the answer has recorded instead.
    pub routes: Vec<String>,
    /// Who calls.
    pub from: NameAddr,
    /// Who is called.
    pub to: NameAddr,
    /// The offer; `None` asks the peer for one.
    pub body: Option<Body>,
    /// For example `Alert-Info`, `P-Asserted-Identity`; `Max-Forwards` takes the place of ours (70).
    pub headers: Vec<Header>,
    /// User name and password, should the peer challenge (trunks).
    pub credentials: Option<Credentials>,
    /// The user part of our `Contact`, unescaped; `None`: that of `from`.
    pub contact_user: Option<String>,
    /// When nothing at all has come back within this time, not even 100, [`Event::Refused`] with 408 follows, and another target may be tried;
    /// an answer that comes after that is acknowledged and ended. Begins anew when the INVITE goes out again with credentials.
    pub first_response_max: Option<Duration>,
}

/// A request to send outside of dialogs: REGISTER at a trunk, MESSAGE, NOTIFY of an own making.
#[derive(Clone, Debug)]
pub struct OutgoingRequest {
    /// Over which flow.
    pub flow: Flow,
    /// The method, e.g. `REGISTER`.
    pub method: String,
    /// The Request-URI; of a REGISTER the registrar's domain without a user (RFC 3261 section 10.2).
    pub target: String,
    /// `Route`s, as for [`Invite::routes`].
    pub routes: Vec<String>,
    /// Who sends.
    pub from: NameAddr,
    /// To whom; of a REGISTER the address of record.
    pub to: NameAddr,
    /// Further header fields, e.g. `Expires`; a `Contact` takes the place of ours.
    pub headers: Vec<Header>,
    /// The body, if any.
    pub body: Option<Body>,
    /// User name and password, should the peer challenge.
    pub credentials: Option<Credentials>,
    /// The user part of our `Contact`, unescaped; `None`: that of `from`.
    pub contact_user: Option<String>,
    /// What it belongs to; `None`, or a series that is closed: it stands alone.
    pub series: Option<SeriesId>,
    /// When there is no final response within this time, challenges included, [`Event::Responded`] with 408 follows.
    pub response_max: Option<Duration>,
}

/// For the digest client.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The digest user name.
    pub username: String,
    /// The password.
    pub password: String,
    /// Whose challenges are answered: a 401 or 407 of other realms is an ordinary refusal. `None`: the first realm that challenges the call,
    /// request or series is its realm from then on.
    pub realm: Option<String>,
}

impl fmt::Debug for Credentials {
    /// Without the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { username, realm, .. } = self;
        f.debug_struct("Credentials")
            .field("username", username)
            .field("realm", realm)
            .finish_non_exhaustive()
    }
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
        /// Only the nonce is not good (any more): with another one the same password may do.
        stale: bool,
    },
    /// A wrong password or an unknown user (which of them is not told): challenge again, count against the peer.
    Wrong,
}

/// Why an INVITE session is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// The peer hung up; with its `Reason`, if any. `SIP;cause=481` when it turned out not to know the session any more.
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
    /// Open a TCP connection to `peer` for a request too large for UDP, and report it with [`super::Agent::connected`] or [`super::Agent::connect_failed`].
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
    /// A request outside of dialogs: REGISTER, OPTIONS, SUBSCRIBE, MESSAGE, PUBLISH, REFER. Answer with [`super::Agent::respond`] or [`super::Agent::challenge`].
    Requested {
        /// For the response.
        request: RequestId,
        /// Where it came from.
        flow: Flow,
        /// The request.
        message: Arc<crate::message::Request>,
    },
    /// An INVITE that would start a session; 100 has been sent. Go on with ring, answer, refuse or challenge.
    Invited {
        /// The session to be.
        dialog: DialogId,
        /// Where it came from.
        flow: Flow,
        /// The request.
        message: Arc<crate::message::Request>,
    },
    /// Our INVITE is ringing or in progress (101 to 199); reliable ones have been acknowledged by PRACK and come once each and in order.
    Progressed {
        /// The session.
        dialog: DialogId,
        /// Which of the phones or gateways that a proxy has handed the INVITE to: 0 for the first one that was heard of, and so on.
        fork: u32,
        /// 180, 183, …
        status: u16,
        /// Early media's answer, if any: each fork has its own, and may change it with every further response.
        body: Option<Body>,
    },
    /// Our INVITE was answered 2xx. When the INVITE carried the offer the agent has sent ACK; otherwise `body` is
    /// the peer's offer and [`super::Agent::acknowledge`] must bring the answer.
    Answered {
        /// The session.
        dialog: DialogId,
        /// Who has answered, as in [`Event::Progressed`]; what other forks have said is void.
        fork: u32,
        /// The answer (or the offer). Where the 2xx has none, the one that a reliable provisional response of this fork has brought.
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
        /// `Retry-After`, at most a day: no other call should be tried there before.
        retry_after: Option<Duration>,
        /// Nothing at all has come back, not even 100: the way, not the other party, is at fault.
        is_silence: bool,
        /// What the peer says for people to read, in `Warning` or else `Reason`: at most 200 characters, none of them a control character.
        warning: Option<String>,
    },
    /// ACK for our 2xx; carries the answer when the 2xx carried the offer.
    Confirmed {
        /// The session.
        dialog: DialogId,
        /// The answer, for a delayed offer.
        body: Option<Body>,
    },
    /// re-INVITE or UPDATE inside a session. Session refreshes without a body are answered by the agent itself for
    /// UPDATE; for re-INVITE without a body respond with an offer. Answer with [`super::Agent::respond`].
    Reoffered {
        /// The session.
        dialog: DialogId,
        /// For the response.
        request: RequestId,
        /// The offer; `None` asks for ours (the answer comes in [`Event::Confirmed`]).
        body: Option<Body>,
    },
    /// The peer's answer to [`super::Agent::reoffer`]: its body, or the status that refused it (the session lives on; glare,
    /// 491, has been retried by the agent per RFC 3261 section 14.1 before it gives up).
    ReofferEnded {
        /// The session.
        dialog: DialogId,
        /// The answer, or the refusing status.
        result: Result<Option<Body>, u16>,
    },
    /// REFER inside a session (RFC 3515). Answer with [`super::Agent::respond`] (202), then report with [`super::Agent::notify_refer`].
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
    /// INFO inside a session by which a phone wants the call to be recorded, or not any more (`Record: on` of Snom and Yealink). Answer with
    /// [`super::Agent::respond`].
    RecordingAsked {
        /// The session.
        dialog: DialogId,
        /// For the response.
        request: RequestId,
        /// Whether it shall be recorded.
        is_on: bool,
    },
    /// What became of [`super::Agent::options`].
    Pinged {
        /// The request.
        request: RequestId,
        /// The status, whichever it is: the peer lives. `None`: nothing came back in time.
        status: Option<u16>,
        /// As in [`Event::Responded`].
        seen_as: Option<SocketAddr>,
        /// The address in `To` as the answer repeats it; empty without an answer.
        to: String,
    },
    /// The final response to [`super::Agent::request`]; 408 when nothing came back. What a registrar says in it is read by
    /// [`crate::message::Registration`].
    Responded {
        /// The request.
        request: RequestId,
        /// The status code.
        status: u16,
        /// The reason phrase.
        reason: String,
        /// All header fields of the response, in order, with their full names.
        headers: Vec<Header>,
        /// Where the peer saw the request come from, by `received` and `rport` in our `Via` (RFC 3581 section 4). `None` where it does not tell the
        /// port, or tells nonsense. Evidence, not proof: the peer and every router on the way can write there what they like.
        seen_as: Option<SocketAddr>,
        /// From the request that was answered last, a challenge's successor, to its response; `None` when nothing came back.
        round_trip: Option<Duration>,
        /// What came back of the request itself; `None` when nothing did. Evidence, as above.
        mirror: Option<Box<Mirror>>,
    },
    /// A subscription was refreshed (its agent has answered), or its phone has come back over another connection: the whole state is to be told
    /// again, with [`super::Agent::notify`], or with [`super::Agent::end_watch`] where the peer wants to hear no more.
    Rewatched {
        /// Which.
        watch: super::WatchId,
        /// The peer wants to hear no more.
        is_last: bool,
    },
    /// The last NOTIFY of a subscription has arrived: the next one may go out.
    Notified {
        /// Which.
        watch: super::WatchId,
    },
    /// A subscription is over without our doing.
    Unwatched {
        /// Which.
        watch: super::WatchId,
    },
    /// The session ended without our doing. BYE and CANCEL have been answered.
    Ended {
        /// The session.
        dialog: DialogId,
        /// Why.
        end: End,
    },
}

/// What the agent holds and has counted. After the last session and its timers everything under "held" is 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Held: transactions, client and server.
    pub transactions: usize,
    /// Held: sessions and their forks.
    pub dialogs: usize,
    /// Held: requests that await [`super::Agent::respond`], and those of [`super::Agent::request`] that await their response.
    pub requests: usize,
    /// Held: series that are open, or closed with requests under way.
    pub series: usize,
    /// Held: subscriptions of peers.
    pub watches: usize,
    /// Held: addresses of [`super::Agent::set_contact_address`].
    pub contact_addresses: usize,
    /// Held: deadlines.
    pub timers: usize,
    /// Held: entries of the tables by which sessions are found.
    pub entries: usize,
    /// Held: large requests that wait for a connection.
    pub connecting: usize,
    /// Counted: messages that could not even be answered.
    pub dropped: u64,
    /// Counted: requests answered 503 for want of room.
    pub refused_full: u64,
    /// Counted: retransmissions absorbed.
    pub absorbed: u64,
}
