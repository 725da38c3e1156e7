-- What happened to accounts. Rows are only ever added, and taken away when
-- they are old; of failed sign-ins beyond a number a day the last one counts
-- the rest. What says something about a person's surroundings lies apart and
-- goes with his account; that something happened stays.

CREATE TABLE activity (
    id            TEXT   NOT NULL PRIMARY KEY,
    user_id       TEXT   REFERENCES users (id) ON DELETE SET NULL,
    kind          TEXT   NOT NULL,
    session_id    TEXT   NOT NULL,
    reason        TEXT   NOT NULL,
    actor         TEXT   NOT NULL,
    actor_id      TEXT   REFERENCES users (id) ON DELETE SET NULL,
    actor_session TEXT   NOT NULL,
    at            BIGINT NOT NULL,
    times         BIGINT NOT NULL
);
CREATE INDEX activity_newest ON activity (user_id, at, id);
CREATE INDEX activity_oldest ON activity (at);
CREATE INDEX activity_actor ON activity (actor_id) WHERE actor_id IS NOT NULL;

CREATE TABLE activity_origins (
    activity_id TEXT NOT NULL PRIMARY KEY REFERENCES activity (id) ON DELETE CASCADE,
    user_id     TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    client      TEXT NOT NULL,
    address     TEXT NOT NULL,
    agent       TEXT NOT NULL
);
CREATE INDEX activity_origins_user ON activity_origins (user_id);

-- Sessions whose last end is past are taken away.
CREATE INDEX sessions_over ON sessions (ends_at);
CREATE INDEX password_links_over ON password_links (expires_at);
