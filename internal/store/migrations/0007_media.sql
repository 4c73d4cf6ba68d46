-- Attachments, and the bytes that they have, which are kept elsewhere.

-- +goose Up
CREATE TABLE blob (
    sha256   TEXT      NOT NULL PRIMARY KEY, -- hexadecimal
    size     BIGINT    NOT NULL,             -- bytes
    used_at  TIMESTAMP NOT NULL,             -- UTC, when last claimed or let go: left alone for a while from then
    going_at TIMESTAMP                       -- UTC, when a server began to remove the bytes
);
CREATE INDEX blob_used ON blob (used_at);

CREATE TABLE attachment (
    id         TEXT      NOT NULL PRIMARY KEY,
    subject    TEXT      NOT NULL, -- what it belongs to, such as 'mandate:7h2k9m4xq0'
    name       TEXT      NOT NULL,
    alt        TEXT      NOT NULL, -- what a picture shows, '' for none
    type       TEXT      NOT NULL, -- media type, decided by content
    sha256     TEXT      NOT NULL REFERENCES blob (sha256),
    small      TEXT      REFERENCES blob (sha256), -- of a smaller rendition
    width      INTEGER   NOT NULL, -- pixels, 0 for what is no picture
    height     INTEGER   NOT NULL,
    public     INTEGER   NOT NULL, -- 1 for yes
    giver      TEXT      NOT NULL, -- actor; '' once they are erased
    given_at   TIMESTAMP NOT NULL, -- UTC
    version    BIGINT    NOT NULL
);
CREATE INDEX attachment_subject ON attachment (subject, given_at);
CREATE INDEX attachment_sha256 ON attachment (sha256);
CREATE INDEX attachment_small ON attachment (small);
CREATE INDEX attachment_giver ON attachment (giver);
