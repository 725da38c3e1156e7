-- People, their sessions, and the keys that sign access tokens.

CREATE TABLE users (
    id              TEXT    NOT NULL PRIMARY KEY,
    username        TEXT    NOT NULL,
    username_folded TEXT    NOT NULL,
    email           TEXT    NOT NULL,
    email_folded    TEXT    NOT NULL,
    password_hash   TEXT    NOT NULL,
    is_active       BOOLEAN NOT NULL,
    is_superuser    BOOLEAN NOT NULL,
    created_at      BIGINT  NOT NULL,
    updated_at      BIGINT  NOT NULL,
    CONSTRAINT users_username_key UNIQUE (username_folded),
    CONSTRAINT users_email_key UNIQUE (email_folded)
);

CREATE TABLE sessions (
    id              TEXT    NOT NULL PRIMARY KEY,
    user_id         TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    secret_hash     BYTEA,
    cookie_hash     BYTEA,
    counter         BIGINT  NOT NULL,
    from_counter    BIGINT  NOT NULL,
    rotated_at      BIGINT  NOT NULL,
    seen            BIGINT  NOT NULL,
    created_at      BIGINT  NOT NULL,
    last_used_at    BIGINT  NOT NULL,
    idle_end        BIGINT  NOT NULL,
    ends_at         BIGINT  NOT NULL,
    ended_at        BIGINT,
    end_reason      TEXT    NOT NULL,
    auth_time       BIGINT,
    amr             TEXT    NOT NULL,
    client          TEXT    NOT NULL,
    address         TEXT    NOT NULL,
    agent           TEXT    NOT NULL,
    rotated_client  TEXT    NOT NULL,
    rotated_address TEXT    NOT NULL,
    rotated_agent   TEXT    NOT NULL,
    brief           BOOLEAN NOT NULL
);

-- Lists, the cap and the ends of one person; a rotation changes neither index.
CREATE INDEX sessions_open ON sessions (user_id) WHERE ended_at IS NULL;
CREATE INDEX sessions_ended ON sessions (user_id, ended_at) WHERE ended_at IS NOT NULL;
CREATE UNIQUE INDEX sessions_cookie ON sessions (cookie_hash) WHERE cookie_hash IS NOT NULL;

CREATE TABLE signing_keys (
    id         TEXT   NOT NULL PRIMARY KEY,
    algorithm  TEXT   NOT NULL,
    public     BYTEA  NOT NULL,
    sealed     BYTEA  NOT NULL,
    created_at BIGINT NOT NULL,
    retired_at BIGINT
);

CREATE TABLE password_links (
    hash       BYTEA  NOT NULL PRIMARY KEY,
    user_id    TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX password_links_user ON password_links (user_id);
