-- The STUN server of a provider's own: a host, or host and port.
ALTER TABLE trunks ADD COLUMN stun TEXT;
