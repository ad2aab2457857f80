-- Whose number a provider is told when a call of the world is handed on to the world.
ALTER TABLE trunks ADD COLUMN forwarded TEXT NOT NULL DEFAULT 'own' CHECK (forwarded IN ('own', 'original_with_diversion'));
