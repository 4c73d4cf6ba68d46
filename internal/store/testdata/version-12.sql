-- The hashes were computed by another program than Bassin.
INSERT INTO perimeter (code, communes, vintage, created_at)
VALUES ('7h2k9m4xq0', '22113,22266,2A004', 2026, '2026-11-23 08:30:05.25+00:00');
INSERT INTO setting (name, value, version) VALUES ('site', '{"name":"Été"}', 1);
INSERT INTO person_key (person, secret, erased_at) VALUES ('ada', 'MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=', NULL);
INSERT INTO person_key (person, secret, erased_at) VALUES ('bob', '', '2026-11-26 09:00:02.000001+00:00');
INSERT INTO outbox (id, kind, body, person, state, attempts, created_at, due_at, lease, lease_until, error)
VALUES ('00112233445566778899aabbccddeeff', 'mail', '{"to":"ada@example.fr"}', 'ada', 'waiting', 2, '2026-11-26 09:00:01+00:00', '2026-11-26 09:00:31+00:00', '', '2026-11-26 09:00:01+00:00', 'refused');
INSERT INTO audit_row (seq, at, actor, action, subject, was, became, hash)
VALUES (1, '2026-11-26 09:00:00.25+00:00', 'visitor', 'perimeter.save', 'perimeter:7h2k9m4xq0', '', '{"communes":"22113,22266,2A004","vintage":2026}', '404b14f38dfe201b5eef2b70472affc879f51d0156521ac9858a74e04748fd41');
INSERT INTO audit_row (seq, at, actor, action, subject, was, became, hash)
VALUES (2, '2026-11-26 09:00:01+00:00', 'person:ada', 'setting.update', 'setting:site', '', '{"value":{"name":"Été"}}', '5053184c938603bb14d3c5056a491bbd0ce910c342d5338f13869985359ffa07');
INSERT INTO audit_row (seq, at, actor, action, subject, was, became, hash)
VALUES (3, '2026-11-26 09:00:02.000001+00:00', 'system', 'person.erase', 'person:bob', '', '', 'ca0eb789c3433a02a1f6bd0334968b7aa383b9d25f17615b8076e0b942a0242d');
UPDATE audit_head SET seq = 3, hash = 'ca0eb789c3433a02a1f6bd0334968b7aa383b9d25f17615b8076e0b942a0242d' WHERE id = 1;
INSERT INTO person (id, name, name_key, email, email_key, lang, state, created_at, seen_at, version)
VALUES ('ada', 'Ada L.', 'ada l', 'Ada@example.fr', 'ada@example.fr', 'fr', 'active', '2026-11-26 09:00:00.25+00:00', '2026-11-26 00:00:00+00:00', 2);
INSERT INTO credential (id, person, kind, label, lookup, data, created_at, used_at)
VALUES ('c1', 'ada', 'external', 'Agents', 'https://id.example sub', '{}', '2026-11-26 09:00:00.25+00:00', NULL);
INSERT INTO session (id, person, token_hash, method, strong, device, created_at, seen_at, expires_at)
VALUES ('s1', 'ada', '00', 'external', 1, 'Firefox, Linux', '2026-11-26 09:00:00+00:00', '2026-11-26 09:05:00+00:00', '2026-12-26 09:00:00+00:00');
INSERT INTO ticket (token_hash, purpose, person, data, created_at, expires_at)
VALUES ('01', 'reset', 'ada', '{}', '2026-11-26 09:00:00+00:00', '2026-11-26 10:00:00+00:00');
INSERT INTO failure (subject, times, last_at) VALUES ('account:x', 3, '2026-11-26 09:00:00+00:00');
INSERT INTO mandate (id, person, role, scope, starts, ends, given_by, act, act_href, follows, ended_by, end_reason, created_at, version)
VALUES ('m1', 'ada', 'coordinator', 'bv:22266', '2026-01-01', '', '', 'Délibération 2025-12', 'https://example.fr/acte', '', '', '', '2026-01-01 08:00:00+00:00', 1);
INSERT INTO organisation (id, kind, name, short_name, folded, sorted, siren, siret, rna, address, postal_code, commune, email, website, vintage, state, merged_into, version, created_at)
VALUES ('00112233445566aa', 'association', 'Le Cap', 'CAP', ' le cap cap ', 'le0cap', '443157722', '44315772200010', 'W224001234', '2 rue de l’Œuf', '22110', '22266', 'cap@example.fr', 'https://example.fr', 2026, 'active', '', 2, '2026-11-26 09:00:00+00:00');
INSERT INTO organisation (id, kind, name, short_name, folded, sorted, siren, siret, rna, address, postal_code, commune, email, website, vintage, state, merged_into, version, created_at)
VALUES ('00112233445566bb', 'association', 'Le Cap, Rostrenen', '', ' le cap rostrenen ', 'le0cap0rostrenen', '443157722', '44315772200010', '', '', '', '22266', '', '', 2026, 'merged', '00112233445566aa', 2, '2026-11-26 09:00:00+00:00');
INSERT INTO organisation_territory (organisation, place, territory) VALUES ('00112233445566aa', 0, 'bv:22266');
INSERT INTO organisation_territory (organisation, place, territory) VALUES ('00112233445566aa', 1, 'commune:22220');
INSERT INTO organisation_merge (id, kept, merged, merged_state, actor, at, was, became, moved, undone_at)
VALUES ('00112233445566cc', '00112233445566aa', '00112233445566bb', 'closed', 'person:ada', '2026-11-26 09:00:01+00:00', '{"siret":""}', '{"siret":"44315772200010"}', 'null', NULL);
INSERT INTO organisation_apart (one, other, at) VALUES ('00112233445566aa', '00112233445566bb', '2026-11-26 09:00:02+00:00');
INSERT INTO secret (name, value) VALUES ('mail', 'clé');
INSERT INTO notice (id, person, subject, title, body, link, at, came_at, read_at, waits)
VALUES ('n1', 'ada', 'mandates', '{"key":"notice.mandate.ends","args":[{"text":"é"},{"number":3}]}', '{"key":""}', '/mon-compte', '2026-11-26 09:00:00.5+00:00', '2026-11-26 09:00:01.5+00:00', NULL, 1);
INSERT INTO notice_choice (person, subject, choice) VALUES ('ada', 'mandates', 'daily');
INSERT INTO schedule (name, plan, due_at, tried_at, done_at, took, counts, failures, error, lease, lease_until)
VALUES ('digest', 'daily at 08:00', '2026-11-27 07:00:00+00:00', '2026-11-26 09:00:01.5+00:00', NULL, 1500, '{"digests":7}', 2, 'no answer', '', '2026-11-26 09:00:01.5+00:00');
INSERT INTO blob (sha256, size, used_at, going_at) VALUES ('abababababababababababababababababababababababababababababababab', 1234567, '2026-11-26 09:05:00.25+00:00', NULL);
INSERT INTO blob (sha256, size, used_at, going_at) VALUES ('cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd', 54321, '2026-11-26 09:05:00.25+00:00', NULL);
INSERT INTO attachment (id, subject, name, alt, type, sha256, small, width, height, public, giver, given_at, version)
VALUES ('3WQ7ZJ5K2N6M4P8R9S1T0V2X4Y', 'mandate:7h2k9m4xq0', 'Délibération.jpg', 'La salle du conseil', 'image/jpeg', 'abababababababababababababababababababababababababababababababab', 'cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd', 4096, 3072, 1, 'person:ada', '2026-11-26 09:05:00.25+00:00', 2);
INSERT INTO commons_entry (id, kind, state, home, own, revision, author, merged_into, successor, reason, version, created_at, updated_at)
VALUES ('e000000000000001', 'experiment', 'retired', 'bv:22266', '{"licence":[],"themes":["health","inclusion"],"title":["Café « numérique »"]}', 1, 'ada', '', 'e2', 'Une autre fiche dit mieux.', 3, '2026-11-26 09:00:00.25+00:00', '2026-11-26 09:05:00+00:00');
INSERT INTO commons_entry (id, kind, state, home, own, revision, author, merged_into, successor, reason, version, created_at, updated_at)
VALUES ('e000000000000002', 'software', 'merged', '', '{}', 0, '', 'sill:1', '', '', 1, '2026-11-26 09:00:00+00:00', '2026-11-26 09:00:00+00:00');
INSERT INTO commons_revision (id, entry, kind, home, number, base, sheet, note, author, state, reviewer, answer, created_at, updated_at, decided_at, version)
VALUES ('r000000000000001', 'e000000000000001', 'experiment', 'bv:22266', 1, 0, '{"licence":[],"themes":["health","inclusion"],"title":["Café « numérique »"]}', 'Première fiche', 'ada', 'accepted', 'eve', '', '2026-11-26 09:00:00.25+00:00', '2026-11-26 09:05:00+00:00', '2026-11-26 09:05:00+00:00', 2);
INSERT INTO commons_revision (id, entry, kind, home, number, base, sheet, note, author, state, reviewer, answer, created_at, updated_at, decided_at, version)
VALUES ('r000000000000002', 'e000000000000001', 'experiment', 'bv:22266', 0, 1, '{"title":["Café"]}', '', 'ada', 'draft', '', '', '2026-11-26 09:06:00+00:00', '2026-11-26 09:06:00+00:00', NULL, 1);
INSERT INTO adoption (id, entry, organisation, since, used_version, purpose, served, cost, effort, good, bad, contact, declared_by, verified_by, verified_on, until, ended_on, end_reason, version, created_at, updated_at)
VALUES ('a000000000000001', 'sill:1', 'organisation:00112233445566aa', '2024-05', '3.1', 'Le courrier', 300, 'under_5000', 'days_month', 'Simple', '', 'Direction', 'ada', 'eve', '2026-11-26', '2027-11-26', '', '', 2, '2026-11-26 09:00:00.25+00:00', '2026-11-26 09:05:00+00:00');
INSERT INTO commons_join (need, party, person, comment, at)
VALUES ('e000000000000001', 'bv:22266', 'ada', 'Nous aussi.', '2026-11-26 09:00:00.25+00:00');
INSERT INTO commons_comment (id, entry, parent, author, body, state, reason, moderator, created_at, edited_at, decided_at, version)
VALUES ('m000000000000001', 'sill-67', '', 'ada', 'Une question : « œuf » ?', 'hidden', 'Hors sujet', 'eve', '2026-11-26 09:00:00.25+00:00', NULL, '2026-11-26 09:05:00+00:00', 2);
INSERT INTO commons_credit (id, entry, person, organisation, did, state, proposed_by, created_at, decided_at, version)
VALUES ('k000000000000001', 'sill-67', 'ada', '', 'translated', 'shown', 'eve', '2026-11-26 09:00:00.25+00:00', '2026-11-26 09:05:00+00:00', 2);
INSERT INTO commons_contributor (person, page, since) VALUES ('ada', 'p000000000000001', '2026-11-26 09:00:00+00:00');
INSERT INTO commons_search (id, person, name, query, lang, often, told_at, created_at, version)
VALUES ('q000000000000001', 'ada', 'Éducation', 'q=%C3%A9cole', 'fr', 'weekly', '2026-11-26 09:00:00+00:00', '2026-11-26 09:00:00+00:00', 1);
INSERT INTO commons_seen (entry, at) VALUES ('sill-67', '2026-11-26 09:00:00+00:00');
INSERT INTO follow (person, subject, at) VALUES ('ada', 'bv:22266', '2026-11-26 09:00:00+00:00');
INSERT INTO report (id, subject, reason, body, reporter, state, answer, answered_by, created_at, answered_at, version)
VALUES ('00112233445566778899aabbccddeeff', 'comment:m000000000000001', 'hateful', 'Injure', 'ada', 'hidden', 'Masqué.', 'eve', '2026-11-26 09:00:00+00:00', '2026-11-26 09:05:00+00:00', 2);
INSERT INTO commons_source (id, kind, address, title, home, rhythm, licence, state, allow, validator, place, run_at, due_at, failures, report, version, created_at)
VALUES ('h000000000000001', 'dcat', 'https://données.example/catalog.ttl', 'Données « ouvertes »', 'bv:22266', 'weekly', 'etalab-2.0', 'paused', 0, '"é"', 'https://données.example/catalog.ttl?page=2', '2026-11-26 09:00:00.25+00:00', '2026-11-27 01:20:00+00:00', 2, '{"began":"2026-11-26T09:00:00.25Z","ended":"0001-01-01T00:00:00Z","full":true,"unchanged":false,"pages":1,"bytes":42,"counts":{"came":1},"same":0,"joined":0,"own":0,"held":0,"lines":[{"what":"came","record":"https://données.example/1"}]}', 3, '2026-11-26 09:00:00+00:00');
INSERT INTO commons_harvested (source, record, entry, kind, sheet, sum, validator, first_seen, changed_at, last_seen, gone_at)
VALUES ('h000000000000001', 'https://données.example/1', 'sill:1', 'data', '{"title":["Arbres"]}', 'ab', '', '2026-11-26 09:00:00+00:00', '2026-11-26 09:01:00+00:00', '2026-11-26 09:02:00+00:00', '2026-11-26 09:03:00+00:00');
