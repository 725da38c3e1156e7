-- When a signing key begins to sign, and when it was withdrawn: from then on
-- no process believes what it signed.
ALTER TABLE signing_keys ADD COLUMN active_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE signing_keys ADD COLUMN withdrawn_at BIGINT;
UPDATE signing_keys SET active_at = created_at;

-- One row. Its word is another after every change of the keys, so that each
-- process can ask often whether it knows them; who changes keys locks it.
CREATE TABLE signing_key_set (
    version TEXT NOT NULL PRIMARY KEY
);
INSERT INTO signing_key_set (version) VALUES ('first');
