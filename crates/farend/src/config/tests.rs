use super::*;

fn parse(text: &str) -> Result<Config, ConfigError> {
    Config::parse(Path::new("/etc/farend/farend.toml"), text, &Config::default())
}

/// The file's text, and everything that is said about it.
const MISTAKES: &[(&str, &str)] = &[
    (
        "[listen]\nportal = \"8802\"\n",
        "/etc/farend/farend.toml:2: listen.portal: \"8802\" is not an address; write an IP address and a port, e.g. \"0.0.0.0:8802\" or \"[::]:8802\"",
    ),
    (
        "[listen]\n\nsip = 5060\n",
        "/etc/farend/farend.toml:3: listen.sip: is a whole number, not a text; write a text in quotes, e.g. \"0.0.0.0:5060\"",
    ),
    (
        "[listen]\nrtp_ports = \"30001-30999\"\n",
        "/etc/farend/farend.toml:2: listen.rtp_ports: the first port, 30001, is odd; \
         write first and last, e.g. \"30000-30999\": the first even, the last odd, both from 1024 to 65535",
    ),
    (
        "[listen]\nrtp_ports = \"30000-30000\"\n",
        "/etc/farend/farend.toml:2: listen.rtp_ports: the last port, 30000, is even, so its RTP stream has no RTCP port above it; \
         write first and last, e.g. \"30000-30999\": the first even, the last odd, both from 1024 to 65535",
    ),
    (
        "[listen]\nrtp_ports = \"30000-29999\"\n",
        "/etc/farend/farend.toml:2: listen.rtp_ports: 29999 is below 30000, so there is not one pair; \
         write first and last, e.g. \"30000-30999\": the first even, the last odd, both from 1024 to 65535",
    ),
    (
        "[listen]\nrtp_ports = \"30000-70000\"\n",
        "/etc/farend/farend.toml:2: listen.rtp_ports: \"30000-70000\" is not a range of ports; \
         write first and last, e.g. \"30000-30999\": the first even, the last odd, both from 1024 to 65535",
    ),
    (
        "[listen]\nsips = \"0.0.0.0:5060\"\n",
        "/etc/farend/farend.toml:2: listen.sips: takes a TCP port that listen.sip takes too; choose another port",
    ),
    (
        "[listen]\nportal = \"[::]:5061\"\n",
        "/etc/farend/farend.toml:2: listen.portal: takes a TCP port that listen.sips takes too; choose another port",
    ),
    (
        "[listen]\nmedia = \"192.0.2.1:30010\"\n",
        "/etc/farend/farend.toml:2: listen.media: takes a UDP port that listen.rtp_ports takes too; choose another port",
    ),
    (
        "[listen]\nportl = \"0.0.0.0:8802\"\n",
        "/etc/farend/farend.toml:2: listen.portl: unknown key; did you mean `portal`?",
    ),
    (
        "colour = \"blue\"\n",
        "/etc/farend/farend.toml:1: colour: unknown key; \
         remove it, or use one of: data_dir, database, listen, public, stun, tls, web, recordings, check, limits, log",
    ),
    (
        "[lisen]\nportal = \"0.0.0.0:8802\"\n",
        "/etc/farend/farend.toml:1: lisen: unknown key; did you mean `listen`?",
    ),
    (
        "listen = 3\n",
        "/etc/farend/farend.toml:1: listen: is a whole number, not a table; write [listen] on a line of its own",
    ),
    (
        "database = \"mysql://root:secret@db/farend\"\n",
        "/etc/farend/farend.toml:1: database: is neither \"sqlite\" nor the URL of a PostgreSQL database; \
         write \"sqlite\" or \"postgres://user:password@host/database\"",
    ),
    (
        "data_dir = \"\"\n",
        "/etc/farend/farend.toml:1: data_dir: is empty; write a path, e.g. \"/var/lib/farend\"",
    ),
    (
        "[public]\nhost = \"https://pbx.example.com\"\n",
        "/etc/farend/farend.toml:2: public.host: \"https://pbx.example.com\" is not a host name; \
         write the name alone, without https:// and port, e.g. \"pbx.example.com\"",
    ),
    (
        "[stun]\nmode = \"sometimes\"\n",
        "/etc/farend/farend.toml:2: stun.mode: \"sometimes\" is not a choice; \
         write one of \"automatic\", \"always\", \"static\", \"port-preserving\", \"off\"",
    ),
    (
        "[stun]\nmode = \"static\"\n",
        "/etc/farend/farend.toml:2: stun.mode: \"static\" needs public addresses; write addresses = [\"203.0.113.7\"] under [public]",
    ),
    (
        "[stun]\nservers = [\"stun.example.com:http\"]\n",
        "/etc/farend/farend.toml:2: stun.servers: \"stun.example.com:http\" is not a STUN server; \
         write name and port, e.g. \"stun.example.com:3478\"",
    ),
    (
        "[tls]\ncertificate = \"cert.pem\"\n",
        "/etc/farend/farend.toml:2: tls.certificate: stands alone, without tls.key; write key = \"/etc/farend/key.pem\" too",
    ),
    (
        "[web]\nallowed_origins = [\"https://intranet.example.com/page\"]\n",
        "/etc/farend/farend.toml:2: web.allowed_origins: \"https://intranet.example.com/page\" is not an origin; \
         write scheme and host without a path, e.g. \"https://intranet.example.com\"",
    ),
    (
        "[web]\nallowed_origins = \"https://intranet.example.com\"\n",
        "/etc/farend/farend.toml:2: web.allowed_origins: is a text, not a list; write a list, e.g. [\"https://intranet.example.com\"]",
    ),
    (
        "[check]\nstun_ports = [8803, 8802]\n",
        "/etc/farend/farend.toml:2: check.stun_ports: names port 8802, which is taken by a key of [listen]; choose another port",
    ),
    (
        "[check]\nstun_ports = [1, 2, 3, 4, 5]\n",
        "/etc/farend/farend.toml:2: check.stun_ports: names more than 4 ports; write [8803, 8804]",
    ),
    (
        "[limits]\ncalls = 0\n",
        "/etc/farend/farend.toml:2: limits.calls: 0 is out of range; write a whole number from 1 to 100000",
    ),
    (
        "[limits]\ncalls = \"many\"\n",
        "/etc/farend/farend.toml:2: limits.calls: is a text, not a whole number; write a whole number from 1 to 100000",
    ),
    (
        "[log]\nformat = \"xml\"\n",
        "/etc/farend/farend.toml:2: log.format: \"xml\" is not a choice; write one of \"text\", \"json\"",
    ),
];

#[test]
fn every_mistake_is_told_with_line_key_and_remedy() {
    for (text, expected) in MISTAKES {
        let error = parse(text).expect_err(text);
        assert_eq!(error.to_string(), *expected, "{text}");
    }
}

#[test]
fn several_mistakes_are_told_at_once_in_the_order_of_the_lines() {
    let error = parse("database = 1\n[log]\nlevel = \"loud\"\n[listen]\nsip = \"here\"\n")
        .expect_err("three mistakes")
        .to_string();
    let lines: Vec<&str> = error.lines().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(
        lines,
        [
            "/etc/farend/farend.toml:1:",
            "/etc/farend/farend.toml:3:",
            "/etc/farend/farend.toml:5:"
        ]
    );
}

#[test]
fn what_is_not_toml_is_told_with_its_line() {
    let error = parse("data_dir = \"/var/lib/farend\"\ndatabase = sqlite\n")
        .expect_err("no quotes")
        .to_string();
    assert!(error.starts_with("/etc/farend/farend.toml:2: "), "{error}");
    assert!(error.ends_with("; see https://toml.io for how TOML is written"), "{error}");
}

#[test]
fn passwords_of_databases_are_never_shown() {
    let config = parse("database = \"postgres://farend:hunter2@db/farend\"\n").expect("a good file");
    assert!(!format!("{config:?}").contains("hunter2"));
    let error = parse("database = \"mysql://farend:hunter2@db/farend\"\n").expect_err("not PostgreSQL");
    assert!(!error.to_string().contains("hunter2"));
}

#[test]
fn an_empty_file_means_the_defaults() {
    assert_eq!(parse("").expect("nothing is wrong"), Config::default());
}

#[test]
fn every_key_of_the_documentation_is_read() {
    let documentation = include_str!("../../../../docs/configuration.md");
    let example = documentation
        .split("```toml\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next())
        .expect("the documentation has an example");
    let config = parse(example).expect("the documented file is right");
    assert_eq!(config.tls.expect("files").certificate, Path::new("/etc/farend/cert.pem"));
    assert_eq!(config.public.host.as_deref(), Some("pbx.example.com"));
    assert_eq!(
        config.stun.servers,
        [StunServer {
            host: "stun.example.com".into(),
            port: Some(3478)
        }]
    );
    // The rest of the example shows the defaults.
    let rest = Config {
        tls: None,
        public: Public::default(),
        stun: Stun::default(),
        ..parse(example).expect("right")
    };
    assert_eq!(rest, Config::default());
    for key in [
        "connections_per_address",
        "registrations",
        "drain_seconds",
        "allowed_origins",
        "key_file",
        "addresses",
        "stun_ports",
        "level",
    ] {
        assert!(documentation.contains(&format!("`{key}`")), "{key} is not explained");
    }
}

#[test]
fn relative_paths_are_relative_to_the_file() {
    let config = parse("data_dir = \"data\"\n[tls]\ncertificate = \"cert.pem\"\nkey = \"/elsewhere/key.pem\"\n").expect("a good file");
    assert_eq!(config.data_dir, Path::new("/etc/farend/data"));
    let tls = config.tls.expect("both files");
    assert_eq!(
        (tls.certificate, tls.key),
        ("/etc/farend/cert.pem".into(), "/elsewhere/key.pem".into())
    );
}

#[test]
fn every_rtp_port_of_a_range_is_even_and_has_its_rtcp_port() {
    let range = PortRange {
        first: 30_000,
        last: 30_005,
    };
    assert_eq!(range.rtp().collect::<Vec<_>>(), [30_000, 30_002, 30_004]);
    let top = PortRange {
        first: 65_534,
        last: 65_535,
    };
    assert_eq!(top.rtp().collect::<Vec<_>>(), [65_534]);
}

#[test]
fn a_port_on_another_address_or_of_another_protocol_is_another_port() {
    for text in [
        "portal = \"192.0.2.1:5060\"\nsip = \"192.0.2.2:5060\"",
        "media = \"0.0.0.0:5061\"",
        "sip = \"127.0.0.1:0\"\nsips = \"127.0.0.1:0\"",
        "media = \"192.0.2.1:30000\"\nsip = \"192.0.2.2:5060\"",
    ] {
        parse(&format!("[listen]\n{text}\n")).unwrap();
    }
}
