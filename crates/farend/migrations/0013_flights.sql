-- What the flight recorder has kept of a call: compressed JSON, without bodies of messages, credentials and pressed keys.
CREATE TABLE flights (
    -- The journal's name of the call.
    call_id TEXT NOT NULL PRIMARY KEY,
    begun_at BIGINT NOT NULL,
    -- Of the story.
    bytes BIGINT NOT NULL,
    story {blob} NOT NULL
);

CREATE INDEX flights_begun_at ON flights (begun_at);
