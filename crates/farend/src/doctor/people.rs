//! People and desk phones, as the evidence has them: what is set up for them, and how their phones are registered.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use doctor::alg::phone::{self as alg, Verdict};
use doctor::evidence::{DeskPhone, Display, Locality, Person, PhoneTransport, UnixMs};
use model::{DeviceId, UserId};
use sip::Transport;
use switchboard::core::{PhoneDisplay, PhoneWay};
use switchboard::dialplan::{self, Denial, Leads};
use switchboard::directory::{Device, DeviceKind, Directory, Rings, User, WallClock};

use super::since::Since;
use crate::api::live::Picture;

/// Mobiles that the number plan is asked about: each question costs a look at everybody.
const MOBILES_MAX: usize = 500;

/// Whether calls to people's mobiles would find a trunk, by person. What is known of nobody's is not there.
pub(super) type Mobiles = BTreeMap<UserId, bool>;

/// Asks the number plan about everybody's mobile, of the first [`MOBILES_MAX`] people who have one.
pub(super) fn mobiles(directory: &Arc<Directory>, wall: WallClock) -> Mobiles {
    let leads = |user: &User| {
        let (extension, mobile) = (user.extension.as_deref()?, user.mobile.as_ref()?);
        let explained = dialplan::explain(directory, extension, &mobile.number, wall).ok()?;
        Some((user.id, leads_outside(&explained.leads)?))
    };
    let with_mobile = directory.users.iter().filter(|user| user.mobile.is_some());
    with_mobile.take(MOBILES_MAX).filter_map(leads).collect()
}

/// Whether a call goes out by a trunk; `None` where that is another question: at another time it would.
fn leads_outside(leads: &Leads) -> Option<bool> {
    match leads {
        Leads::Outside(outside) => Some(!outside.ways.is_empty()),
        Leads::Nowhere(Denial::NotPermitted { at_another_time: true, .. }) => None,
        Leads::Nowhere(_) => Some(false),
        // A number of our own: it needs no trunk.
        Leads::Person { .. } | Leads::Team(_) | Leads::Menu { .. } | Leads::Room { .. } | Leads::Feature(_) => Some(true),
    }
}

/// Everybody.
pub(super) fn people(directory: &Directory, mobiles: &Mobiles) -> Vec<Person> {
    let person = |user: &User| {
        Some(Person {
            extension: user.extension.clone()?,
            name: user.name.clone(),
            controls_phone: controlled(directory, user.id).map(|device| device.id.0),
            mobile: user.mobile.as_ref().map(|mobile| mobile.number.clone()),
            mobile_has_route: user.mobile.as_ref().and_then(|_| mobiles.get(&user.id).copied()),
            internal_sbc: None,
        })
    };
    directory.users.iter().filter_map(person).collect()
}

/// The desk phone that is called once its person answers in the app: it is controlled from there.
fn controlled(directory: &Directory, user: UserId) -> Option<&Device> {
    let is_controlled =
        |device: &&Device| device.user == Some(user) && device.kind == DeviceKind::DeskPhone && device.rings == Rings::WhenAnswered;
    directory.devices.iter().find(is_controlled)
}

/// All desk phones. `is_settled`: whoever wants to register has had time to since we have begun.
pub(super) fn phones(
    directory: &Directory,
    (live, is_settled): (&Picture, bool),
    locality: impl Fn(IpAddr) -> Locality,
    since: &mut Since,
    now: UnixMs,
) -> Vec<DeskPhone> {
    let phone = |device: &Device| {
        let registered = live.registered.get(&device.id);
        let address = registered.map(|registered| registered.from.ip().to_canonical());
        let thing = format!("phone {}", device.id.0);
        let since = match registered {
            Some(_) => since.of(&thing, "registered", now),
            None if is_settled || since.knows(&thing) => since.of(&thing, "away", now),
            // It has not registered since we have begun; it may be about to.
            None => now,
        };
        let way = live.ways.get(&device.id);
        let (is_rewritten, rewritten_sign) = way.map_or((None, None), rewritten);
        let display = way.map_or(PhoneDisplay::Unknown, |way| way.display);
        let unanswered = way.and_then(|way| way.unanswered_since).map(|since| since.elapsed());
        DeskPhone {
            device: device.id.0,
            name: device.label.clone(),
            extension: extension(directory, live, device.id, device.user),
            transport: registered.map(|registered| match registered.transport {
                Transport::Udp => PhoneTransport::Udp,
                Transport::Tcp => PhoneTransport::Tcp,
                Transport::Tls | Transport::Wss => PhoneTransport::Tls,
            }),
            since,
            address,
            is_outside: address.is_some_and(|address| locality(address) == Locality::Internet),
            is_behind_nat: registered.is_some_and(|registered| registered.is_behind_nat),
            is_rewritten,
            rewritten_sign,
            unanswered_ms: unanswered.map(|silent| u64::try_from(silent.as_millis()).unwrap_or(u64::MAX)),
            display: match display {
                PhoneDisplay::Unknown | PhoneDisplay::Outdated => Display::Unknown,
                PhoneDisplay::Shown => Display::Shown,
                PhoneDisplay::Refused => Display::Refused,
            },
            // One that answers nothing is told as such.
            is_stuck: display == PhoneDisplay::Outdated && unanswered.is_none(),
        }
    };
    let desk_phones = directory.devices.iter().filter(|device| device.kind == DeviceKind::DeskPhone);
    desk_phones.map(phone).collect()
}

/// Whether SIP is rewritten on this way, and the sign of it.
fn rewritten(way: &PhoneWay) -> (Option<bool>, Option<String>) {
    let evidence = alg::Evidence {
        is_encrypted: matches!(way.flow.transport, Transport::Tls | Transport::Wss),
        source: way.flow.peer.ip(),
        via: way.named.via,
        contact: way.named.contact,
        echo: way.echo.map(|echo| (echo.named, echo.instead)),
    };
    match alg::judge(&evidence) {
        Verdict::Untouched | Verdict::Encrypted => (Some(false), None),
        Verdict::Rewritten(sign) => (Some(true), Some(sign.to_string())),
        Verdict::Unknown => (None, None),
    }
}

/// Whose number a phone has now.
fn extension(directory: &Directory, live: &Picture, device: DeviceId, owner: Option<UserId>) -> String {
    let user = live.seat(device, owner).user;
    let user = directory.users.iter().find(|known| Some(known.id) == user);
    user.and_then(|user| user.extension.clone()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use sip::Flow;
    use switchboard::core::{Echo, Named};
    use switchboard::directory::Mobile;

    use super::*;
    use crate::api::live::Registered;

    fn directory() -> Directory {
        let device = |id, kind, rings| Device {
            id: DeviceId(id),
            user: Some(UserId(1)),
            kind,
            shared: None,
            rings,
            label: "Desk phone".to_owned(),
            sip_user: format!("101-{id}"),
            ha1: None,
        };
        let anna = User {
            id: UserId(1),
            name: "Anna".to_owned(),
            extension: Some("101".to_owned()),
            calling: Default::default(),
            while_busy: Default::default(),
            mobile: Some(Mobile {
                number: "0170 1234567".to_owned(),
                delay_s: 0,
            }),
            reaching: Default::default(),
            may_record: false,
        };
        Directory {
            users: vec![anna],
            devices: vec![
                device(1, DeviceKind::Browser, Rings::default()),
                device(2, DeviceKind::DeskPhone, Rings::default()),
                device(3, DeviceKind::DeskPhone, Rings::WhenAnswered),
            ],
            ..Directory::default()
        }
    }

    #[test]
    fn the_phone_that_answers_with_the_app_is_the_controlled_one() {
        let people = people(&directory(), &Mobiles::new());
        assert_eq!((people[0].controls_phone, people[0].mobile_has_route), (Some(3), None));
    }

    #[test]
    fn without_a_route_no_trunk_leads_to_a_mobile() {
        let mobiles = mobiles(&Arc::new(directory()), WallClock::default());
        assert_eq!(people(&directory(), &mobiles)[0].mobile_has_route, Some(false));
    }

    #[test]
    fn a_phone_is_outside_when_it_has_come_from_the_internet() {
        let mut live = Picture::default();
        let registered = Registered {
            from: "198.51.100.7:40000".parse().unwrap(),
            transport: Transport::Udp,
            is_behind_nat: true,
        };
        live.registered.insert(DeviceId(2), registered);
        let locality = |address: IpAddr| {
            assert_eq!(address.to_string(), "198.51.100.7");
            Locality::Internet
        };
        let phones = phones(&directory(), (&live, true), locality, &mut Since::default(), UnixMs(7));
        let told: Vec<_> = phones
            .iter()
            .map(|phone| (phone.device, phone.transport, phone.is_outside, phone.since))
            .collect();
        assert_eq!(told, [(2, Some(PhoneTransport::Udp), true, UnixMs(7)), (3, None, false, UnixMs(7))]);
        assert_eq!(phones[0].extension, "101");
    }

    #[test]
    fn a_phone_whose_answer_was_rewritten_is_told_with_the_sign() {
        let (inside, public) = ("192.168.1.20".parse().unwrap(), "198.51.100.7".parse().unwrap());
        let told = |named: Named, echo: Option<Echo>, transport| {
            let flow = Flow {
                transport,
                local: "192.168.1.10:5060".parse().unwrap(),
                peer: "198.51.100.7:40000".parse().unwrap(),
                connection: 0,
            };
            let mut live = Picture::default();
            let unanswered_since = None;
            let way = PhoneWay {
                flow,
                named,
                echo,
                unanswered_since,
                display: PhoneDisplay::Unknown,
            };
            live.ways.insert(DeviceId(2), way);
            let phones = phones(
                &directory(),
                (&live, true),
                |_| Locality::Internet,
                &mut Since::default(),
                UnixMs(7),
            );
            assert_eq!(
                (phones[1].is_rewritten, &phones[1].rewritten_sign),
                (None, &None),
                "the other one is not known"
            );
            (phones[0].is_rewritten, phones[0].rewritten_sign.clone())
        };
        let named = |address| Named {
            via: Some(address),
            contact: Some(address),
            call_id: Some(inside),
        };
        let echo = Some(Echo {
            named: inside,
            instead: public,
        });
        assert_eq!(told(named(inside), None, Transport::Udp), (Some(false), None));
        assert_eq!(
            told(named(public), None, Transport::Udp),
            (None, None),
            "it may know that from STUN"
        );
        let sign = "To: 192.168.1.20 → 198.51.100.7".to_owned();
        assert_eq!(told(named(public), echo, Transport::Udp), (Some(true), Some(sign)));
        assert_eq!(told(named(public), None, Transport::Tls), (Some(false), None));
    }

    #[test]
    fn a_phone_is_silent_for_as_long_as_it_has_left_a_question_unanswered() {
        let mut live = Picture::default();
        let since = Instant::now().checked_sub(Duration::from_secs(9)).unwrap();
        let flow = Flow {
            transport: Transport::Udp,
            local: "192.168.1.10:5060".parse().unwrap(),
            peer: "198.51.100.7:40000".parse().unwrap(),
            connection: 0,
        };
        let way = PhoneWay {
            flow,
            named: Named::default(),
            echo: None,
            unanswered_since: Some(since),
            display: PhoneDisplay::Outdated,
        };
        live.ways.insert(DeviceId(2), way);
        let phones = phones(
            &directory(),
            (&live, true),
            |_| Locality::Internet,
            &mut Since::default(),
            UnixMs(7),
        );
        assert!(phones[0].unanswered_ms.is_some_and(|ms| (9_000..600_000).contains(&ms)));
        assert_eq!(phones[1].unanswered_ms, None);
        assert!(!phones[0].is_stuck, "it does not answer anything");
    }

    #[test]
    fn what_a_phone_shows_is_told() {
        let told = |display| {
            let mut live = Picture::default();
            let way = PhoneWay {
                flow: Flow {
                    transport: Transport::Udp,
                    local: "192.168.1.10:5060".parse().unwrap(),
                    peer: "192.168.1.20:5060".parse().unwrap(),
                    connection: 0,
                },
                named: Named::default(),
                echo: None,
                unanswered_since: None,
                display,
            };
            live.ways.insert(DeviceId(2), way);
            let phones = phones(&directory(), (&live, true), |_| Locality::Lan, &mut Since::default(), UnixMs(7));
            (phones[0].display, phones[0].is_stuck)
        };
        assert_eq!(told(PhoneDisplay::Shown), (Display::Shown, false));
        assert_eq!(told(PhoneDisplay::Refused), (Display::Refused, false));
        assert_eq!(told(PhoneDisplay::Outdated), (Display::Unknown, true));
    }

    #[test]
    fn a_phone_that_has_not_registered_yet_is_away_once_it_has_had_time_to() {
        let (mut live, mut since) = (Picture::default(), Since::default());
        let mut away_since = |live: &Picture, is_settled, now| {
            let phones = phones(&directory(), (live, is_settled), |_| Locality::Lan, &mut since, UnixMs(now));
            phones[0].since
        };
        assert_eq!(away_since(&live, false, 1), UnixMs(1));
        assert_eq!(away_since(&live, false, 9), UnixMs(9));
        assert_eq!(away_since(&live, true, 10), UnixMs(10));
        assert_eq!(away_since(&live, true, 19), UnixMs(10));
        let registered = Registered {
            from: "192.168.1.20:5060".parse().unwrap(),
            transport: Transport::Udp,
            is_behind_nat: false,
        };
        live.registered.insert(DeviceId(2), registered);
        assert_eq!(away_since(&live, false, 20), UnixMs(20));
        live.registered.clear();
        assert_eq!(away_since(&live, false, 30), UnixMs(30), "it was here in this run");
        assert_eq!(away_since(&live, false, 39), UnixMs(30));
    }
}
