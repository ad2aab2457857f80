-- One number at several phones, phones that people share, teams, and who has changed what.

-- A phone may be nobody's from now on: it belongs to a place or to a team. Keys stay, and so does the count of them.
DROP INDEX devices_user;
ALTER TABLE devices ADD COLUMN owner_id BIGINT REFERENCES users (id) ON DELETE CASCADE;
UPDATE devices SET owner_id = user_id;
ALTER TABLE devices DROP COLUMN user_id;
ALTER TABLE devices RENAME COLUMN owner_id TO user_id;
CREATE INDEX devices_user ON devices (user_id);

-- Who may log on there; without it the phone is nobody's but its owner's.
ALTER TABLE devices ADD COLUMN shared TEXT CHECK (shared IN ('everybody', 'people'));
ALTER TABLE devices ADD COLUMN rings TEXT NOT NULL DEFAULT 'after' CHECK (rings IN ('after', 'when_answered', 'never'));
ALTER TABLE devices ADD COLUMN rings_after_s BIGINT NOT NULL DEFAULT 0;

-- Who may log on at a phone that is shared by some people.
CREATE TABLE device_people (
    device_id BIGINT NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (device_id, user_id)
);

ALTER TABLE users ADD COLUMN pin_hash TEXT;
ALTER TABLE users ADD COLUMN while_busy TEXT NOT NULL DEFAULT 'call_waiting' CHECK (while_busy IN ('call_waiting', 'ring_others', 'busy'));
-- Both or neither.
ALTER TABLE users ADD COLUMN mobile_number TEXT;
ALTER TABLE users ADD COLUMN mobile_delay_s BIGINT;

-- People as they are read: whether somebody has a PIN, not which.
CREATE VIEW people AS
    SELECT id, login, name, extension, role, password_hash, CASE WHEN pin_hash IS NULL THEN 0 ELSE 1 END AS has_pin FROM users;

CREATE TABLE teams (
    id {id},
    name TEXT NOT NULL,
    -- Nobody else's, neither a person's: whoever writes looks at both.
    extension TEXT NOT NULL,
    has_line BIGINT NOT NULL CHECK (has_line IN (0, 1)),
    ring_order TEXT NOT NULL CHECK (ring_order IN ('all', 'in_turn', 'longest_idle')),
    turn_s BIGINT NOT NULL,
    busy_when TEXT NOT NULL CHECK (busy_when IN ('all', 'first')),
    -- Both or neither.
    overflow_after_s BIGINT,
    overflow_number TEXT,
    -- Windows as in calling; both or neither.
    night_day TEXT,
    night_number TEXT,
    CONSTRAINT teams_extension_key UNIQUE (extension)
);

-- Each a person or a phone.
CREATE TABLE team_members (
    team_id BIGINT NOT NULL REFERENCES teams (id) ON DELETE CASCADE,
    position BIGINT NOT NULL,
    user_id BIGINT REFERENCES users (id) ON DELETE CASCADE,
    device_id BIGINT REFERENCES devices (id) ON DELETE CASCADE,
    rings BIGINT NOT NULL CHECK (rings IN (0, 1)),
    PRIMARY KEY (team_id, position),
    CHECK ((user_id IS NULL) <> (device_id IS NULL))
);

-- Desk share from one run to the next: shared phones that are not simply their owner's.
CREATE TABLE phone_seats (
    device_id BIGINT NOT NULL PRIMARY KEY REFERENCES devices (id) ON DELETE CASCADE,
    -- Who has logged on by code; without it their owner has logged off.
    guest_id BIGINT REFERENCES users (id) ON DELETE CASCADE
);

-- People whose number is with their browser, or was.
CREATE TABLE person_seats (
    user_id BIGINT NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    is_mobile BIGINT NOT NULL CHECK (is_mobile IN (0, 1)),
    -- Call-IDs as a list in JSON.
    given_up TEXT NOT NULL
);

-- Who has changed what. It outlives people, hence no foreign key; never a secret.
CREATE TABLE audit (
    id {id},
    at BIGINT NOT NULL,
    by_user BIGINT,
    by_name TEXT NOT NULL,
    via TEXT NOT NULL CHECK (via IN ('app', 'api', 'phone', 'command_line')),
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    -- An object in JSON.
    details TEXT NOT NULL
);

CREATE INDEX audit_at ON audit (at);
CREATE INDEX audit_by_user ON audit (by_user, id);
