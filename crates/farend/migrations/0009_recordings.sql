-- What was recorded. The sound is in a file each, under `path`; parties are kept as they were then, also when somebody is removed.
CREATE TABLE recordings (
    run_id BIGINT NOT NULL,
    -- As that run numbers them.
    number BIGINT NOT NULL,
    -- The journal's name of the call.
    call_id TEXT NOT NULL,
    by_rule BIGINT NOT NULL CHECK (by_rule IN (0, 1)),
    own_user BIGINT,
    own_number TEXT NOT NULL,
    own_name TEXT NOT NULL,
    other_user BIGINT,
    other_number TEXT NOT NULL,
    other_name TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    duration_ms BIGINT NOT NULL,
    -- running, complete, cut_short
    state TEXT NOT NULL,
    -- quota_reached, disk_full, failed: why it ended before the call did
    stopped TEXT,
    bytes BIGINT NOT NULL,
    -- Below the folder of recordings.
    path TEXT NOT NULL,
    delete_after BIGINT NOT NULL,
    PRIMARY KEY (run_id, number)
);

CREATE INDEX recordings_of ON recordings (own_user, run_id, number);
CREATE INDEX recordings_call ON recordings (call_id);
CREATE INDEX recordings_delete_after ON recordings (delete_after);

-- One row.
CREATE TABLE recording_settings (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    announced TEXT NOT NULL,
    keep_days BIGINT NOT NULL,
    quota_mib BIGINT NOT NULL
);

INSERT INTO recording_settings (id, announced, keep_days, quota_mib) VALUES (1, 'prompt', 90, 10240);

-- Calls that are recorded without a button; the first one that fits counts.
CREATE TABLE recording_rules (
    id {id},
    position BIGINT NOT NULL,
    -- Of one of these, or of everybody.
    user_id BIGINT REFERENCES users (id) ON DELETE CASCADE,
    team_id BIGINT REFERENCES teams (id) ON DELETE CASCADE,
    trunk_id BIGINT REFERENCES trunks (id) ON DELETE CASCADE,
    calls TEXT NOT NULL,
    announced TEXT NOT NULL
);

-- Nobody else may record or hear.
CREATE TABLE recording_permissions (
    user_id BIGINT NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    may_record BIGINT NOT NULL CHECK (may_record IN (0, 1)),
    -- none, own, all
    hears TEXT NOT NULL
);
