-- The record of every change and its chain, keys of persons, the outbox, and
-- what administrators set.

-- +goose Up
CREATE TABLE audit_row (
    seq     BIGINT    NOT NULL PRIMARY KEY, -- 1, 2, 3, … without a hole
    at      TIMESTAMP NOT NULL,             -- UTC
    actor   TEXT      NOT NULL,
    action  TEXT      NOT NULL,
    subject TEXT      NOT NULL,
    was     TEXT      NOT NULL,             -- canonical JSON, '' for nothing
    became  TEXT      NOT NULL,
    hash    TEXT      NOT NULL              -- SHA-256 over the hash before and this row
);
CREATE INDEX audit_row_subject ON audit_row (subject, seq);
CREATE INDEX audit_row_actor ON audit_row (actor, seq);

-- One row, locked last in each change: the end of the chain.
CREATE TABLE audit_head (
    id   INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    seq  BIGINT  NOT NULL,
    hash TEXT    NOT NULL
);
INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, '');

-- The key that seals a person's values; '' once they are erased.
CREATE TABLE person_key (
    person    TEXT NOT NULL PRIMARY KEY,
    secret    TEXT NOT NULL, -- base64
    erased_at TIMESTAMP      -- UTC
);

CREATE TABLE outbox (
    id          TEXT      NOT NULL PRIMARY KEY, -- by it the other side knows a second delivery
    kind        TEXT      NOT NULL,
    body        TEXT      NOT NULL,             -- JSON, '' once delivered
    person      TEXT      NOT NULL,             -- whose data the body holds, '' for nobody's
    state       TEXT      NOT NULL,             -- waiting, done, dead
    attempts    INTEGER   NOT NULL,
    created_at  TIMESTAMP NOT NULL,
    due_at      TIMESTAMP NOT NULL,
    lease       TEXT      NOT NULL,             -- of whom is delivering it, '' for nobody
    lease_until TIMESTAMP NOT NULL,
    error       TEXT      NOT NULL              -- of the last attempt
);
CREATE INDEX outbox_due ON outbox (state, due_at);
CREATE INDEX outbox_person ON outbox (person);

CREATE TABLE setting (
    name    TEXT   NOT NULL PRIMARY KEY,
    value   TEXT   NOT NULL, -- JSON
    version BIGINT NOT NULL
);
