-- Where people have signed in from, so that the limits on sign-ins know them
-- again. A place is a MAC of the network, never an address.

CREATE TABLE familiar_places (
    user_id TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    place   TEXT   NOT NULL,
    last_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, place)
);
