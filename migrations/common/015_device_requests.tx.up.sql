-- Clients that ask to be let in by a session elsewhere (RFC 8628).

CREATE TABLE device_requests (
    device_hash BYTEA   NOT NULL PRIMARY KEY,
    user_hash   BYTEA   NOT NULL UNIQUE,
    number      BIGINT  NOT NULL,
    client      TEXT    NOT NULL,
    address     TEXT    NOT NULL,
    agent       TEXT    NOT NULL,
    asked_at    BIGINT  NOT NULL,
    expires_at  BIGINT  NOT NULL,
    polled_at   BIGINT  NOT NULL,
    pause       BIGINT  NOT NULL,
    too_soon    BOOLEAN NOT NULL,
    answer      TEXT    NOT NULL,
    user_id     TEXT REFERENCES users (id) ON DELETE CASCADE,
    session_id  TEXT    NOT NULL,
    verified    BYTEA,
    auth_time   BIGINT
);

CREATE INDEX device_requests_expiry ON device_requests (expires_at);
CREATE INDEX device_requests_user ON device_requests (user_id);
