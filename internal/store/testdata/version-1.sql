INSERT INTO perimeter (code, communes, vintage, created_at)
VALUES ('7h2k9m4xq0', '22113,22266,2A004', 2026, '2026-11-23 08:30:05.25+00:00');
