-- Catalogues elsewhere from which the library is harvested, and what they say.

-- +goose Up
CREATE TABLE commons_source (
    id         TEXT      NOT NULL PRIMARY KEY,
    kind       TEXT      NOT NULL, -- publiccode, list, dcat, bassin
    address    TEXT      NOT NULL,
    title      TEXT      NOT NULL,
    home       TEXT      NOT NULL, -- level:code of what it brings; '' for the whole installation
    rhythm     TEXT      NOT NULL, -- daily, weekly
    licence    TEXT      NOT NULL, -- SPDX, of its words; '' if not known
    state      TEXT      NOT NULL, -- on, paused, removed
    allow      BIGINT    NOT NULL, -- 1: the next run may withdraw whatever is missing
    validator  TEXT      NOT NULL, -- of the last answer, for the next request
    place      TEXT      NOT NULL, -- page where to go on; '' for the beginning
    run_at     TIMESTAMP,          -- UTC; when the run under way began
    due_at     TIMESTAMP NOT NULL,
    failures   BIGINT    NOT NULL,
    report     TEXT      NOT NULL, -- JSON: of the run under way or of the last one
    version    BIGINT    NOT NULL,
    created_at TIMESTAMP NOT NULL
);

CREATE TABLE commons_harvested (
    source     TEXT      NOT NULL,
    record     TEXT      NOT NULL, -- how the source names it
    entry      TEXT      NOT NULL,
    kind       TEXT      NOT NULL,
    sheet      TEXT      NOT NULL, -- JSON: values by field
    sum        TEXT      NOT NULL, -- of kind and sheet
    validator  TEXT      NOT NULL, -- of the file of its own, for the next request
    first_seen TIMESTAMP NOT NULL, -- UTC
    changed_at TIMESTAMP NOT NULL,
    last_seen  TIMESTAMP NOT NULL,
    gone_at    TIMESTAMP,          -- since when the source no longer has it
    PRIMARY KEY (source, record)
);
CREATE INDEX commons_harvested_entry ON commons_harvested (entry);
CREATE INDEX commons_harvested_seen ON commons_harvested (source, last_seen);
