-- Which organisations use which commons.

-- +goose Up
CREATE TABLE adoption (
    id           TEXT      NOT NULL PRIMARY KEY,
    entry        TEXT      NOT NULL,
    organisation TEXT      NOT NULL, -- organisation:ID, as a merge moves it
    since        TEXT      NOT NULL, -- year, month or day
    used_version TEXT      NOT NULL,
    purpose      TEXT      NOT NULL,
    served       BIGINT    NOT NULL, -- people, -1 if not said
    cost         TEXT      NOT NULL, -- a range
    effort       TEXT      NOT NULL, -- a range
    good         TEXT      NOT NULL,
    bad          TEXT      NOT NULL,
    contact      TEXT      NOT NULL, -- a role
    declared_by  TEXT      NOT NULL, -- person; '' for an import, or once they are erased
    verified_by  TEXT      NOT NULL, -- person; '' for nobody, or once they are erased
    verified_on  TEXT      NOT NULL, -- day; '' as long as nobody did
    until        TEXT      NOT NULL, -- last day that the verification holds
    ended_on     TEXT      NOT NULL, -- '' as long as it is used
    end_reason   TEXT      NOT NULL,
    version      BIGINT    NOT NULL, -- of the row
    created_at   TIMESTAMP NOT NULL, -- UTC
    updated_at   TIMESTAMP NOT NULL
);
CREATE INDEX adoption_entry ON adoption (entry);
CREATE INDEX adoption_organisation ON adoption (organisation);
CREATE INDEX adoption_until ON adoption (until) WHERE ended_on = '' AND verified_on <> '';
CREATE INDEX adoption_declared ON adoption (declared_by) WHERE declared_by <> '';
CREATE INDEX adoption_verified ON adoption (verified_by) WHERE verified_by <> '';
