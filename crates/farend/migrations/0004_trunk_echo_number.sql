-- A number of each trunk's provider that answers with an echo, as people dial it; for the trunk's test.
ALTER TABLE trunks ADD COLUMN echo_number TEXT;
