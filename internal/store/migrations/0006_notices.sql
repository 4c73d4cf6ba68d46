-- What people are told and how they want to be, and the tasks that come round.

-- +goose Up
CREATE TABLE notice (
    id      TEXT      NOT NULL PRIMARY KEY, -- of the event that brought it
    person  TEXT      NOT NULL,
    subject TEXT      NOT NULL,
    title   TEXT      NOT NULL, -- JSON: key of the text and what fills it
    body    TEXT      NOT NULL, -- the same
    link    TEXT      NOT NULL, -- path in French words, '' for none
    at      TIMESTAMP NOT NULL, -- when it happened
    came_at TIMESTAMP NOT NULL,
    read_at TIMESTAMP,
    waits   INTEGER   NOT NULL  -- 1 until the daily digest has told of it
);
CREATE INDEX notice_person ON notice (person, came_at);
CREATE INDEX notice_waits ON notice (waits, person);

CREATE TABLE notice_choice (
    person  TEXT NOT NULL,
    subject TEXT NOT NULL,
    choice  TEXT NOT NULL, -- at_once, daily, here, none
    PRIMARY KEY (person, subject)
);

CREATE TABLE schedule (
    name        TEXT      NOT NULL PRIMARY KEY,
    plan        TEXT      NOT NULL, -- in words: every 1h0m0s, daily at 08:00
    due_at      TIMESTAMP NOT NULL,
    tried_at    TIMESTAMP,          -- when it last ended, well or not
    done_at     TIMESTAMP,          -- when it last ended well
    took        BIGINT    NOT NULL, -- milliseconds, the last time
    counts      TEXT      NOT NULL, -- JSON: what it did when it last ended well
    failures    INTEGER   NOT NULL, -- since it last ended well
    error       TEXT      NOT NULL, -- of the last time, '' for none
    lease       TEXT      NOT NULL, -- of whom is at it, '' for nobody
    lease_until TIMESTAMP NOT NULL
);
