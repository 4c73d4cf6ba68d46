-- Organisations, where they act, which were merged and which only look alike.

-- +goose Up
CREATE TABLE organisation (
    id          TEXT      NOT NULL PRIMARY KEY,
    kind        TEXT      NOT NULL,
    name        TEXT      NOT NULL,
    short_name  TEXT      NOT NULL,
    folded      TEXT      NOT NULL, -- words of both, folded, between spaces
    sorted      TEXT      NOT NULL, -- folded name in letters and digits only: all databases sort it alike
    siren       TEXT      NOT NULL, -- '' for none, as below
    siret       TEXT      NOT NULL,
    rna         TEXT      NOT NULL,
    address     TEXT      NOT NULL,
    postal_code TEXT      NOT NULL,
    commune     TEXT      NOT NULL, -- INSEE code
    email       TEXT      NOT NULL,
    website     TEXT      NOT NULL,
    vintage     INTEGER   NOT NULL, -- COG year of commune and territories
    state       TEXT      NOT NULL, -- active, closed, merged
    merged_into TEXT      NOT NULL,
    version     BIGINT    NOT NULL,
    created_at  TIMESTAMP NOT NULL  -- UTC
);
CREATE UNIQUE INDEX organisation_siren ON organisation (siren, siret) WHERE siren <> '' AND state <> 'merged';
CREATE UNIQUE INDEX organisation_rna ON organisation (rna) WHERE rna <> '' AND state <> 'merged';
CREATE INDEX organisation_sorted ON organisation (sorted, id);
CREATE INDEX organisation_commune ON organisation (commune);

CREATE TABLE organisation_territory (
    organisation TEXT    NOT NULL REFERENCES organisation (id),
    place        INTEGER NOT NULL, -- 0, 1, 2, … in the organisation's own order
    territory    TEXT    NOT NULL, -- level:code
    PRIMARY KEY (organisation, territory)
);
CREATE INDEX organisation_territory_of ON organisation_territory (territory);

CREATE TABLE organisation_merge (
    id           TEXT      NOT NULL PRIMARY KEY,
    kept         TEXT      NOT NULL REFERENCES organisation (id),
    merged       TEXT      NOT NULL REFERENCES organisation (id),
    merged_state TEXT      NOT NULL, -- of the merged one, before
    actor        TEXT      NOT NULL,
    at           TIMESTAMP NOT NULL,
    was          TEXT      NOT NULL, -- JSON: fields of the kept one that changed, before and after
    became       TEXT      NOT NULL,
    moved        TEXT      NOT NULL, -- JSON: rows that referred to the merged one, by table
    undone_at    TIMESTAMP
);
CREATE INDEX organisation_merge_kept ON organisation_merge (kept);
CREATE INDEX organisation_merge_merged ON organisation_merge (merged);

-- Pairs that look alike and are two, the lower id first.
CREATE TABLE organisation_apart (
    one   TEXT      NOT NULL REFERENCES organisation (id),
    other TEXT      NOT NULL REFERENCES organisation (id),
    at    TIMESTAMP NOT NULL,
    PRIMARY KEY (one, other)
);
