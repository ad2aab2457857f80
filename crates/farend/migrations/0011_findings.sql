-- What was wrong, and is: one row for each time that something was. Kept for 90 days, 10,000 at most.
CREATE TABLE findings (
    id {id},
    -- As `doctor::finding` names it.
    fault TEXT NOT NULL,
    -- The rule that it breaks (`R-e`).
    rule TEXT NOT NULL,
    -- Whom it is about, as JSON.
    subject TEXT NOT NULL,
    -- The person whom it is about, where it is one.
    extension TEXT,
    since BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    -- NULL: it is still so.
    cleared_at BIGINT,
    -- All of it, as JSON.
    finding TEXT NOT NULL
);

CREATE INDEX findings_open ON findings (cleared_at);
CREATE INDEX findings_since ON findings (since);

-- What a running server knew when it looked last. One row.
CREATE TABLE doctor_snapshot (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    looked_at BIGINT NOT NULL,
    -- Open findings, as JSON.
    findings TEXT NOT NULL,
    -- By what they were found, as JSON.
    evidence TEXT NOT NULL
);
