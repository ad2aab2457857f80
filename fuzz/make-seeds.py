#!/usr/bin/env python3
"""Writes the seeds of the SIP targets from the test vectors of crates/sip. Run it when those change."""

import pathlib
import struct

fuzz = pathlib.Path(__file__).resolve().parent
tests = fuzz.parent / "crates/sip/tests"


def write(target: str, name: str, data: bytes) -> None:
    folder = fuzz / "seeds" / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


torture = {path.stem: path.read_bytes() for path in sorted((tests / "rfc4475").glob("*.dat"))}
phones = {path.stem: path.read_bytes().replace(b"\n", b"\r\n") for path in sorted((tests / "phones").glob("*.sip"))}
id_of_12 = bytes(range(12))
stun = struct.pack("!HHI", 1, 0, 0x2112A442) + id_of_12
stun_attribute = struct.pack("!HHI", 1, 12, 0x2112A442) + id_of_12 + struct.pack("!HH8s", 0x8022, 5, b"phone")
old_stun = struct.pack("!HHI", 1, 8, 7) + id_of_12 + struct.pack("!HHI", 3, 4, 0)

for name, message in (torture | phones).items():
    write("sip_message", name, message)
write("sip_message", "stun", stun_attribute)
write("sip_message", "old-stun", old_stun)
write("sip_message", "ping", b"\r\n\r\n")

# The first byte says how long the pieces are.
for name in ["wsinv", "dblreq", "mpart01", "ncl", "mcl01", "inv2543", "clerr", "baddn"]:
    write("sip_stream", name, b"\x40" + torture[name])
for name, message in phones.items():
    write("sip_stream", name, b"\x07" + message)
write("sip_stream", "mixed", b"\x01\r\n\r\n" + phones["jssip-register"] + b"\r\n" + stun_attribute + phones["baresip-invite"])

# Session descriptions: a phone, one that holds in the old way, one with SDES, and browsers.
phone_sdp = (
    "v=0\r\no=- 1 1 IN IP4 192.0.2.20\r\ns=-\r\nc=IN IP4 192.0.2.20\r\nt=0 0\r\n"
    "m=audio 4000 RTP/AVP 9 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n"
)
browser_sdp = (
    "v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\na=extmap-allow-mixed\r\n"
    "a=msid-semantic: WMS stream\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126\r\nc=IN IP4 0.0.0.0\r\n"
    "a=rtcp:9 IN IP4 0.0.0.0\r\na=candidate:1 1 udp 2122260223 192.0.2.20 50000 typ host generation 0\r\n"
    "a=candidate:2 1 tcp 1518280447 192.0.2.20 9 typ host tcptype active\r\na=ice-ufrag:abcd\r\n"
    "a=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=ice-options:trickle\r\na=fingerprint:sha-256 "
    + ":".join(f"{byte:02X}" for byte in range(32))
    + "\r\na=setup:actpass\r\na=mid:0\r\na=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\na=sendrecv\r\n"
    "a=msid:stream track\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\na=rtcp-fb:111 transport-cc\r\n"
    "a=fmtp:111 minptime=10;useinbandfec=1\r\na=rtpmap:63 red/48000/2\r\na=rtpmap:9 G722/8000\r\na=rtpmap:0 PCMU/8000\r\n"
    "a=rtpmap:8 PCMA/8000\r\na=rtpmap:13 CN/8000\r\na=rtpmap:110 telephone-event/48000\r\na=rtpmap:126 telephone-event/8000\r\n"
    "a=ssrc:1001 cname:abc\r\n"
)
write("sdp", "phone", phone_sdp.encode())
write("sdp", "held", phone_sdp.replace("c=IN IP4 192.0.2.20", "c=IN IP4 0.0.0.0").encode())
write("sdp", "inactive", phone_sdp.replace("sendrecv", "inactive").encode())
write("sdp", "video-too", (phone_sdp + "m=video 4002 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n").encode())
crypto = "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj|2^20|1:32\r\n"
write("sdp", "sdes", (phone_sdp.replace("RTP/AVP", "RTP/SAVP") + crypto).encode())
write("sdp", "browser", browser_sdp.encode())
write("sdp", "browser-line-feeds", browser_sdp.replace("\r\n", "\n").encode())
for name, message in torture.items():
    if b"\r\n\r\nv=0" in message:
        write("sdp", name, message.split(b"\r\n\r\n", 1)[1])


# Packets for a leg: port (even RTP, odd RTCP), length, bytes.
def packet(port: int, data: bytes) -> bytes:
    return bytes([port, len(data)]) + data


def rtp(payload_type: int, sequence: int, timestamp: int, payload: bytes, first: int = 0x80) -> bytes:
    return packet(0, struct.pack("!BBHII", first, payload_type, sequence, timestamp, 0xFACE) + payload)


sender_report = struct.pack("!BBHIIIIII", 0x81, 200, 12, 0xFACE, 0xE0000000, 0, 160, 1, 160) + struct.pack(
    "!IIIIII", 0xBEEF, 0x10000001, 7, 3, 0, 0
)
description = struct.pack("!BBHIBB", 0x81, 202, 3, 0xFACE, 1, 3) + b"abc\0\0\0"
goodbye = struct.pack("!BBHI", 0x81, 203, 1, 0xFACE)
voice = bytes(range(160))
write("rtp", "voice", b"".join(rtp(0, sequence, 160 * sequence, voice) for sequence in range(8)))
write("rtp", "gap-and-late", b"".join(rtp(8, sequence, 160 * sequence, voice) for sequence in (1, 2, 5, 4, 65535, 6)))
write("rtp", "wide", b"".join(rtp(9, sequence, 160 * sequence, voice) for sequence in range(6)))
keys = [rtp(101 | (0x80 if step == 0 else 0), step, 800, struct.pack("!BBH", 5, 0x8A if step > 3 else 10, 160 * (step + 1))) for step in range(7)]
write("rtp", "dtmf", b"".join(keys))
write("rtp", "extension-and-padding", rtp(0, 1, 160, b"\xbe\xde\0\1\x10\x7f\0\0" + voice + b"\0\0\0\4", 0xB0))
write("rtp", "rtcp", rtp(0, 1, 160, voice) + packet(1, sender_report + description) + packet(0, sender_report) + packet(1, goodbye))

# STUN: what is for the SIP port, and an ICE check for one of our legs.
for name, data in {"plain": stun, "attribute": stun_attribute, "old": old_stun}.items():
    write("stun_framing", name, data)
user = b"00abcdefgh:remote"
username = struct.pack("!HH", 6, len(user)) + user.ljust(20, b"\0")
priority = struct.pack("!HHI", 0x24, 4, 0x6E7F1EFF)
role = struct.pack("!HHQ", 0x802A, 8, 1)
attributes = username + priority + role
write("stun_framing", "ice", struct.pack("!HHI", 1, len(attributes), 0x2112A442) + id_of_12 + attributes)

for name, data in {
    "tls": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03",
    "http": b"GET / HTTP/1.1\r\n",
    "stun": stun,
    "ice-tcp": struct.pack("!H", len(stun)) + stun,
    "ssltcp": b"\x80\x46\x01\x03\x01\x00\x2d\x00\x00\x00",
    "nothing": b"\xff",
}.items():
    write("port_classifier", name, data)


# TURN: parts of a kind (1 to 4 a request's attributes, to be signed; 5 a packet for the client; 6 seconds; 0 bytes of the stream) and a length.
def part(kind: int, data: bytes) -> bytes:
    return bytes([kind, len(data)]) + data


def wish(kind: int, value: bytes) -> bytes:
    return struct.pack("!HB", kind, len(value)) + value


# 192.0.2.10:8802, mixed with the cookie.
media = struct.pack("!BBHI", 0, 1, 8802 ^ 0x2112, 0xC000020A ^ 0x2112A442)
allocate = part(1, wish(0x19, bytes([17, 0, 0, 0])))
permit = part(3, wish(0x12, media))
bind = part(4, wish(0x0C, b"\x40\0\0\0") + wish(0x12, media))
data_of_channel = part(0, b"\x40\0\0\5hello\0\0\0")
send = struct.pack("!HH8s", 0x12, 8, media) + struct.pack("!HH8s", 0x13, 5, b"hello")
indication = part(0, struct.pack("!HHI", 0x16, len(send), 0x2112A442) + id_of_12 + send)
write("relay", "channel", allocate + bind + data_of_channel + part(5, b"world") + part(2, wish(0x0D, struct.pack("!I", 0))))
write("relay", "indications", allocate + permit + indication + part(5, b"world") + bytes([6, 255]) + indication)
write("relay", "wishes", part(1, wish(0x19, bytes([17, 0, 0, 0])) + wish(0x8000, bytes([2, 0, 0, 0])) + wish(0x18, b"\0")) + bind)
write("relay", "binding", part(0, stun) + part(0, stun_attribute))
# Answers of STUN servers; the target puts the right transaction id into them.
xor_mapped = struct.pack("!HHBBHI", 0x20, 8, 0, 1, 5000 ^ 0x2112, 0xCB007101 ^ 0x2112A442)
mapped = struct.pack("!HHBBHI", 1, 8, 0, 1, 5000, 0xCB007101)
other = struct.pack("!HHBBHI", 0x802C, 8, 0, 1, 3479, 0xC633640B)
refusal = struct.pack("!HHBBBB", 9, 4, 0, 0, 4, 20)
for name, kind, body in [
    ("modern", 0x0101, xor_mapped + other),
    ("old", 0x0101, mapped + struct.pack("!HHBBHI", 5, 8, 0, 1, 3479, 0xC633640B)),
    ("altered", 0x0101, xor_mapped + mapped[:-1] + b"\x09"),
    ("refusal", 0x0111, refusal),
    ("request", 0x0001, struct.pack("!HHI", 3, 4, 6)),
]:
    write("stun_client", name, struct.pack("!HHI", kind, len(body), 0x2112A442) + id_of_12 + body)

# Numbers: a place, then what is dialled there.
for name, (place, text) in {
    "outside-line": (0, "0 0049 (0)89 1234-56"),
    "own": (0, "+49 89 12345 101"),
    "wide": (1, "＋４３（０）１ ５８８００５８"),
    "uri": (3, "sip:%2B33142685300@192.0.2.1;user=phone"),
    "word": (6, "1-800-FLOWERS"),
    "short": (5, "9112"),
    "carrier": (9, "0012 1 212 5550123"),
    "block": (2, "+4420794601(00-19)"),
    "locality": (2, "DE area=89 outside=0 own=+498912345(0-99)"),
}.items():
    write("numbers", name, bytes([place]) + text.encode())
