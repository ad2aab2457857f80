-- Calls for help, and where the one who called was then.
ALTER TABLE calls ADD COLUMN emergency BIGINT NOT NULL DEFAULT 0 CHECK (emergency IN (0, 1));
ALTER TABLE calls ADD COLUMN location TEXT;
