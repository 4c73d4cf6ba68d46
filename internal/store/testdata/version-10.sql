INSERT INTO commons_join (need, party, person, comment, at)
VALUES ('e000000000000001', 'bv:22266', 'ada', 'Nous aussi.', '2026-11-26 09:00:00.25+00:00');
