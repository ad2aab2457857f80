-- Links by which somebody without a sign-in may run a check. Only the SHA-256 of what opens one is kept.
CREATE TABLE check_links (
    id {id},
    token_hash TEXT NOT NULL UNIQUE,
    -- What the administrator calls it.
    label TEXT NOT NULL,
    -- Whose results these are: a test as this person.
    user_id BIGINT REFERENCES users (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    -- When it was opened first.
    used_at BIGINT
);

-- What browsers' checks have found.
CREATE TABLE checks (
    id {id},
    at BIGINT NOT NULL,
    -- Who it counts for.
    user_id BIGINT REFERENCES users (id) ON DELETE CASCADE,
    -- The link it came by; the link may be gone.
    link_id BIGINT,
    label TEXT,
    -- The network as JSON of doctor::evidence::UserNetwork, the check within.
    network TEXT NOT NULL,
    address TEXT NOT NULL,
    -- good, fair, poor, unknown
    verdict TEXT NOT NULL,
    -- JSON of doctor::finding::Finding.
    findings TEXT NOT NULL
);

CREATE INDEX checks_of_users ON checks (user_id, id);
CREATE INDEX checks_of_links ON checks (link_id, id);
