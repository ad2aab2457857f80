//! The server: certificate, clock, STUN.

use crate::words::Text;

pub(super) const P3_CERTIFICATE_UNTRUSTED: Text = Text {
    sentence: "The server shows a certificate that it has made itself, so browsers outside warn of the page, and audio has one way less where only TLS gets through.",
    possible: "People can pass the warning, and audio over UDP and TCP works.",
    fix: &[
        "Get a certificate for the name in the page's address[ ({page_host})], from a public authority such as Let's Encrypt or from your provider.",
        "Put its files into farend.toml under {section_tls}, as certificate and key.",
        "Reload with SIGHUP (systemctl reload farend): running calls go on.",
    ],
    retest: "Open the page in a browser that has never been there: it must not warn.",
};

pub(super) const P3_CERTIFICATE_EXPIRING: Text = Text {
    sentence: "The server's certificate runs out[ on {date}], and from then on browsers refuse the page, and with it all calls.",
    possible: "Everything works until then.",
    fix: &[
        "Renew the certificate, or repair what should have renewed it by itself (certbot renew, for example).",
        "Put the new files where {section_tls} in farend.toml says, and reload with SIGHUP (systemctl reload farend).",
    ],
    retest: "Press \"Look again\": the new date is seen at once.",
};

pub(super) const P3_CERTIFICATE_EXPIRED: Text = Text {
    sentence: "The server's certificate has run out[ on {date}], so browsers refuse the page, and nobody can begin to call with them.",
    possible: "Desk phones in the office still call.",
    fix: P3_CERTIFICATE_EXPIRING.fix,
    retest: P3_CERTIFICATE_EXPIRING.retest,
};

pub(super) const P3_CERTIFICATE_NOT_YET: Text = Text {
    sentence: "The server's certificate is not good before {date|a later day}, so browsers refuse the page, and nobody can begin to call with them.",
    possible: "Desk phones in the office still call.",
    fix: &[
        "Look whether the certificate is the right one, and whether the clocks of the computers are right.",
        "Put a certificate that is good today where {section_tls} in farend.toml says, and reload with SIGHUP (systemctl reload farend).",
    ],
    retest: P3_CERTIFICATE_EXPIRING.retest,
};

pub(super) const P3_CERTIFICATE_NAME: Text = Text {
    sentence: "The server's certificate is not for {page_host|the name} by which people open the page, so their browsers warn of it or refuse it.",
    possible: "By the names in the certificate[ ({names})] the page opens without a warning.",
    fix: &[
        "Give people an address with a name of the certificate, or get a certificate that has the name they use as well.",
        "In the office, let your own DNS answer that name with the server's address inside, so that everybody uses one name.",
        "After a new certificate, reload with SIGHUP (systemctl reload farend).",
    ],
    retest: "Open the page by each of the names: no browser may warn.",
};

pub(super) const P3_CLOCK_WRONG: Text = Text {
    sentence: "The server's clock is wrong[ by {time}], so times in the call journal are, too, and browsers may distrust certificates.",
    possible: "Calls work.",
    fix: &[
        "Let the server set its clock by the network: timedatectl set-ntp true (systemd), or install chrony.",
        "See that the firewall lets NTP (UDP 123) out.",
        "In a virtual machine, switch off that the host sets the clock, or set the host's clock right.",
    ],
    retest: "timedatectl must say \"System clock synchronized: yes\"; the finding ends after the next browsers have signed in.",
};

pub(super) const N2_STUN_SERVER_DEAD: Text = Text {
    sentence: "The STUN server[ {server}] does not help ({state|no answer}) while another one does, so audio to the outside now depends on the others.",
    possible: "Calls work, by the other servers.",
    fix: &[
        "Compare name and port with what its operator says (the usual port is 3478).",
        "If it stays away, name another one under {section_stun} servers in farend.toml, and reload with SIGHUP.",
    ],
    retest: "farend nat --stun HOST:PORT asks it from here; \"Look again\" asks all.",
};

pub(super) const N3_OWN_STUN_DEAD: Text = Text {
    sentence: "The STUN server of the provider[ of {trunk}] does not help ({state|no answer}), so another one's word counts for calls by that trunk.",
    possible: "Calls by that trunk work as long as they leave by the same router as everything else.",
    fix: &[
        "Compare the server[ {server}] with the provider's documents, and correct it in the trunk's settings.",
        "If the provider has none any more, remove it there: the system's STUN servers are used then.",
    ],
    retest: "\"Look again\" asks it; then make a call by that trunk.",
};

pub(super) const N4_INTERNAL_SBC: Text = Text {
    sentence: "A setting that was imported for {person|somebody} means \"use internal SBC\"[ ({setting})], which would break web clients elsewhere and has no effect here.",
    possible: "Calls work: addresses are chosen for each device by what was measured.",
    fix: &["Nothing has to be done; remove the imported setting to be rid of this note."],
    retest: "The note ends when the setting is gone.",
};

pub(super) const RD_STUN_MISSING: Text = Text {
    sentence: "No STUN server is set up, so the server cannot know its public address, and audio with providers and people outside may stay away.",
    possible: "Calls inside work, and browsers outside that reach the page have audio over TCP.",
    fix: &[
        "Name two under {section_stun} servers in farend.toml, best those of your provider (port 3478), and reload with SIGHUP.",
        "Or, with a fixed public address: state it under {section_public} addresses, and set {section_stun} mode to \"static\".",
    ],
    retest: "Administration, Network shows the public address within seconds.",
};

pub(super) const RF_STUN_NO_DNS: Text = Text {
    sentence: "The names of the STUN servers[ ({server})] have no address, so DNS fails at the server or they are wrong, and it does not know its public address.",
    possible: "Calls inside work, and browsers outside that reach the page have audio over TCP.",
    fix: &[
        "On the server, try: getent hosts NAME, for each of the names.",
        "If that fails for every name, correct the DNS server (/etc/resolv.conf, or the network settings).",
        "If it fails for these only, correct the names under {section_stun} servers in farend.toml.",
    ],
    retest: "\"Look again\" asks DNS anew.",
};

pub(super) const RF_STUN_NO_ROUTE: Text = Text {
    sentence: "The server has no route to any STUN server, so it does not know its public address, and audio with the outside may stay away.",
    possible: "Calls inside work, and whatever else the server has a route to.",
    fix: &[
        "On the server, try: ip route get ADDRESS, for the STUN server's address.",
        "Give the server a default gateway, or a route to the STUN servers by the router where the port is forwarded.",
    ],
    retest: "\"Look again\" asks at once.",
};

pub(super) const RF_STUN_REFUSED: Text = Text {
    sentence: "All STUN servers are refused, so a firewall rejects them or nobody listens there, and the server does not know its public address.",
    possible: "Calls inside work, and browsers outside that reach the page have audio over TCP.",
    fix: &[
        "Let the server send UDP to port 3478 of the STUN servers, and answers come back.",
        "Compare names and ports of the servers[ ({server})] with what their operators say.",
    ],
    retest: "farend nat --stun HOST:PORT from the server; then \"Look again\".",
};

pub(super) const RF_STUN_SILENT: Text = Text {
    sentence: "No STUN server answers, so a firewall probably drops UDP on the way out, and the server does not know its public address.",
    possible: "Calls inside work, and browsers outside that reach the page have audio over TCP.",
    fix: &[
        "Let the server send UDP to port 3478 of the STUN servers[ ({server})], and answers come back.",
        "OPNsense, pfSense: a rule on the LAN interface that passes UDP from the server; MikroTik, Linux: accept it in the forward chain, before the rule that drops.",
        "If there is only one server, name a second one, of somebody else: the first may be down.",
    ],
    retest: "farend nat --stun HOST:PORT from the server; then \"Look again\".",
};
