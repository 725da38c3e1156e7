-- SSH keys that sign in, what they opened, and the one-use ids that were spent
-- on the way.

CREATE TABLE ssh_keys (
    id                     TEXT    NOT NULL PRIMARY KEY,
    user_id                TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    fingerprint            TEXT    NOT NULL,
    public_key             TEXT    NOT NULL,
    name                   TEXT    NOT NULL,
    from_networks          TEXT    NOT NULL,
    replaces_second_factor BOOLEAN NOT NULL,
    created_at             BIGINT  NOT NULL,
    last_used_at           BIGINT,
    CONSTRAINT ssh_keys_fingerprint UNIQUE (fingerprint)
);
CREATE INDEX ssh_keys_user ON ssh_keys (user_id);

ALTER TABLE sessions ADD COLUMN key_id TEXT;
ALTER TABLE sessions ADD COLUMN gateway BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX sessions_key ON sessions (key_id) WHERE key_id IS NOT NULL;

-- How the first step was taken, and with which key.
ALTER TABLE sign_in_attempts ADD COLUMN method TEXT NOT NULL DEFAULT 'pwd';
ALTER TABLE sign_in_attempts ADD COLUMN key_id TEXT NOT NULL DEFAULT '';

ALTER TABLE activity_origins ADD COLUMN fingerprint TEXT NOT NULL DEFAULT '';

CREATE TABLE spent_ids (
    hash       BYTEA  NOT NULL PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
CREATE INDEX spent_ids_over ON spent_ids (expires_at);
