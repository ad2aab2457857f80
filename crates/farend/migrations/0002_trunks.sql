-- Calls to and from the world. Booleans are 0 or 1, lists of words are separated by spaces.

CREATE TABLE trunks (
    id {id},
    name TEXT NOT NULL,
    enabled BIGINT NOT NULL CHECK (enabled IN (0, 1)),
    -- The provider whose facts it was made of; it is not looked at any more.
    profile TEXT,
    host TEXT NOT NULL,
    port BIGINT,
    transport TEXT CHECK (transport IN ('udp', 'tcp', 'tls')),
    from_address TEXT,
    -- 'public', 'pinned:' and the SHA-256 of a certificate in hexadecimal, or an authority in PEM.
    trust TEXT NOT NULL,
    domain TEXT NOT NULL,
    srtp TEXT NOT NULL CHECK (srtp IN ('off', 'preferred', 'mandatory')),
    ping_seconds BIGINT,
    networks TEXT NOT NULL,
    identity TEXT NOT NULL CHECK (identity IN ('from', 'asserted', 'preferred', 'account_from')),
    outgoing TEXT NOT NULL,
    incoming TEXT NOT NULL,
    number TEXT,
    CONSTRAINT trunks_name_key UNIQUE (name)
);

-- A digest client needs the password itself. Nothing but the switchboard's directory reads it.
CREATE TABLE trunk_accounts (
    trunk_id BIGINT NOT NULL REFERENCES trunks (id) ON DELETE CASCADE,
    position BIGINT NOT NULL,
    user_name TEXT NOT NULL,
    auth_user TEXT,
    password TEXT NOT NULL,
    realm TEXT,
    contact_user TEXT,
    expires_seconds BIGINT,
    PRIMARY KEY (trunk_id, position)
);

-- Where calls to our numbers go. No number is in two of them.
CREATE TABLE inbound_numbers (
    id {id},
    trunk_id BIGINT REFERENCES trunks (id) ON DELETE CASCADE,
    block TEXT NOT NULL,
    -- Without it: to the extension behind the block's head.
    target TEXT
);

CREATE TABLE routes (
    id {id},
    position BIGINT NOT NULL,
    name TEXT NOT NULL,
    prefix TEXT NOT NULL,
    classes TEXT NOT NULL,
    cost BIGINT NOT NULL
);

CREATE TABLE route_trunks (
    route_id BIGINT NOT NULL REFERENCES routes (id) ON DELETE CASCADE,
    position BIGINT NOT NULL,
    trunk_id BIGINT NOT NULL REFERENCES trunks (id) ON DELETE CASCADE,
    PRIMARY KEY (route_id, position)
);

-- One row. Without a country there is no number plan.
CREATE TABLE number_plan (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    country TEXT,
    area TEXT,
    outside TEXT,
    emergency_trunk BIGINT REFERENCES trunks (id) ON DELETE SET NULL,
    calls_per_minute_max BIGINT NOT NULL,
    costly_calls_max BIGINT NOT NULL,
    costly_minutes_per_day_max BIGINT NOT NULL,
    -- IANA's name of it; without it: the system's.
    time_zone TEXT
);

INSERT INTO number_plan (id, calls_per_minute_max, costly_calls_max, costly_minutes_per_day_max) VALUES (1, 10, 5, 300);

-- Who is not here has the defaults.
CREATE TABLE calling (
    user_id BIGINT NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    classes TEXT NOT NULL,
    -- Each as days/from-to: a sum of 1 for Monday to 64 for Sunday, and minutes of the day.
    windows TEXT NOT NULL,
    number TEXT,
    hidden BIGINT NOT NULL CHECK (hidden IN (0, 1)),
    location TEXT
);
