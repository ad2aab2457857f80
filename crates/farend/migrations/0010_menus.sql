-- Attendants' menus, announcements, prompts that were replaced; permissions and night service by time profiles.

-- What administrators have uploaded: Ogg Opus, mono.
CREATE TABLE announcements (
    id {id},
    name TEXT NOT NULL,
    duration_ms BIGINT NOT NULL,
    audio {blob} NOT NULL
);

-- What is said in place of the program's own prompts.
CREATE TABLE prompts (
    name TEXT NOT NULL,
    -- ISO 639-1.
    language TEXT NOT NULL,
    duration_ms BIGINT NOT NULL,
    audio {blob} NOT NULL,
    PRIMARY KEY (name, language)
);

-- Counts up with every change of what can be heard.
INSERT INTO settings (name, value) VALUES ('sounds_version', '1');

CREATE TABLE menus (
    id {id},
    name TEXT NOT NULL,
    -- Nobody else's: whoever writes looks at people, teams and rooms as well.
    extension TEXT NOT NULL,
    -- Null: the company's.
    language TEXT,
    greeting_id BIGINT REFERENCES announcements (id),
    takes_extensions BIGINT NOT NULL CHECK (takes_extensions IN (0, 1)),
    waits_s BIGINT NOT NULL,
    plays_max BIGINT NOT NULL,
    -- Null: always open.
    profile_id BIGINT REFERENCES time_profiles (id),
    closed_greeting_id BIGINT REFERENCES announcements (id),
    CONSTRAINT menus_extension_key UNIQUE (extension)
);

CREATE INDEX menus_profile ON menus (profile_id);

CREATE TABLE menu_choices (
    menu_id BIGINT NOT NULL REFERENCES menus (id) ON DELETE CASCADE,
    -- A key, 'otherwise' or 'closed'.
    chosen_by TEXT NOT NULL,
    does TEXT NOT NULL CHECK (does IN ('number', 'hear', 'again', 'hang_up')),
    -- With number.
    number TEXT,
    -- With hear.
    announcement_id BIGINT REFERENCES announcements (id),
    PRIMARY KEY (menu_id, chosen_by)
);

-- In place of the windows.
ALTER TABLE calling ADD COLUMN profile_id BIGINT REFERENCES time_profiles (id);
ALTER TABLE teams ADD COLUMN night_profile_id BIGINT REFERENCES time_profiles (id);
