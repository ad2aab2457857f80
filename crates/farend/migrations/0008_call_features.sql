-- What becomes of calls: forwards, do not disturb, when offices work; conference rooms, pick-up groups, parking.

-- When something is open.
CREATE TABLE time_profiles (
    id {id},
    name TEXT NOT NULL,
    -- As in calling.
    windows TEXT NOT NULL,
    -- ISO 3166: closed on its public holidays.
    region TEXT,
    -- Days since 1970-01-01, with blanks between them.
    closed_days TEXT NOT NULL
);

ALTER TABLE users ADD COLUMN do_not_disturb BIGINT NOT NULL DEFAULT 0 CHECK (do_not_disturb IN (0, 1));
-- Numbers, with blanks between them.
ALTER TABLE users ADD COLUMN disturbed_by TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN rejects_anonymous BIGINT NOT NULL DEFAULT 0 CHECK (rejects_anonymous IN (0, 1));

-- In this order: the first one that fits counts.
CREATE TABLE forwards (
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    position BIGINT NOT NULL,
    is_on BIGINT NOT NULL CHECK (is_on IN (0, 1)),
    in_case TEXT NOT NULL CHECK (in_case IN ('always', 'busy', 'no_answer', 'unreachable')),
    -- With no_answer.
    after_s BIGINT,
    callers TEXT NOT NULL CHECK (callers IN ('anybody', 'inside', 'outside', 'anonymous', 'these')),
    -- With these, with blanks between them.
    numbers TEXT NOT NULL,
    -- Both or neither. A profile that a forward needs stays.
    profile_id BIGINT REFERENCES time_profiles (id),
    profile_open BIGINT,
    target TEXT NOT NULL,
    PRIMARY KEY (user_id, position)
);

CREATE INDEX forwards_profile ON forwards (profile_id);

CREATE TABLE rooms (
    id {id},
    name TEXT NOT NULL,
    -- Nobody else's, neither a person's nor a team's: whoever writes looks at all of them.
    extension TEXT NOT NULL,
    -- Asked of many, and told to those who lead: no secret of one person.
    pin TEXT,
    waits_for_host BIGINT NOT NULL CHECK (waits_for_host IN (0, 1)),
    has_tones BIGINT NOT NULL CHECK (has_tones IN (0, 1)),
    members_max BIGINT NOT NULL,
    CONSTRAINT rooms_extension_key UNIQUE (extension)
);

CREATE TABLE room_hosts (
    room_id BIGINT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (room_id, user_id)
);

-- Who may answer each other's ringing calls.
CREATE TABLE pick_up_groups (
    id {id},
    name TEXT NOT NULL
);

CREATE TABLE pick_up_members (
    group_id BIGINT NOT NULL REFERENCES pick_up_groups (id) ON DELETE CASCADE,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (group_id, user_id)
);

-- One row.
CREATE TABLE parking (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    slots BIGINT NOT NULL,
    rings_back_after_s BIGINT NOT NULL
);

INSERT INTO parking (id, slots, rings_back_after_s) VALUES (1, 9, 90);
