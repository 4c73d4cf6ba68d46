-- People, how they prove who they are, where they are signed in, and their mandates.

-- +goose Up
CREATE TABLE person (
    id         TEXT      NOT NULL PRIMARY KEY,
    name       TEXT      NOT NULL,
    name_key   TEXT      NOT NULL, -- folded, to search and sort by
    email      TEXT      NOT NULL, -- '' once erased
    email_key  TEXT      NOT NULL,
    lang       TEXT      NOT NULL,
    state      TEXT      NOT NULL, -- unverified, active, suspended, erased
    created_at TIMESTAMP NOT NULL, -- UTC
    seen_at    TIMESTAMP,          -- last sign-in, to the day
    version    BIGINT    NOT NULL
);
CREATE UNIQUE INDEX person_email ON person (email_key) WHERE email_key <> '';
CREATE INDEX person_name ON person (name_key, id);

CREATE TABLE credential (
    id         TEXT      NOT NULL PRIMARY KEY,
    person     TEXT      NOT NULL REFERENCES person (id),
    kind       TEXT      NOT NULL, -- password, totp, recovery, passkey, external
    label      TEXT      NOT NULL,
    lookup     TEXT      NOT NULL, -- by which it is found, '' for what is not
    data       TEXT      NOT NULL,
    created_at TIMESTAMP NOT NULL,
    used_at    TIMESTAMP
);
CREATE UNIQUE INDEX credential_lookup ON credential (kind, lookup) WHERE lookup <> '';
CREATE INDEX credential_person ON credential (person);

CREATE TABLE session (
    id         TEXT      NOT NULL PRIMARY KEY,
    person     TEXT      NOT NULL REFERENCES person (id),
    token_hash TEXT      NOT NULL UNIQUE,
    method     TEXT      NOT NULL,
    strong     INTEGER   NOT NULL, -- 1 if two factors were shown
    device     TEXT      NOT NULL,
    created_at TIMESTAMP NOT NULL,
    seen_at    TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX session_person ON session (person);

CREATE TABLE ticket (
    token_hash TEXT      NOT NULL PRIMARY KEY,
    purpose    TEXT      NOT NULL,
    person     TEXT      NOT NULL, -- '' for somebody without account
    data       TEXT      NOT NULL, -- JSON
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX ticket_person ON ticket (person);

-- What went wrong under a key since it last went well.
CREATE TABLE failure (
    subject TEXT      NOT NULL PRIMARY KEY,
    times   INTEGER   NOT NULL,
    last_at TIMESTAMP NOT NULL
);

CREATE TABLE mandate (
    id           TEXT      NOT NULL PRIMARY KEY,
    person       TEXT      NOT NULL REFERENCES person (id),
    role         TEXT      NOT NULL,
    scope        TEXT      NOT NULL, -- '' for the whole installation, level:code, organisation:id
    starts       TEXT      NOT NULL, -- days, ISO 8601
    ends         TEXT      NOT NULL, -- last day, '' while nobody ends it
    given_by     TEXT      NOT NULL,
    act          TEXT      NOT NULL,
    act_href     TEXT      NOT NULL,
    follows      TEXT      NOT NULL,
    ended_by     TEXT      NOT NULL,
    end_reason   TEXT      NOT NULL,
    created_at   TIMESTAMP NOT NULL,
    version      BIGINT    NOT NULL
);
CREATE INDEX mandate_person ON mandate (person, starts);
CREATE INDEX mandate_scope ON mandate (scope, role);
