-- Entries of the library about which people wrote, and what they wrote.

-- +goose Up
CREATE TABLE commons_entry (
    id          TEXT      NOT NULL PRIMARY KEY,
    kind        TEXT      NOT NULL,
    state       TEXT      NOT NULL, -- published, retired, merged
    home        TEXT      NOT NULL, -- level:code; '' for the whole installation
    own         TEXT      NOT NULL, -- JSON: values by field
    revision    BIGINT    NOT NULL, -- number of the last publication, 0 if none
    author      TEXT      NOT NULL, -- person; '' if a source proposed it, or once they are erased
    merged_into TEXT      NOT NULL,
    successor   TEXT      NOT NULL,
    reason      TEXT      NOT NULL, -- why it was retired
    version     BIGINT    NOT NULL,
    created_at  TIMESTAMP NOT NULL, -- UTC
    updated_at  TIMESTAMP NOT NULL
);
CREATE INDEX commons_entry_merged ON commons_entry (merged_into) WHERE merged_into <> '';
CREATE INDEX commons_entry_author ON commons_entry (author) WHERE author <> '';

CREATE TABLE commons_revision (
    id         TEXT      NOT NULL PRIMARY KEY,
    entry      TEXT      NOT NULL, -- which has no row before something of it is published
    kind       TEXT      NOT NULL,
    home       TEXT      NOT NULL,
    number     BIGINT    NOT NULL, -- of the publication, 0 before
    base       BIGINT    NOT NULL, -- number of the publication that it was written on
    sheet      TEXT      NOT NULL, -- JSON: values by field
    note       TEXT      NOT NULL, -- of its author; '' once they are erased, as author
    author     TEXT      NOT NULL,
    state      TEXT      NOT NULL, -- draft, submitted, accepted, refused, withdrawn
    reviewer   TEXT      NOT NULL, -- person; '' for none, or once they are erased
    answer     TEXT      NOT NULL,
    created_at TIMESTAMP NOT NULL, -- UTC
    updated_at TIMESTAMP NOT NULL,
    decided_at TIMESTAMP,
    version    BIGINT    NOT NULL
);
CREATE UNIQUE INDEX commons_revision_number ON commons_revision (entry, number) WHERE number > 0;
CREATE INDEX commons_revision_entry ON commons_revision (entry, updated_at);
CREATE INDEX commons_revision_author ON commons_revision (author, updated_at) WHERE author <> '';
CREATE INDEX commons_revision_reviewer ON commons_revision (reviewer) WHERE reviewer <> '';
CREATE INDEX commons_revision_waiting ON commons_revision (state, updated_at);
