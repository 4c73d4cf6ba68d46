// Runs statements on DuckDB inside this process and tells, in JSON, the median
// time of each in microseconds and the rows of its first run. It is asked by the
// bench, in JSON on the standard input:
// {"setup": [statements], "questions": [{"key", "sql", "rounds"}]}
import { DuckDBInstance } from '@duckdb/node-api';
import { readFileSync } from 'node:fs';

const asked = JSON.parse(readFileSync(0, 'utf8'));
const instance = await DuckDBInstance.create(':memory:', { threads: String(asked.threads) });
const connection = await instance.connect();
for (const statement of asked.setup) await connection.run(statement);
const told = {};
for (const { key, sql, rounds } of asked.questions) {
  const prepared = await connection.prepare(sql);
  const rows = (await (await prepared.run()).getRows()).map((r) => [String(r[0]), Number(r[1])]);
  const took = [];
  for (let i = 0; i < rounds; i++) {
    const start = process.hrtime.bigint();
    const result = await prepared.run();
    await result.getRows();
    took.push(Number(process.hrtime.bigint() - start) / 1e3);
  }
  took.sort((a, b) => a - b);
  told[key] = { median: took[Math.floor(took.length / 2)], rows };
}
process.stdout.write(JSON.stringify(told));
