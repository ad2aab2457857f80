-- One text for SQLite and PostgreSQL; {id} is a key that counts up by itself and never repeats.
-- Times are milliseconds since 1970 UTC.

CREATE TABLE users (
    id {id},
    login TEXT NOT NULL,
    name TEXT NOT NULL,
    extension TEXT,
    role TEXT NOT NULL CHECK (role IN ('user', 'administrator')),
    password_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT users_login_key UNIQUE (login),
    CONSTRAINT users_extension_key UNIQUE (extension)
);

CREATE TABLE devices (
    id {id},
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('browser', 'desk_phone')),
    label TEXT NOT NULL,
    sip_user TEXT NOT NULL,
    -- Digest hashes of the secret; both or neither. Without them only a session of the app may use the device.
    ha1_md5 TEXT,
    ha1_sha256 TEXT,
    created_at BIGINT NOT NULL,
    CONSTRAINT devices_sip_user_key UNIQUE (sip_user)
);

CREATE INDEX devices_user ON devices (user_id);

-- Tokens themselves are nowhere: token_hash is their SHA-256.
CREATE TABLE sessions (
    token_hash TEXT NOT NULL PRIMARY KEY,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE settings (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- Every commit that changes what the switchboard must know counts this up, also from the command line.
INSERT INTO settings (name, value) VALUES ('directory_version', '1');

-- One row for each time that the server ran. alive_at is written every ten seconds, so that calls cut off by a crash get an honest end.
CREATE TABLE runs (
    id {id},
    started_at BIGINT NOT NULL,
    alive_at BIGINT NOT NULL,
    ended_at BIGINT
);

-- People and devices are remembered by number and name as well as by key: the journal outlives them, hence no foreign keys.
CREATE TABLE calls (
    id TEXT NOT NULL PRIMARY KEY,
    run_id BIGINT NOT NULL,
    caller_user BIGINT,
    caller_device BIGINT,
    caller_number TEXT NOT NULL,
    caller_name TEXT NOT NULL,
    called_user BIGINT,
    called_device BIGINT,
    called_number TEXT NOT NULL,
    called_name TEXT NOT NULL,
    answered_device BIGINT,
    started_at BIGINT NOT NULL,
    answered_at BIGINT,
    ended_at BIGINT,
    outcome TEXT,
    end_reason TEXT,
    quality TEXT
);

CREATE INDEX calls_started ON calls (started_at, id);

-- Whose journal a call stands in; the key is the order in which it is read.
CREATE TABLE call_users (
    user_id BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    call_id TEXT NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
    PRIMARY KEY (user_id, started_at, call_id)
);

CREATE TABLE transfers (
    call_id TEXT NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
    position BIGINT NOT NULL,
    at BIGINT NOT NULL,
    by_user BIGINT,
    by_number TEXT NOT NULL,
    to_user BIGINT,
    to_number TEXT NOT NULL,
    to_name TEXT NOT NULL,
    PRIMARY KEY (call_id, position)
);
